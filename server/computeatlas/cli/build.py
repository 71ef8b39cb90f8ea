"""The command that builds a release: build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from computeatlas.cli.options import curated_project, root_option
from computeatlas.cli.progress import progress_bar
from computeatlas.cli.releases import as_of_option, releases_directory, releases_option
from computeatlas.cli.terminal import say
from computeatlas.release.build import build
from computeatlas.release.load import read_manifest

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


@click.command("build")
@root_option
@releases_option
@as_of_option
def build_command(root: str | None, releases: Path | None, day: date | None) -> None:
    """Check the files without the reasoner and build a release from them."""
    project = curated_project(root)
    with progress_bar(8) as step:
        release = build(project, releases_directory(project, releases), day=day, progress=step)
    manifest = read_manifest(release)
    as_of = f" as of {manifest.as_of}" if manifest.as_of else ""
    say(f"{release}: version {manifest.version}{as_of}, {manifest.quads} quads, SHA-256 {manifest.digest}")
