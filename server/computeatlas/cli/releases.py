"""Which release a command works on: the options that name it, where releases lie by default, and how one is found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import platformdirs

from computeatlas.cli.progress import progress_bar
from computeatlas.cli.terminal import say
from computeatlas.curate.add.write import finish_interrupted
from computeatlas.model.errors import FindingsError, ReleaseError
from computeatlas.release.as_of import read_as_of
from computeatlas.release.build import build
from computeatlas.release.load import current, is_fresh, load, locate

if TYPE_CHECKING:
    from datetime import date

    from computeatlas.engine.embedded import EmbeddedEngine
    from computeatlas.model.manifest import Manifest
    from computeatlas.model.project import Project

releases_option = click.option(
    "--releases",
    envvar="COMPUTEATLAS_RELEASES",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Directory of built releases; by default releases/ in the root, or the user's cache for the shipped graph.",
)
release_option = click.option(
    "--release",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Use this built release as it is, and build nothing.",
)


as_of_option = click.option(
    "--as-of",
    "day",
    metavar="DATE",
    callback=lambda _context, _option, text: read_as_of(text) if text else None,
    help="Use only what documents issued by this day say: 2025-03-01; of 2025-03 or 2025 the last day is meant.",
)


def releases_directory(project: Project, releases: Path | None) -> Path:
    """Return where the releases of `project` lie: as asked for, in its root, or in the user's cache.

    The graph inside an installed package is not written to.
    """
    if releases is not None:
        return releases
    if project.is_installed:
        return platformdirs.user_cache_path("computeatlas") / "releases"
    return project.root / "releases"


def open_release(
    project: Project, releases: Path, release: Path | None, day: date | None = None
) -> tuple[Manifest, EmbeddedEngine]:
    """Return the release asked for, or a fresh one of `project`, loaded; see `find_release`."""
    return load(find_release(project, releases, release, day))


def find_release(project: Project, releases: Path, release: Path | None, day: date | None = None) -> Path:
    """Return the directory of the release asked for, or of a fresh one of `project`, with `day` as of that day.

    Where the files have errors, they are reported and the last good release is returned. A corrupt release of ours is
    reported and built again. Raises FindingsError where there is no good release, ReleaseError for a bad `release`.
    """
    if release is not None:
        locate(release)
        return release
    if not project.is_installed:
        finish_interrupted(project)
    if not is_fresh(project, releases, day):
        _rebuild(project, releases, day)
    try:
        found = current(releases, day)
        locate(found)
    except ReleaseError as error:
        say(f"computeatlas: {error}; building it again", err=True)
        with progress_bar(7) as step:
            return build(project, releases, day=day, progress=step)
    return found


def _rebuild(project: Project, releases: Path, day: date | None) -> None:
    try:
        with progress_bar(7) as step:
            build(project, releases, day=day, progress=step)
    except FindingsError as error:
        try:
            last = current(releases, day)
        except ReleaseError:
            raise error from None
        for finding in error.findings:
            say(str(finding), err=True)
        say(f"computeatlas: {error}; the last good release stays in place: {last}", err=True)
