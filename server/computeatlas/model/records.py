"""What is recorded of a claim: one type for each of claim, passage, source and quantity.

All are values. A field that the data lack, or that a view did not ask for, is empty or None.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from computeatlas.model.namespaces import ID

if TYPE_CHECKING:
    from decimal import Decimal

    import pyoxigraph as ox

    from computeatlas.model.dates import EdtfDate
    from computeatlas.model.terms import Term


class Modality(StrEnum):
    """How a source puts a claim, from the surest to the least sure; each member equals its IRI."""

    REPORTED = ID + "modality/reported"
    ANNOUNCED_PLAN = ID + "modality/announced-plan"
    ESTIMATE = ID + "modality/estimate"
    PREDICTION = ID + "modality/prediction"
    SPECULATION = ID + "modality/speculation"
    OPINION = ID + "modality/opinion"
    STATED_UNKNOWN = ID + "modality/stated-unknown"


class Rank(StrEnum):
    """How the curators rank a claim beside others on the same question; each member equals its IRI."""

    PREFERRED = ID + "rank/preferred"
    NORMAL = ID + "rank/normal"
    DEPRECATED = ID + "rank/deprecated"


class Grade(StrEnum):
    """How well a passage can be looked up: its text is archived and verified, or only its place is known."""

    ARCHIVED = "archived"
    LOCATED = "located"


#: Claims of these modalities never enter the current view; see `queries/derive/current_view.rq`.
KEPT_OUT = frozenset({Modality.PREDICTION, Modality.SPECULATION, Modality.OPINION, Modality.STATED_UNKNOWN})
_DOUBTS: dict[str, int] = {modality: place for place, modality in enumerate(Modality)}


def doubt(modality: str) -> int:
    """Return the place of the IRI of a modality from the surest, 0, on; any other IRI comes after all of ours."""
    return _DOUBTS.get(modality, len(_DOUBTS))


@dataclass(frozen=True)
class Source:
    """A document: where it is to be read, who published it, when and in which language.

    `issued` is None where `issued_text`, the date as the data have it, is no date; `date_inferred` says that the
    curators inferred it. `languages` are tags of BCP 47, `digest` is the SHA-256 of its archived text, "" where that is
    not archived. `kind` and `reliability` are IRIs of the code lists. `copies` are the IRIs of the documents that it
    copies, `origins` those of the documents at the end of all copying, itself where it copies none.
    """

    iri: str
    pages: tuple[str, ...] = ()
    publishers: tuple[Term, ...] = ()
    issued: EdtfDate | None = None
    issued_text: str = ""
    languages: tuple[str, ...] = ()
    titles: tuple[ox.Literal, ...] = ()
    digest: str = ""
    kind: str | None = None
    reliability: str | None = None
    copies: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    date_inferred: bool = False

    @property
    def grade(self) -> Grade:
        """Whether its text is archived, as far as its digest was asked for."""
        return Grade.ARCHIVED if self.digest else Grade.LOCATED


@dataclass(frozen=True)
class Passage:
    """A place in a source, of either grade.

    Where the source is archived: the stretch from character `start` (counted from 0) up to, not including, `end`;
    `digest` is the SHA-256 of its text. Where it is only located: `locator`, some words of the document that find the
    place, and `seen_on`, the day on which it was seen, in ISO 8601.
    """

    iri: str
    source: Source | None = None
    start: int | None = None
    end: int | None = None
    digest: str = ""
    locator: str = ""
    seen_on: str = ""

    @property
    def grade(self) -> Grade | None:
        """Its grade, None where it does not say where it is."""
        if self.start is not None and self.end is not None:
            return Grade.ARCHIVED
        return Grade.LOCATED if self.locator else None


@dataclass(frozen=True)
class Quantity:
    """A number with a unit or a currency, within bounds: equal ones where it is exact, one where it is open.

    A strict bound is no value of it: *more than 8,000*, *less than a tenth*. `unit` is the notation of the unit, the
    currency where `is_money`; `number_format` is that of a computing rate, such as FP8.
    """

    least: Decimal | None = None
    most: Decimal | None = None
    unit: str = ""
    approximate: bool = False
    is_money: bool = False
    least_strict: bool = False
    most_strict: bool = False
    number_format: str = ""


@dataclass(frozen=True)
class Claim:
    """What a source says of `subject`: that it has `predicate` with `values`.

    `modality` and `rank` are IRIs, mostly those of `Modality` and `Rank`. `as_of` is None where `as_of_text`, the date
    as the data have it, is no date; `date_inferred` says that the curators inferred it or the date that is the value.
    `supports` are the triples of the current view that rest on the claim; `contradicts` are claims, as the data have
    it for either of the two. Where the values are worked out from another quantity, `converted_from` is its IRI, and
    `conversion_rate` the number of their units that one of its units makes.
    `part` is the part of the subject that it speaks of, `period` the text of the period that its figure is for.
    """

    iri: str
    subject: str | None = None
    predicate: str | None = None
    values: tuple[Term, ...] = ()
    modality: str | None = None
    rank: str | None = None
    reasons: tuple[ox.Literal, ...] = ()
    stated_by: tuple[str, ...] = ()
    as_of: EdtfDate | None = None
    as_of_text: str = ""
    passages: tuple[Passage, ...] = ()
    contradicts: tuple[str, ...] = ()
    supports: tuple[tuple[str, str, Term], ...] = ()
    converted_from: str | None = None
    conversion_rate: Decimal | None = None
    part: str | None = None
    period: str = ""
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    corroborates: tuple[str, ...] = ()
    date_inferred: bool = False

    @property
    def question(self) -> tuple[str | None, str | None, str]:
        """What it answers: the part or else the subject, the property, and the period."""
        return self.part or self.subject, self.predicate, self.period

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of its passages, each once."""
        return tuple(dict.fromkeys(passage.source for passage in self.passages if passage.source))

    @property
    def grade(self) -> Grade | None:
        """The best grade of its passages, so LOCATED where none is archived; None where it has no place at all."""
        grades = {passage.grade for passage in self.passages}
        return next((grade for grade in Grade if grade in grades), None)

    def passages_in(self, source: str) -> tuple[Passage, ...]:
        """Return those of its passages that are in the source of this IRI."""
        return tuple(passage for passage in self.passages if passage.source and passage.source.iri == source)

    @property
    def in_view(self) -> bool:
        """Whether the current view holds something that rests on it."""
        return bool(self.supports)

    @property
    def could_enter(self) -> bool:
        """Whether its modality lets it enter the current view, which its rank or another claim may prevent."""
        return self.modality is not None and self.modality not in KEPT_OUT

    @property
    def issued(self) -> EdtfDate | None:
        """When the oldest of its sources was issued."""
        return self._oldest.issued if self._oldest else None

    @property
    def said(self) -> EdtfDate | None:
        """When it was true or made, as it says itself, else when the oldest of its sources was issued."""
        return self.as_of or self.issued

    @property
    def said_inferred(self) -> bool:
        """Whether the curators inferred the date `said`."""
        oldest = self._oldest
        return self.date_inferred if self.as_of else oldest is not None and oldest.date_inferred

    @property
    def _oldest(self) -> Source | None:
        dated = [(source.issued, source.iri, source) for source in self.sources if source.issued]
        return min(dated, key=lambda item: item[:2])[2] if dated else None


@dataclass(frozen=True)
class Records:
    """Claims by IRI, and the quantities that they give, by IRI."""

    claims: dict[str, Claim]
    quantities: dict[str, Quantity]
