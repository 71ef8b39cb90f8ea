"""The commands that write new sources and claims into the curated files: add source, add claim."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from computeatlas.cli.options import root_option, writable_project
from computeatlas.cli.progress import progress_bar
from computeatlas.cli.terminal import say
from computeatlas.curate.add.claim import add_claim
from computeatlas.curate.add.claim_table import add_claims
from computeatlas.curate.add.entity import NewEntity, add_entities, add_entity
from computeatlas.curate.add.fields import NewClaim
from computeatlas.curate.add.source import Added, NewSource, add_source
from computeatlas.model.errors import FindingsError
from computeatlas.model.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_OFFSETS = re.compile(r"(?P<start>[0-9]{1,9}):(?P<end>[0-9]{1,9})")


def _offsets(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return the two numbers of each START:END; raises click.BadParameter where one is something else."""
    found = []
    for value in values:
        match = _OFFSETS.fullmatch(value)
        if match is None:
            raise click.BadParameter(f"{value!r} is not START:END, two offsets in characters")
        found.append((int(match["start"]), int(match["end"])))
    return tuple(found)


accept_similar_option = click.option(
    "--accept-similar", is_flag=True, help="Write it although the graph has something like it."
)


@click.group("add")
def add_command() -> None:
    """Add a source or a claim to the curated files."""


@add_command.command("source")
@root_option
@click.option("--name", metavar="SLUG", help="Its name behind src:; by default made of the title.")
@click.option("--title", metavar="TEXT", help="Its title; by default the first line of the text.")
@click.option("--publisher", metavar="CURIE", help="Its publisher, an actor of the graph, as actor:NAME; required.")
@click.option("--language", metavar="TAG", help="Its language, such as en or pt-BR; by default guessed from the words.")
@click.option("--url", metavar="URL", help="The address of the page.")
@click.option("--issued", metavar="DATE", help="When it was published: 2024-12-10, 2024-Q2, late 2024, 2024/2025.")
@click.option("--kind", metavar="KIND", help="Its kind, such as official, news or trade-press; required.")
@click.option("--reliability", metavar="A-D", help="How far it is trusted; by default what its kind mostly has.")
@click.option("--copy-of", "copies", metavar="SLUG", multiple=True, help="A source that it copies; may be repeated.")
@click.option("--topic", metavar="NAME", help="The file for one without FILE; by default that of the year of issue.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def source_command(root: str | None, **given: Any) -> None:
    """Describe a document as a source, in a file of graph_data/sources/.

    FILE is its archived text, against which its passages are verified. Without one the document is only located: give
    --url, --title, --issued and --language then.
    """
    project = writable_project(root)
    with _all_or_nothing() as step:
        added = add_source(project, NewSource(**given), step)
    _report(added)


@add_command.command("claim")
@root_option
@click.option("--archive", metavar="DIR", type=click.Path(path_type=Path), help="The archived texts.")
@click.option("--source", metavar="SLUG", required=True, help="The source that makes the claim.")
@click.option(
    "--passage", "passages", metavar="START:END", multiple=True, callback=_offsets, help="A passage by its offsets."
)
@click.option("--find", "finds", metavar="TEXT", multiple=True, help="A passage by its text.")
@click.option("--locator", metavar="WORDS", help="Three to six words of a document that is not archived.")
@click.option("--seen-on", metavar="DAY", help="The day on which that document was read, as 2026-11-20.")
@click.option("--subject", metavar="THING", required=True, help="What it is about, such as infra:NAME, or its label.")
@click.option("--predicate", metavar="CURIE", required=True, help="The property, such as atlas:locatedIn.")
@click.option("--object", "objects", metavar="THING", multiple=True, help="A thing as value.")
@click.option(
    "--value",
    "values",
    metavar="TEXT",
    multiple=True,
    help="A number, an amount such as 1.2 GW, or words that end in @en or @sv.",
)
@click.option("--modality", metavar="M", required=True, help="How the source puts it, such as reported.")
@click.option("--rank", metavar="R", default="normal", show_default=True, help="What the curators make of it.")
@click.option("--reason", metavar="TEXT", help="Why it has that rank, in English.")
@click.option("--reason-sv", metavar="TEXT", help="The same in Swedish.")
@click.option("--stated-by", metavar="CURIE", multiple=True, help="Whom the source gives as origin.")
@click.option("--as-of", metavar="DATE", help="When it was true or said: 2024-12-10, 2024-Q2, late 2024, 2024/2025.")
@click.option("--scope", "scope_part", metavar="THING", help="The part of its subject that it speaks of.")
@click.option("--scope-period", metavar="DATE", help="The period that a figure is for.")
@click.option("--contradicts", metavar="CLAIM", multiple=True, help="A claim with another answer to the same question.")
@click.option("--supersedes", metavar="CLAIM", multiple=True, help="An earlier answer that it takes the place of.")
@click.option("--corroborates", metavar="CLAIM", multiple=True, help="The same answer in an independent document.")
@click.option("--name", metavar="SLUG", help="Its name behind claim:; by default made of subject and predicate.")
@click.option("--label-en", metavar="TEXT", help="Its English label; by default made of its parts.")
@click.option("--label-sv", metavar="TEXT", help="Its Swedish label; by default made of its parts.")
@click.option("--topic", metavar="FILE", help="The file of graph_data/claims/; by default that of its subject.")
@accept_similar_option
def claim_command(root: str | None, archive: Path | None, accept_similar: bool, **given: Any) -> None:
    """Write a claim of a source, and its passages where they are new.

    The options --passage, --find, --object, --value, --stated-by, --contradicts, --supersedes and --corroborates may be
    repeated.
    """
    project = writable_project(root)
    with _all_or_nothing() as step:
        added = add_claim(project, NewClaim(**given), archive, step, accept_similar=accept_similar)
    _report(added)


@add_command.command("claims")
@root_option
@click.option("--archive", metavar="DIR", type=click.Path(path_type=Path), help="The archived texts.")
@accept_similar_option
@click.argument("table", type=click.Path(path_type=Path))
def claims_command(root: str | None, archive: Path | None, accept_similar: bool, table: Path) -> None:
    """Write the claims of TABLE, one a row, with tabs between its cells: all, or none if anything is wrong.

    The columns are described in docs/curating.md.
    """
    project = writable_project(root)
    with _all_or_nothing(5) as step:
        added = add_claims(project, table, archive, step, accept_similar=accept_similar)
    for claim in added.claims:
        say(f"{shorten(claim.iri)}: {claim.label}")
    for file in added.files:
        say(f"written: {file}")
    for finding in added.findings:
        say(str(finding), err=True)
    say(f"{len(added.claims)} claims added", err=True)


@add_command.command("entity")
@root_option
@click.option("--type", "types", metavar="CLASS", multiple=True, required=True, help="A class, such as DataCentre.")
@click.option("--label-en", metavar="TEXT", required=True, help="Its English label.")
@click.option("--label-sv", metavar="TEXT", required=True, help="Its Swedish label.")
@click.option(
    "--alt-label", "alt_labels", metavar="TEXT", multiple=True, help="Another label, which ends in @en or @sv."
)
@accept_similar_option
@click.argument("kind")
@click.argument("name")
def entity_command(root: str | None, accept_similar: bool, **given: Any) -> None:
    """Write the entity KIND:NAME, such as infra borlange-2, to the file of its kind.

    The options --type and --alt-label may be repeated.
    """
    project = writable_project(root)
    with _all_or_nothing() as step:
        added = add_entity(project, NewEntity(**given), step, accept_similar=accept_similar)
    _report(added)


@add_command.command("entities")
@root_option
@accept_similar_option
@click.argument("table", type=click.Path(path_type=Path))
def entities_command(root: str | None, accept_similar: bool, table: Path) -> None:
    """Write the entities of TABLE, one a row: kind, name, type, label_en, label_sv, and alt_label if it has one."""
    project = writable_project(root)
    with _all_or_nothing() as step:
        names, files, findings = add_entities(project, table, step, accept_similar=accept_similar)
    for line in (*map(shorten, names), *(f"written: {file}" for file in files)):
        say(line)
    for finding in findings:
        say(str(finding), err=True)


@contextmanager
def _all_or_nothing(steps: int = 3) -> Iterator[Callable[[str], None]]:
    try:
        with progress_bar(steps) as step:
            yield step
    except FindingsError:
        say("computeatlas: nothing was changed, because the check finds errors:", err=True)
        raise


def _report(added: Added) -> None:
    say(f"{shorten(added.iri)}: {added.label}")
    for file in added.files:
        say(f"written: {file}")
    for remark in added.remarks:
        say(remark, err=True)
