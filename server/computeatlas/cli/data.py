"""Commands on the curated files: check, build."""

from __future__ import annotations

from pathlib import Path

import click

from computeatlas.cli.options import releases_directory, releases_option, root_option
from computeatlas.cli.progress import progress_bar
from computeatlas.curate.check import check_project
from computeatlas.model.namespaces import ATLAS
from computeatlas.model.project import Project
from computeatlas.release.assemble import build
from computeatlas.release.load import read_manifest


@click.command("check")
@root_option
@click.option(
    "--archive", metavar="DIR", type=click.Path(path_type=Path), help="Check every passage against these texts."
)
@click.option("--reason/--no-reason", default=True, help="Run the OWL reasoner (needs Java).")
def check_command(root: str | None, archive: Path | None, reason: bool) -> None:
    """Check ontology and data; exit 1 on any error."""
    project = Project.find(root)
    with progress_bar(5) as step:
        report = check_project(project, archive=archive, reason=reason, progress=step)
    for finding in report.findings:
        click.echo(str(finding))
    for layer in report.left_out:
        click.echo(f"left out: {layer}", err=True)
    claims = report.graph.count(ATLAS + "Claim")
    errors, warnings = len(report.errors), len(report.findings) - len(report.errors)
    click.echo(f"{claims} claims checked: {errors} errors, {warnings} warnings", err=True)
    if errors:
        raise click.exceptions.Exit(1)


@click.command("build")
@root_option
@releases_option
def build_command(root: str | None, releases: Path | None) -> None:
    """Check the files without the reasoner and build a release from them."""
    project = Project.find(root)
    with progress_bar(7) as step:
        release = build(project, releases_directory(project, releases), progress=step)
    manifest = read_manifest(release)
    click.echo(f"{release}: version {manifest.version}, {manifest.quads} quads, SHA-256 {manifest.digest}")
