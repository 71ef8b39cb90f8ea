"""The command that writes the graph in other forms: export."""

from __future__ import annotations

from pathlib import Path

import click

from computeatlas.cli.options import root_option
from computeatlas.cli.releases import open_release, release_option, releases_directory, releases_option
from computeatlas.cli.terminal import say
from computeatlas.model.project import Project
from computeatlas.release.protege import export_protege


@click.group("export")
def export_command() -> None:
    """Write the graph in another form."""


@export_command.command("protege")
@root_option
@releases_option
@release_option
@click.argument("directory", type=click.Path(path_type=Path))
def protege_command(root: str | None, releases: Path | None, release: Path | None, directory: Path) -> None:
    """Write a bundle into DIRECTORY that Protégé opens offline."""
    project = Project.find(root)
    _manifest, engine = open_release(project, releases_directory(project, releases), release)
    files = export_protege(engine, directory)
    say(f"{len(files)} files in {directory}; open {files[0]}")
