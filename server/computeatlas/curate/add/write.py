"""Curated files written all or none, and only if the graph is sound with them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from computeatlas.curate.check.run import require_sound
from computeatlas.model.errors import UsageError
from computeatlas.model.files import replace_file
from computeatlas.model.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from computeatlas.model.project import Project


def write_checked(project: Project, texts: Mapping[Path, str], progress: Progress = silent) -> None:
    """Write `texts` to their files and check the whole of `project`, without the reasoner.

    Raises FindingsError where the check finds an error and UsageError where a file cannot be written; then, as after
    an interrupt, every file is as it was before.
    """
    before = {path: path.read_bytes() if path.exists() else None for path in texts}
    folders = [folder for path in texts for folder in path.parents if not folder.exists()]
    try:
        for path, text in texts.items():
            replace_file(path, text.encode("utf-8"))
        require_sound(project, progress)
    except BaseException as error:
        _put_back(before, folders)
        if isinstance(error, OSError):
            raise UsageError(
                "the files cannot be written",
                where=str(error.filename or project.root),
                why=error.strerror or str(error),
                hint="fix the permissions, or name another directory with --root",
            ) from error
        raise


def _put_back(before: Mapping[Path, bytes | None], folders: Iterable[Path]) -> None:
    for path, data in before.items():
        if data is None:
            path.unlink(missing_ok=True)
        elif path.read_bytes() != data:
            replace_file(path, data)
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()
