"""The command that shows a claim and its passages: evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from computeatlas.cli.options import curated_project, root_option
from computeatlas.cli.progress import progress_bar
from computeatlas.cli.terminal import say, styled
from computeatlas.curate.check.evidence import read_archive
from computeatlas.curate.show import show_claim
from computeatlas.model.namespaces import shorten
from computeatlas.turtle.lines import parse_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.text import Text

    from computeatlas.curate.show import ShownClaim, ShownPassage

#: Without colours, what is marked as the passage.
_MARKS = ("«", "»")
#: Visible on a terminal that has bold type and no colours too.
_PASSAGE = "bold reverse"
_FAULT = "bold red"


@click.command("evidence")
@root_option
@click.option(
    "--archive",
    metavar="DIR",
    type=click.Path(path_type=Path),
    required=True,
    help="Directory of the archived texts.",
)
@click.argument("claim")
def evidence_command(root: str | None, archive: Path, claim: str) -> None:
    """Show CLAIM with its passages in context; exit 1 where one is not in the archive as it was read.

    Of a passage that is located and not archived there is no text: the words that find it are shown.

    CLAIM is a name such as falun-cost-third, also written claim:falun-cost-third, or an IRI.
    """
    project = curated_project(root)
    with progress_bar(3) as step:
        step("reading the archive")
        texts = read_archive(archive)
        step("reading")
        graph, findings = parse_project(project)
        step("looking up the claim")
        for finding in findings:
            # What stands in the files that could be read is shown all the same.
            say(str(finding), err=True)
        shown = show_claim(graph, claim, texts)
    print_claim(shown, Console())
    if not shown.is_sound:
        raise click.exceptions.Exit(1)


def print_claim(shown: ShownClaim, console: Console) -> None:
    """Print `shown`: highlighted where `console` can do so, else as plain text with marks around the passages."""
    plain = console.color_system is None
    for line in _lines(shown, plain=plain):
        # Piped, nothing is cut to the width of a screen that is not there.
        console.print(line, soft_wrap=plain, highlight=False)


def _lines(shown: ShownClaim, *, plain: bool) -> Iterator[Text]:
    claim = shown.record
    yield styled((shown.label or shorten(claim.iri), "bold"))
    rows: list[tuple[str, Iterable[str]]] = [
        ("claim", [shorten(claim.iri)]),
        ("subject", [shown.words(claim.subject)]),
        ("predicate", [shown.words(claim.predicate)]),
        ("value", map(shown.words, claim.values)),
        ("modality", [shown.words(claim.modality)]),
        ("rank", [shown.words(claim.rank)]),
        ("reason", map(shown.words, claim.reasons)),
        ("said by", map(shown.words, claim.stated_by) if claim.stated_by else ["the source itself"]),
        ("as of", [f"{claim.as_of_text} (inferred by the curators)" if claim.date_inferred else claim.as_of_text]),
        ("contradicts", map(shown.words, claim.contradicts)),
    ]
    for name, values in rows:
        for value in values:
            if value:
                yield styled((f"{name:<12}", "dim"), value)
    for number, passage in enumerate(shown.passages, 1):
        yield styled()
        yield from _passage_lines(passage, f"{number}/{len(shown.passages)}", plain=plain)
    if not shown.passages:
        yield styled()
        yield styled(("the claim has no passage", _FAULT))


def _passage_lines(passage: ShownPassage, number: str, *, plain: bool) -> Iterator[Text]:
    if passage.title:
        place = f", characters {passage.start} to {passage.end}"
        if passage.locator:
            place = f", at “{passage.locator}”, seen on {passage.seen_on}: located, not archived"
        yield styled((f"{number} ", "dim"), (passage.title, "bold"), place, (f" ({shorten(passage.iri)})", "dim"))
    else:
        yield styled((f"{number} ", "dim"), (shorten(passage.iri), "bold"))
    if passage.fault:
        yield styled((f"fault: {passage.fault}", _FAULT))
    if passage.before or passage.text or passage.after:
        marks = _MARKS if plain else ("", "")
        text = marks[0] + passage.text + marks[1]
        yield styled(passage.before, (text, _PASSAGE), passage.after)
