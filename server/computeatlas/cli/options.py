"""Options that several commands share, and where releases lie by default."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import platformdirs

if TYPE_CHECKING:
    from computeatlas.model.project import Project

root_option = click.option(
    "--root",
    envvar="COMPUTEATLAS_ROOT",
    metavar="DIR",
    help="Directory with ontology/, graph_data/ and queries/; by default the graph that came with the program.",
)
releases_option = click.option(
    "--releases",
    envvar="COMPUTEATLAS_RELEASES",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Directory of built releases; by default releases/ in the root, or the user's cache for the shipped graph.",
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
