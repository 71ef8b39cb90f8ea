"""The command that checks the curated files: check."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click
import platformdirs

from computeatlas.cli.options import curated_project, root_option
from computeatlas.cli.progress import progress_bar
from computeatlas.cli.terminal import emit, say
from computeatlas.cli.watch import changes, stamps
from computeatlas.curate.check.reports import FORMS
from computeatlas.curate.check.run import Memory, Reason, check_project
from computeatlas.model.namespaces import ATLAS

if TYPE_CHECKING:
    from computeatlas.model.project import Project


@click.command("check")
@root_option
@click.option(
    "--archive", metavar="DIR", type=click.Path(path_type=Path), help="Check every passage against these texts."
)
@click.option(
    "--reason/--no-reason",
    default=None,
    help="Ask the OWL reasoner (needs Java), or not; by default when ontology or entities have changed.",
)
@click.option("--format", "form", type=click.Choice(list(FORMS)), default="text", show_default=True, help="Report as.")
@click.option("--watch", is_flag=True, help="Check again on every save, until interrupted.")
def check_command(root: str | None, archive: Path | None, reason: bool | None, form: str, watch: bool) -> None:
    """Check ontology and data; exit 1 on any error."""
    project = curated_project(root)
    wanted = {True: Reason.ALWAYS, False: Reason.NEVER, None: Reason.WHEN_CHANGED}[reason]
    before = stamps(project)
    errors = _check(project, archive, wanted, form)
    if watch:
        say("watching; interrupt to end", err=True)
        for changed in changes(project, before):
            say(f"\nchanged: {', '.join(changed)}", err=True)
            _check(project, archive, wanted, form)
    if errors:
        raise click.exceptions.Exit(1)


def _check(project: Project, archive: Path | None, reason: Reason, form: str) -> int:
    """Check once, print the report and return the number of errors."""
    with progress_bar(6) as step:
        report = check_project(project, archive=archive, reason=reason, memory=_memory(project), progress=step)
    text = FORMS[form](report.findings, report.left_out)
    if form == "text":
        say(text, nl=False)
    else:
        emit(text)
    for layer in report.left_out:
        say(f"left out: {layer}", err=True)
    errors, warnings = len(report.errors), len(report.findings) - len(report.errors)
    claims = len(report.graph.members(ATLAS + "Claim"))
    say(f"{claims} claims checked: {errors} errors, {warnings} warnings", err=True)
    return errors


def _memory(project: Project) -> Memory:
    """Return the file in the user's cache that records for which state of `project` the reasoner found nothing."""
    name = hashlib.sha256(str(project.root.resolve()).encode()).hexdigest()[:16]
    return Memory(platformdirs.user_cache_path("computeatlas") / "reasoned" / name)
