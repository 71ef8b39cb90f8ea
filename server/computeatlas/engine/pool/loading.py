"""What a fork server does before it forks: it loads the files into memory, or has them in a directory on disk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from computeatlas.engine import disk
from computeatlas.engine.load import load_file
from computeatlas.engine.pool import sandbox
from computeatlas.engine.pool.wire import pack_error
from computeatlas.model.errors import AtlasError, DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from computeatlas.engine.pool.fork_server import Start


def open_memory(start: Start) -> ox.Store:
    """Return a store in memory that holds the files; raises DataError for a file that cannot be loaded."""
    store = ox.Store()
    for file in start.files:
        load_file(store, file)
    return store


def open_disk(start: Start) -> dict[str, Any]:
    """Load the files into the directory if they are not there; returns the numbers of `quads` and of `changes`.

    Raises DataError for files that cannot be loaded, UsageError for a directory that holds something else.
    """
    directory = Path(str(start.directory))
    generation = disk.current_generation(directory)
    if generation is not None and generation.origin == start.origin:
        disk.purge(directory, generation.path)
        return {"quads": len(ox.Store.read_only(generation.store)), "changes": generation.changes}
    if generation is not None and generation.changes:
        raise DataError(
            f"holds {generation.changes} changes of other data",
            where=start.directory,
            hint="serve those files, name another directory, or remove this one",
        )

    def fill(store: ox.Store) -> int:
        for file in start.files:
            load_file(store, file)
        store.optimize()
        return len(store)

    quads = disk.make_generation(directory, generation, fill, origin=start.origin, changes=0, copy=False)
    return {"quads": quads, "changes": 0}


def in_child(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `work` returns, done in a forked child: RocksDB leaves threads behind that no later fork has."""
    parent = os.getpid()
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        sandbox.die_with_parent(parent)
        try:
            os.write(writer, json.dumps(or_error(work)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        data = file.read()
    os.waitpid(pid, 0)
    return json.loads(data) if data else {"error": pack_error(DataError("the engine ended while it loaded")).decode()}


def or_error(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `work` returns, or its error under `error`."""
    try:
        return work()
    except AtlasError as error:
        return {"error": pack_error(error).decode()}
    except OSError as error:
        return {"error": pack_error(DataError(f"cannot be used: {error.strerror or error}")).decode()}
