"""One claim with its passages in context, gathered to be shown."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.passages import ArchivedPassage, facts_of, read_passages
from computeatlas.model.archive import on_one_line, surroundings
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, ID, RDFS, shorten
from computeatlas.model.records import Grade
from computeatlas.model.terms import iri, pick_language, sort_key, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from computeatlas.model.record_facts import Facts
    from computeatlas.model.records import Claim, Passage
    from computeatlas.model.terms import Term
    from computeatlas.turtle.lines import ParsedGraph

_CLAIM = ID + "claim/"


@dataclass(frozen=True)
class ShownPassage:
    """A passage and what stands around it, on one line each; `fault` says what is wrong with it, or is empty.

    The texts are empty where the archive lacks the source. `title` is that of the document. Of a located passage, of
    which there is no text, `locator` are the words that find it and `seen_on` is the day on which it was seen.
    """

    iri: str
    title: str
    start: int
    end: int
    before: str
    text: str
    after: str
    fault: str
    locator: str = ""
    seen_on: str = ""


@dataclass(frozen=True)
class ShownClaim:
    """A claim with its passages in the order of their places; `labels` are those of the things that it names."""

    record: Claim
    label: str
    labels: Mapping[str, str]
    passages: tuple[ShownPassage, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the claim has passages and the archive has each of them as it was read."""
        return bool(self.passages) and not any(passage.fault for passage in self.passages)

    def words(self, value: Term | str | None) -> str:
        """Return a thing, by its IRI or as a term, as *label (prefixed name)*, and a literal as it stands."""
        if value is None:
            return ""
        if isinstance(value, ox.Literal | ox.BlankNode):
            return value.value
        iri = value if isinstance(value, str) else value.value
        label = self.labels.get(iri)
        return f"{label} ({shorten(iri)})" if label else shorten(iri)


def show_claim(graph: ParsedGraph, name: str, archive: dict[str, str]) -> ShownClaim:
    """Return the claim `name`, a slug, prefixed name or IRI, with its passages.

    `archive` has texts by their SHA-256. Raises UsageError, naming claims with similar names, where there is no such
    claim.
    """
    facts = facts_of(graph)
    claim = facts.claim(_resolve(graph.members(ATLAS + "Claim"), name))
    described = read_passages(graph, facts, archive)
    passages = [
        _show_located(passage)
        if passage.grade is Grade.LOCATED
        else _show_passage(passage.iri, described.get(passage.iri))
        for passage in claim.passages
    ]
    named = [claim.iri, claim.subject, claim.predicate, claim.modality, claim.rank]
    named += [*claim.stated_by, *claim.contradicts, *(text_of(value) for value in claim.values)]
    labels = {iri: label for iri in named if iri and (label := _label(facts, iri))}
    return ShownClaim(
        claim,
        labels.get(claim.iri, ""),
        labels,
        tuple(sorted(passages, key=lambda passage: (passage.title, passage.start, passage.end))),
    )


def _resolve(known: Iterable[str], name: str) -> str:
    """Return the IRI among `known` of the claim `name`; raises UsageError where there is none."""
    known = sorted(known)
    bare = name.removeprefix("<").removesuffix(">")
    for spelling in (bare, _CLAIM + bare, _CLAIM + bare.removeprefix("claim:")):
        if spelling in known:
            return spelling
    slugs = [iri.removeprefix(_CLAIM) for iri in known]
    near = difflib.get_close_matches(bare.removeprefix(_CLAIM).removeprefix("claim:"), slugs, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "give its name as in claim:NAME, or its IRI"
    raise UsageError(f"there is no claim {name}", hint=hint)


def _label(facts: Facts, name: str) -> str:
    """Return the label of the IRI `name`, in English where it has one, else the first; "" where it has none."""
    node = iri(name)
    labels = sorted(facts.of(node).get(RDFS + "label", ()), key=sort_key) if node else []
    return text_of(next(iter(pick_language(labels, "en")), None))


def _show_located(passage: Passage) -> ShownPassage:
    titles = passage.source.titles if passage.source else ()
    title = on_one_line(titles[0].value) if titles else shorten(passage.source.iri if passage.source else "")
    return ShownPassage(passage.iri, title, 0, 0, "", "", "", "", on_one_line(passage.locator), passage.seen_on)


def _show_passage(name: str, passage: ArchivedPassage | None) -> ShownPassage:
    if passage is None or passage.record.start is None or passage.record.end is None:
        return ShownPassage(name, "", 0, 0, "", "", "", "the graph does not say where this passage is")
    start, end = passage.record.start, passage.record.end
    title = on_one_line(passage.title) or shorten(passage.source)
    if passage.document is None or passage.text is None:
        fault = f"no file of the archive has the digest of {shorten(passage.source)}"
        return ShownPassage(name, title, start, end, "", "", "", fault)
    fault = "" if passage.is_sound else "the text at this place does not have the digest of the passage"
    return ShownPassage(name, title, start, end, *surroundings(passage.document, start, end), fault)
