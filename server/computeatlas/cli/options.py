"""The option that names a graph, and the graph that it names."""

from __future__ import annotations

import click

from computeatlas.curate.add.write import finish_interrupted
from computeatlas.model.errors import UsageError
from computeatlas.model.project import Project

root_option = click.option(
    "--root",
    envvar="COMPUTEATLAS_ROOT",
    metavar="DIR",
    help="Directory with ontology/, graph_data/ and queries/; by default the graph that came with the program.",
)


def curated_project(root: str | None) -> Project:
    """Return the project at `root`, or the one that came with the program, its files whole.

    What a killed `add` had begun to write is finished first. Raises UsageError where that cannot be done, or where
    there is no project.
    """
    project = Project.find(root)
    if not project.is_installed:
        finish_interrupted(project)
    return project


def writable_project(root: str | None) -> Project:
    """Return the project as `curated_project` does, to be written to.

    Raises UsageError for the one in an installed package, which an update would overwrite.
    """
    project = curated_project(root)
    if project.is_installed:
        raise UsageError(
            "the graph that came with the program is not written to",
            where=str(project.root),
            hint="name your own with --root DIR",
        )
    return project
