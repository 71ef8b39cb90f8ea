"""Generations of a data set on disk: directories that never change once they are there.

    DIR/current          a link to the generation in force
    DIR/gen-000007/      data.json (what it was made from) and store/ (RocksDB)

A new generation is a copy of the old one by hard links, or is loaded from files; it is built aside, flushed, synced and
renamed, and then the link is swung. A process that is killed at any moment leaves the old generation or the new one in
force. Readers open a generation read-only and keep it as long as they like. RocksDB never changes a table file
(https://github.com/facebook/rocksdb/wiki/RocksDB-Overview), so those can be shared by link; all else is copied.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pyoxigraph as ox

from computeatlas.model.errors import UsageError
from computeatlas.model.files import point_link

if TYPE_CHECKING:
    from collections.abc import Callable

Outcome = TypeVar("Outcome")

_CURRENT = "current"
_LOCK = ".lock"
_NAME = re.compile(r"gen-(\d{6,})")


@dataclass(frozen=True)
class Generation:
    """A generation: its number, its directory, the digest of what was loaded, and how many changes came after."""

    number: int
    path: Path
    origin: str
    changes: int

    @property
    def store(self) -> str:
        """Return the path of its RocksDB database."""
        return str(self.path / "store")


def current_generation(directory: Path) -> Generation | None:
    """Return the generation in force, or None in an empty or new directory.

    Raises UsageError where the directory holds something else.
    """
    link = directory / _CURRENT
    if not link.is_symlink():
        if directory.is_dir() and any(not _ours(path) for path in directory.iterdir()):
            raise UsageError(
                "is not a directory of this program",
                where=str(directory),
                why="it holds other files",
                hint="name an empty or new one with --engine disk:DIR",
            )
        return None
    path = link.resolve()
    try:
        data = json.loads((path / "data.json").read_text(encoding="utf-8"))
        number = int(_NAME.fullmatch(path.name)[1])  # type: ignore[index]
        return Generation(number, path, str(data["origin"]), int(data["changes"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            "the generation in force cannot be read",
            where=str(path),
            why=str(error),
            hint="remove the directory; it is filled again from the files",
        ) from error


def lock(directory: Path) -> int:
    """Take `directory` for this process until the descriptor that is returned is closed.

    Raises UsageError where another process has it: two servers would each remove the other's generations; or where it
    holds something else.
    """
    current_generation(directory)
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise UsageError(
            "is in use by another server", where=str(directory), hint="stop that one, or name another with --engine"
        ) from error
    return descriptor


def make_generation(
    directory: Path,
    before: Generation | None,
    fill: Callable[[ox.Store], Outcome],
    *,
    origin: str,
    changes: int,
    copy: bool = True,
) -> Outcome:
    """Put a new generation in force after `before`: a copy of it, or else an empty one, that `fill` has written to.

    Returns what `fill` returns. Where it raises, nothing has happened. When this returns, the generation is on disk.
    """
    directory.mkdir(parents=True, exist_ok=True)
    number = before.number + 1 if before else 1
    aside = directory / f".building-{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        if before and copy:
            shutil.copytree(before.store, aside / "store", copy_function=_link_tables)
        store = ox.Store(str(aside / "store"))
        outcome = fill(store)
        store.flush()
        # The last reference goes, and with it the database is closed before it is moved.
        del store
        (aside / "data.json").write_text(json.dumps({"origin": origin, "changes": changes}) + "\n", encoding="utf-8")
        _sync_tree(aside)
        target = directory / f"gen-{number:06}"
        # What a killed process left under this number was never in force.
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)
        _sync(directory)
        point_link(directory / _CURRENT, target.name)
        _sync(directory)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return outcome


def purge(directory: Path, keep: Path) -> None:
    """Remove every generation but `keep`, and what killed processes left; nobody may be making one meanwhile."""
    for path in directory.iterdir():
        # By name: `keep` may have another path, through a link.
        if path.name in (keep.name, _LOCK) or not _ours(path):
            continue
        if path.is_symlink():
            path.unlink(missing_ok=True)
        else:
            shutil.rmtree(path, ignore_errors=True)


def _ours(path: Path) -> bool:
    name = path.name
    return name == _LOCK or bool(_NAME.fullmatch(name)) or name.startswith((".building-", f".{_CURRENT}-"))


def _link_tables(source: str, target: str) -> str:
    if source.endswith(".sst"):
        os.link(source, target)
        return target
    return str(shutil.copy2(source, target))


def _sync_tree(top: Path) -> None:
    for folder, _folders, files in os.walk(top):
        for name in files:
            _sync(Path(folder) / name)
        _sync(Path(folder))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
