"""Files: written in one step, so that a reader sees the old file or the new one whole, and known by their digest."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` beside the file and rename it; the mode stays, a link is followed, missing folders are made.

    Raises OSError; the file is then as it was, and nothing is left beside it.
    """
    path = path.resolve()
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
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


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
