"""What a blueprint serves, as files that a fork server can load again whenever it must."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import rdflib
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

from computeatlas.engine.load import digest_files, require_format
from computeatlas.engine.pool.fork_server import Start
from computeatlas.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Data = str | Path | ox.Store | rdflib.Graph | Iterable[str | Path]


def start_with(data: Data, memory: int, *, offline: bool) -> Start:
    """Return what a fork server is told to serve `data`: paths of RDF files, or a store whose quads are copied now.

    A worker may use `memory` bytes; with `offline` it can open no socket. Raises UsageError for a file that cannot be
    read or data of another type, DataError for a file whose name tells no format.
    """
    paths = [_dump(data)] if isinstance(data, ox.Store | rdflib.Graph) else list(_paths(data))
    for path in paths:
        require_format(path)
    files, origin = digest_files((path.absolute() for path in paths), hint="name a file of RDF that is there")
    return Start(files=files, origin=origin, memory=memory, offline=offline)


def _paths(data: object) -> Iterator[Path]:
    items = [data] if isinstance(data, str | Path) else data
    try:
        for item in items:  # type: ignore[attr-defined]
            yield Path(item)
    except TypeError as error:
        raise UsageError(
            "cannot be served",
            where=type(data).__name__,
            why=str(error),
            hint="pass a path, several paths, a pyoxigraph.Store or an rdflib.Graph",
        ) from error


def _dump(store: ox.Store | rdflib.Graph) -> Path:
    """Return a file of N-Quads with what is in `store`, which is removed when this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="computeatlas-"))
    # A process that is forked from this one runs this too, but the folder is not that one's to remove.
    atexit.register(_remove, folder, os.getpid())
    path = folder / "data.nq"
    if isinstance(store, ox.Store):
        store.dump(path, format=ox.RdfFormat.N_QUADS)
        return path
    graphs = store.graphs() if isinstance(store, rdflib.Dataset) else [store]
    with path.open("wb") as file:
        for graph in graphs:
            is_named = graph is not store and graph.identifier != DATASET_DEFAULT_GRAPH_ID
            ox.serialize(_quads(graph, str(graph.identifier) if is_named else None), file, ox.RdfFormat.N_QUADS)
    return path


def _quads(graph: rdflib.Graph, name: str | None) -> Iterator[ox.Quad]:
    """Yield the triples of `graph`, in the graph `name` or, for None, in the default graph."""
    graph_name = ox.DefaultGraph() if name is None else ox.NamedNode(name)
    # Blank nodes keep their labels, so those that several graphs share stay the same.
    for triple in ox.parse(graph.serialize(format="nt", encoding="utf-8"), format=ox.RdfFormat.N_TRIPLES):
        yield ox.Quad(triple.subject, triple.predicate, triple.object, graph_name)


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
