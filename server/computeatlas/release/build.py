"""The ordered steps from curated files to a release on disk."""

from __future__ import annotations

import bz2
import hashlib
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas import __version__
from computeatlas.curate.check.run import require_sound
from computeatlas.curate.current_view import annotate, derive_current_view
from computeatlas.curate.derived_days import derive_days
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.engine.serialise import serialise
from computeatlas.model.errors import UsageError
from computeatlas.model.files import point_link
from computeatlas.model.manifest import MANIFEST_NAME, Manifest
from computeatlas.model.namespaces import GRAPH, GRAPHS, graph_iri
from computeatlas.model.progress import Progress, silent
from computeatlas.model.queryfile import read_query
from computeatlas.release.as_of import as_of
from computeatlas.release.copies import gzip_copies
from computeatlas.release.describe import describe, ontology_version
from computeatlas.release.infer import infer
from computeatlas.release.quality import measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from computeatlas.model.project import Project
    from computeatlas.turtle.lines import ParsedGraph

#: bzip2 has one implementation, so two machines give the same bytes; zlib has several. See docs/decisions.md.
DATA_NAME = "compute-atlas.nq.bz2"
#: Bytes that are compressed at a time: four blocks of bzip2 at its best level.
_PIECE = 4 * 900_000
#: The name of the link to the current release.
CURRENT = "current"


def build(project: Project, releases: Path, *, day: date | None = None, progress: Progress = silent) -> Path:
    """Build a release of `project` in the directory `releases`, make it the current one and return its directory.

    With `day` it has only what documents issued by that day say, and is the current one as of that day alone.

    Raises FindingsError where the files have errors, UsageError where the directory cannot be written;
    then the current release stays as it was.
    """
    inputs = project.digests()
    graphs = assemble_graphs(project, require_sound(project, progress), progress, day)
    version = ontology_version(graphs["ontology"])
    sizes = {graph_iri(name): len(triples) for name, triples in graphs.items()}
    progress("writing")
    nquads = to_nquads(graphs)
    # The triples take several times the memory of their text.
    graphs.clear()
    data = compress(nquads)
    manifest = Manifest(
        version=version,
        digest=hashlib.sha256(nquads).hexdigest(),
        quads=nquads.count(b"\n"),
        graphs=sizes,
        files={DATA_NAME: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}},
        inputs=inputs,
        generator=__version__,
        as_of=day.isoformat() if day else None,
    )
    return _publish(releases, data, manifest, gzip_copies(nquads))


def assemble_graphs(
    project: Project, parsed: ParsedGraph, progress: Progress = silent, day: date | None = None
) -> dict[str, list[ox.Triple]]:
    """Return the triples of every named graph of a release, by its name; with `day`, as of that day."""
    progress("deriving the current view")
    graphs = _canonical(as_of(parsed.quads(), day) if day else parsed.quads())
    graphs["inferred"] = derive_days(t for triples in graphs.values() for t in triples)
    engine = EmbeddedEngine(
        ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(graph_iri(name)))
        for name, triples in graphs.items()
        for t in triples
    )
    view = derive_current_view(engine, read_query(project.derivation()))
    progress("inferring")
    rules = [read_query(path, require=("summary",)) for path in project.rules()]
    inferred = infer([*(t for triples in graphs.values() for t in triples), *(a.triple for a in view)], rules)
    graphs["current"] = list(annotate(view))
    graphs["inferred"] += inferred
    progress("describing")
    engine.add(
        ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(graph_iri(name)))
        for name in ("current", "inferred")
        for t in graphs[name]
    )
    metrics = [read_query(path, require=("title", "summary")) for path in project.quality()]
    graphs["metadata"] = [*describe(graphs, day), *measure(engine, metrics)]
    return {name: graphs[name] for name in GRAPHS}


def _canonical(quads: Iterable[ox.Quad]) -> dict[str, list[ox.Triple]]:
    """Return the triples by graph, each once, blank nodes named by RDFC-1.0 (https://www.w3.org/TR/rdf-canon/).

    The names follow from the quads that have blank nodes, so the others are left out of the algorithm.
    """
    graphs: dict[str, dict[ox.Triple, None]] = {name: {} for name in ("ontology", "entities", "sources", "claims")}
    nameless = ox.Dataset()
    for quad in quads:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            nameless.add(quad)
        else:
            graphs[_graph_of(quad)][quad.triple] = None
    nameless.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    for quad in nameless:
        graphs[_graph_of(quad)][quad.triple] = None
    return {name: list(triples) for name, triples in graphs.items()}


def _graph_of(quad: ox.Quad) -> str:
    return str(quad.graph_name.value).removeprefix(GRAPH) if isinstance(quad.graph_name, ox.NamedNode) else ""


def to_nquads(graphs: dict[str, list[ox.Triple]]) -> bytes:
    """Return the graphs as N-Quads, one quad a line, each once, the lines in the order of their bytes."""
    lines: set[bytes] = set()
    for name, triples in graphs.items():
        # A line break within a literal is escaped, so each of these ends a triple.
        end = f" <{graph_iri(name)}> .\n".encode()
        lines.update(serialise(triples, ox.RdfFormat.N_TRIPLES).replace(b" .\n", end).splitlines(keepends=True))
    return b"".join(sorted(lines))


def compress(data: bytes) -> bytes:
    """Return `data` as bzip2 streams, one behind the other, each of `_PIECE` bytes of it, compressed side by side.

    The same bytes come back on each machine, however many processors it has. Every bzip2 reads them as one file.
    """
    pieces = [data[start : start + _PIECE] for start in range(0, len(data), _PIECE)] or [b""]
    with ThreadPoolExecutor(min(len(pieces), os.cpu_count() or 1)) as pool:
        return b"".join(pool.map(bz2.compress, pieces))


def link_name(day: str | None) -> str:
    """Return the name of the link to the current release, or to the one as of `day`, in ISO 8601."""
    return f"as-of-{day}" if day else CURRENT


def _publish(releases: Path, data: bytes, manifest: Manifest, copies: Mapping[str, bytes]) -> Path:
    """Write the release aside, rename it, then replace the link: a reader sees the old release or the new one whole."""
    looking_back = f"as-of-{manifest.as_of}-" if manifest.as_of else ""
    target = releases / f"{manifest.version}-{looking_back}{manifest.digest[:16]}"
    try:
        releases.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".building-", dir=releases))
        try:
            _write(aside / DATA_NAME, data)
            _write(aside / MANIFEST_NAME, manifest.to_json().encode())
            for name, copy in copies.items():
                _write(aside / name, copy)
            aside.chmod(0o755)
            if target.exists():
                shutil.rmtree(target)
            aside.rename(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        point_link(releases / link_name(manifest.as_of), target.name)
    except OSError as error:
        raise UsageError(
            "the release cannot be written there",
            where=str(releases),
            why=error.strerror or str(error),
            hint="name another directory with --releases",
        ) from error
    return target


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
