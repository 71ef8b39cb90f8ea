"""The command that lays out the curated files: fmt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from computeatlas.cli.options import root_option
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.project import Project
from computeatlas.turtle.format import format_file

if TYPE_CHECKING:
    from computeatlas.model.findings import Finding


@click.command("fmt")
@root_option
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file would change.")
@click.argument("files", nargs=-1, metavar="[FILES]...", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def fmt_command(root: str | None, check: bool, files: tuple[Path, ...]) -> None:
    """Lay out Turtle files; by default all of ontology/ and graph_data/."""
    named = [(path, str(path)) for path in files] or _curated(Project.find(root), check=check)
    changed = 0
    findings: list[Finding] = []
    for path, name in named:
        try:
            differs = format_file(path, name, write=not check)
        except FindingsError as error:
            # One broken file is no reason to leave the others as they are.
            findings.extend(error.findings)
            continue
        if differs:
            changed += 1
            click.echo(name)
    total = f"{len(named)} file{'' if len(named) == 1 else 's'}"
    click.echo(f"{changed} of {total} {'would change' if check else 'changed'}", err=True)
    if findings:
        raise FindingsError(findings)
    if check and changed:
        raise click.exceptions.Exit(1)


def _curated(project: Project, *, check: bool) -> list[tuple[Path, str]]:
    """Return the Turtle files of `project` and their names; the graph inside an installed package is not written to."""
    if not check and project.is_installed:
        raise UsageError(
            "the graph that came with the program is not written to",
            hint="name the directory of yours with --root, or the files",
        )
    return [(path, project.relative(path)) for folder in ("ontology", "graph_data") for path in project.turtle(folder)]
