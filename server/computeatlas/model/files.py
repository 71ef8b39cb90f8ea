"""Files: written in one step, so that a reader sees the old file or the new one whole, and known by their digest."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` beside the file and rename it; the mode stays, a link is followed, missing folders are made.

    Raises OSError; the file is then as it was, and nothing is left beside it.
    """
    path = path.resolve()
    aside = _write_aside(path, data)
    try:
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def replace_files(contents: Mapping[Path, bytes], journal: Path) -> None:
    """Replace all of the files or none, as `replace_file` does with one, even where the process is killed meanwhile.

    All are written aside first. Then `journal` is written, which lists them; from here on they are replaced for good,
    if not by this process then by `finish_replacing`. Raises OSError; the files are then as they were.
    """
    targets = {path.resolve(): data for path, data in contents.items()}
    before = {path: path.read_bytes() if path.exists() else None for path in targets}
    folders = [folder for path in targets for folder in path.parents if not folder.exists()]
    asides: dict[Path, Path] = {}
    try:
        for path, data in targets.items():
            asides[path] = _write_aside(path, data)
        listed = [[str(aside), str(path)] for path, aside in asides.items()]
        replace_file(journal, json.dumps(listed).encode())
        for path, aside in asides.items():
            aside.replace(path)
        journal.unlink()
    except BaseException:
        journal.unlink(missing_ok=True)
        for aside in asides.values():
            aside.unlink(missing_ok=True)
        for path, old in before.items():
            if old is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != old:
                replace_file(path, old)
        for folder in folders:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def finish_replacing(journal: Path) -> list[Path]:
    """Finish what a killed `replace_files` began and listed in `journal`; return the files that it was to replace.

    Raises OSError where a file cannot be replaced; the next call tries again.
    """
    try:
        listed = json.loads(journal.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    for aside, path in listed:
        # One that is no longer there was renamed before the process ended, or by another that finishes too.
        with contextlib.suppress(FileNotFoundError):
            Path(aside).replace(path)
    journal.unlink(missing_ok=True)
    return [Path(path) for _aside, path in listed]


def _write_aside(path: Path, data: bytes) -> Path:
    """Write `data` to a new file beside `path`, with its mode, and return it; raises OSError and leaves nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Its name ends so that no search for Turtle files meets it.
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, aside)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return aside


def file_digest(path: Path) -> str:
    """Return the SHA-256 of the file `path` in hexadecimal, read in pieces; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def point_link(link: Path, target: str) -> None:
    """Let the symbolic link `link` point to `target`, a name beside it; made where there is none. Raises OSError."""
    aside = link.with_name(f".{link.name}-{os.getpid()}")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    aside.replace(link)
