"""The command that lays out the curated files and makes the lists of them: fmt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from computeatlas.cli.options import curated_project, root_option, writable_project
from computeatlas.cli.terminal import say
from computeatlas.curate.protege_files import protege_files, stale_protege_files
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.files import replace_file
from computeatlas.turtle.format import format_file

if TYPE_CHECKING:
    from computeatlas.model.findings import Finding
    from computeatlas.model.project import Project


@click.command("fmt")
@root_option
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file would change.")
@click.argument("files", nargs=-1, metavar="[FILES]...", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def fmt_command(root: str | None, check: bool, files: tuple[Path, ...]) -> None:
    """Lay out Turtle files; by default all of ontology/ and graph_data/, and the two lists of them for Protégé."""
    project = None if files else curated_project(root) if check else writable_project(root)
    named = _turtle(project) if project else [(path, str(path)) for path in files]
    changed: list[str] = []
    findings: list[Finding] = []
    for path, name in named:
        try:
            if format_file(path, name, write=not check):
                changed.append(name)
        except FindingsError as error:
            # One broken file is no reason to leave the others as they are.
            findings.extend(error.findings)
    count = len(named)
    if project:
        count += len(protege_files(project))
        if not findings:
            changed += _generated(project, write=not check)
    for name in changed:
        say(name)
    total = f"{count} file{'' if count == 1 else 's'}"
    say(f"{len(changed)} of {total} {'would change' if check else 'changed'}", err=True)
    if findings:
        raise FindingsError(findings)
    if check and changed:
        raise click.exceptions.Exit(1)


def _turtle(project: Project) -> list[tuple[Path, str]]:
    """Return the Turtle files of `project` that people write, and their names."""
    made = protege_files(project)
    paths = [path for folder in ("ontology", "graph_data") for path in project.turtle(folder) if path not in made]
    return [(path, project.relative(path)) for path in paths]


def _generated(project: Project, *, write: bool) -> list[str]:
    """Return the names of the files for Protégé that are not as the others would have them; with `write` they then are.

    Raises UsageError where one cannot be written.
    """
    stale = stale_protege_files(project)
    for path, text in stale.items() if write else ():
        try:
            replace_file(path, text.encode())
        except OSError as error:
            where = project.relative(path)
            raise UsageError(
                "cannot be written", where=where, why=error.strerror, hint="fix its permissions"
            ) from error
    return [project.relative(path) for path in stale]
