"""What is said of a thing, by property: what holds in the current view, what follows, and what else is claimed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import graph_iri
from computeatlas.model.terms import pick_language
from computeatlas.views.conflicts import Outcome, outcome
from computeatlas.views.entity.meaning import Meaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from computeatlas.model.records import Claim
    from computeatlas.model.terms import Term
    from computeatlas.views.reader import Reader


class Origin(StrEnum):
    """Where a statement comes from: derived from claims, inferred by a rule, or stated as it is."""

    DERIVED = "derived"
    INFERRED = "inferred"
    STATED = "stated"


@dataclass(frozen=True)
class Statement:
    """A value of a property with the claims that it rests on, which are none where it is inferred or stated."""

    value: Term
    origin: Origin
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class PropertyStatements:
    """All that is said by one property: `statements` hold; `aside` are the claims that give none of them.

    `disagreeing` are the claims between which there is a disagreement, none where there is none. `of_parts` are
    the claims on which the current view rests for parts of the thing.
    """

    by: str
    statements: tuple[Statement, ...]
    aside: tuple[Claim, ...] = ()
    disagreeing: tuple[Claim, ...] = ()
    of_parts: tuple[Claim, ...] = ()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim of the block, once, in the order in which it is shown."""
        shown = [claim for statement in self.statements for claim in statement.claims]
        return tuple(dict.fromkeys([*self.disagreeing, *shown, *self.of_parts, *self.aside]))

    def outcome(self, claim: Claim) -> Outcome:
        """Return what became of a claim of the block beside the others."""
        return outcome(claim, self.claims)


@dataclass(frozen=True)
class Group:
    """The blocks that are about one matter."""

    meaning: Meaning
    blocks: tuple[PropertyStatements, ...]


def origin_of(graphs: set[str]) -> Origin:
    """Return the strongest origin of a triple that is in `graphs`: stated, else derived from claims, else inferred."""
    if graphs - {graph_iri("current"), graph_iri("inferred")}:
        return Origin.STATED
    return Origin.DERIVED if graph_iri("current") in graphs else Origin.INFERRED if graphs else Origin.STATED


def arrange(
    reader: Reader,
    triples: Mapping[tuple[str, Term], set[str]],
    claims: Iterable[Claim],
    about: Mapping[str, Meaning],
    thing: str | None = None,
) -> tuple[Group, ...]:
    """Return what is said of a thing in groups.

    `triples` gives, for property and value, the graphs in which `thing` has that value; `claims` are those on it;
    `about` says what each property is about.
    """
    claims = tuple(claims)
    by_property: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_property[claim.predicate or ""].append(claim)
    support: dict[tuple[str, Term], list[Claim]] = defaultdict(list)
    for claim in claims:
        for subject, predicate, value in claim.supports:
            if thing in (None, subject):
                support[predicate, value].append(claim)
    properties = dict.fromkeys([*by_property, *(name for name, _ in triples)])
    blocks: dict[Meaning, list[PropertyStatements]] = defaultdict(list)
    for name in sorted(properties, key=lambda name: (reader.label(name).casefold(), name)):
        statements = [
            Statement(value, Origin.DERIVED if support[name, value] else origin_of(graphs), tuple(support[name, value]))
            for (key, value), graphs in triples.items()
            if key == name
        ]
        block = _block(reader, name, statements, by_property.get(name, ()), thing)
        blocks[about.get(name, Meaning.OTHER)].append(block)
    return tuple(Group(meaning, tuple(blocks[meaning])) for meaning in Meaning if meaning in blocks)


def _block(
    reader: Reader, name: str, statements: Sequence[Statement], claims: Sequence[Claim], thing: str | None
) -> PropertyStatements:
    order = list(Origin)
    shown = sorted(
        _in_language(statements, reader.language), key=lambda s: (order.index(s.origin), _words(reader, s.value))
    )
    used = {claim for statement in shown for claim in statement.claims}
    disagreeing = _disagreement(claims)
    rest = [claim for claim in claims if claim not in used and claim not in disagreeing]
    of_parts = tuple(claim for claim in rest if claim.in_view and claim.part not in (None, thing))
    aside = tuple(claim for claim in rest if claim not in of_parts)
    return PropertyStatements(name, tuple(shown), aside, disagreeing, of_parts)


def _in_language(statements: Iterable[Statement], language: str) -> Iterable[Statement]:
    """Leave out what repeats in another language what the same claims say in the reader's."""
    together: dict[tuple[Origin, tuple[Claim, ...]], list[Statement]] = defaultdict(list)
    for statement in statements:
        together[statement.origin, statement.claims].append(statement)
    for several in together.values():
        kept = pick_language((statement.value for statement in several), language)
        yield from (statement for statement in several if statement.value in kept)


def _disagreement(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return the claims on one property that give different answers, as far as the curators or the view say so.

    Those that contradict one another, and where only some have entered the view, those that could have and did not,
    beside those that did. Claims whose modality keeps them out say nothing against the others, nor do two texts because
    their words differ.
    """
    found: dict[Claim, None] = {}
    for one, other in combinations(claims, 2):
        if one.question != other.question:
            continue
        contradict = other.iri in one.contradicts or one.iri in other.contradicts
        outweighed = (
            one.values != other.values
            and one.in_view != other.in_view
            and all(claim.could_enter and not _is_prose(claim) for claim in (one, other))
        )
        if contradict or outweighed:
            found |= {one: None, other: None}
    return tuple(sorted(found, key=lambda claim: (not claim.in_view, claim.iri)))


def _is_prose(claim: Claim) -> bool:
    return any(isinstance(value, ox.Literal) and value.language for value in claim.values)


def _words(reader: Reader, value: Term) -> tuple[str, str]:
    text = reader.label(value.value) if isinstance(value, ox.NamedNode) else value.value
    return text.casefold(), str(value)
