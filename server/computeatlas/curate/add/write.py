"""Curated files written all or none, and only if the graph is sound with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.curate.check.run import require_sound
from computeatlas.model.errors import UsageError
from computeatlas.model.files import finish_replacing, replace_files
from computeatlas.model.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from computeatlas.model.project import Project


def write_checked(project: Project, texts: Mapping[Path, str], progress: Progress = silent) -> None:
    """Check the whole of `project` as it will be with `texts` in its files, without the reasoner, then write them.

    Raises FindingsError where the check finds an error and UsageError where a file cannot be written; then, as after
    an interrupt, every file is as it was before.
    """
    require_sound(project, progress, new=texts)
    try:
        replace_files({path: text.encode() for path, text in texts.items()}, project.journal)
    except OSError as error:
        raise UsageError(
            "the files cannot be written",
            where=str(error.filename2 or error.filename or project.root),
            why=error.strerror or str(error),
            hint="fix the permissions, or name another directory with --root",
        ) from error


def finish_interrupted(project: Project) -> None:
    """Put in place what a killed `add` had checked and begun to write into the files of `project`, if there is such.

    Raises UsageError where that cannot be done.
    """
    try:
        finish_replacing(project.journal)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            "the change that it lists cannot be finished",
            where=str(project.journal),
            why=str(error),
            hint="fix the permissions, or remove it and look through the files that have changed",
        ) from error
