"""What is said on when: the stages of facilities, the years planned for their start, and plans that slipped.

Nothing here is more than a claim says. A stage is shown at the date of its claim, not from it or until it, for no claim
says since when it has lasted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.dates import PartialDate, read_date
from computeatlas.model.namespaces import ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from computeatlas.engine.table import Term
    from computeatlas.views.reader import Reader

_DEPRECATED = ID + "rank/deprecated"
#: How the sources of a plan put it: what is guessed, or thought by somebody, is no plan that could slip.
_PLANS = {f"{ID}modality/{name}" for name in ("reported", "announced-plan", "estimate")}
#: The years that a scale has at least.
_LEAST = 3


@dataclass(frozen=True)
class Document:
    """A document that speaks of a thing: its date, None where it has none, and in how many claims."""

    source: str
    issued: PartialDate | None
    claims: int = 0


@dataclass(frozen=True)
class Event:
    """A claim on a stage (`stages` are IRIs, mostly one) or on `years`; on neither, where it says that it is not known.

    `said` is when the claim was true or made; where it does not say, `by_document` holds and it is the date of the
    earliest document that has the claim, None where none is dated.
    """

    claim: str
    prop: str
    stages: tuple[str, ...]
    years: tuple[int, ...]
    modality: str
    rank: str
    said: PartialDate | None
    by_document: bool
    documents: tuple[Document, ...]

    @property
    def is_plan(self) -> bool:
        """Whether it names years that a later claim could move."""
        return bool(self.years) and self.said is not None and self.rank != _DEPRECATED and self.modality in _PLANS


@dataclass(frozen=True)
class Slip:
    """A plan that slipped: `later` was said after `earlier` and names a later year."""

    earlier: Event
    later: Event


@dataclass(frozen=True)
class Row:
    """What is said on one thing, in order of date, and the documents that speak of it."""

    subject: str
    events: tuple[Event, ...]
    documents: tuple[Document, ...]
    slips: tuple[Slip, ...]

    @property
    def is_dated(self) -> bool:
        """Whether it has a place on a scale of time."""
        return any(event.said or event.years for event in self.events) or any(item.issued for item in self.documents)


@dataclass(frozen=True)
class Scale:
    """Whole years from `first` up to the end of `last`."""

    first: int
    last: int

    @property
    def years(self) -> range:
        """The years, in order."""
        return range(self.first, self.last + 1)

    def percent(self, place: float) -> float:
        """Return how far along the scale a place such as 2024.5 is, from 0 to 100."""
        return 100 * (place - self.first) / (self.last + 1 - self.first)

    def start(self, when: PartialDate) -> float:
        """Return where a date begins on the scale, in per cent."""
        return self.percent(when.place)

    def width(self, when: PartialDate) -> float:
        """Return how long a year, month or day is on the scale, in per cent."""
        share = 1 / 366 if when.day else 1 / 12 if when.month else 1
        return 100 * share / (self.last + 1 - self.first)

    @property
    def step(self) -> int:
        """Every how many years the scale bears a number, so that there are some ten of them."""
        return max(1, math.ceil(len(self.years) / 10))


@dataclass(frozen=True)
class Timeline:
    """`told` are things of which a stage or a year is stated, by date; `silent` are the other facilities, by name.

    `scale` is None where nothing has a date.
    """

    told: tuple[Row, ...]
    silent: tuple[Row, ...]
    scale: Scale | None

    @property
    def slipped(self) -> tuple[Row, ...]:
        """The rows in which a plan slipped."""
        return tuple(row for row in self.told if row.slips)


def read_timeline(reader: Reader) -> Timeline:
    """Return what is said on all facilities, and on whatever else has a claim on a stage or a year of start."""
    events: dict[str, list[Event]] = {}
    rows = list(reader.records("timeline_claims"))
    for (subject, _claim), group in groupby(sorted(rows, key=_by_claim), key=_by_claim):
        events.setdefault(subject, []).append(_event(list(group)))
    documents: dict[str, list[Document]] = {}
    for row in reader.records("timeline_documents"):
        found = documents.setdefault(row["facility"].value, [])
        if "source" in row:
            found.append(Document(row["source"].value, _date(row, "issued"), int(row["claims"].value)))
    subjects = sorted({*events, *documents})
    reader.need(subjects)
    made = [_row(subject, events.get(subject, []), documents.get(subject, [])) for subject in subjects]
    made.sort(key=lambda row: (reader.label(row.subject).casefold(), row.subject))
    told = sorted((row for row in made if row.events), key=lambda row: min(map(_when, row.events)))
    return Timeline(tuple(told), tuple(row for row in made if not row.events), scale_of(made))


def scale_of(rows: Iterable[Row]) -> Scale | None:
    """Return the scale that holds every date of `rows`, None where there is none."""
    years: set[int] = set()
    for row in rows:
        for event in row.events:
            years.update(event.years)
            if event.said:
                years.add(event.said.year)
        years.update(item.issued.year for item in row.documents if item.issued)
    if not years:
        return None
    return Scale(min(years), max(max(years), min(years) + _LEAST - 1))


def slips(events: Iterable[Event]) -> tuple[Slip, ...]:
    """Return where a plan names a later year than the one said last before it, in order of date.

    Plans on one property are compared, by the last year that each names. One was said before another only if its
    date ends before the other's begins: a claim of 2024 is not before one of May 2024. Of several said last at one
    time the one with the latest year counts, so that sources that differ are not taken for a delay.
    """
    found: list[Slip] = []
    plans = sorted((event for event in events if event.is_plan), key=_when)
    for later in plans:
        earlier = [one for one in plans if one.prop == later.prop and _ended(one) < _begun(later)]
        if not earlier:
            continue
        newest = max(_begun(one) for one in earlier)
        last = max((one for one in earlier if _ended(one) >= newest), key=lambda one: (max(one.years), one.claim))
        if max(later.years) > max(last.years):
            found.append(Slip(last, later))
    return tuple(found)


def _row(subject: str, events: Sequence[Event], documents: Sequence[Document]) -> Row:
    ordered = tuple(sorted(events, key=_when))
    return Row(subject, ordered, tuple(documents), slips(ordered))


def _by_claim(row: dict[str, Term]) -> tuple[str, str]:
    return row["subject"].value, row["claim"].value


def _event(rows: list[dict[str, Term]]) -> Event:
    """Return the claim that `rows` are about, one for each of its values and documents."""
    first = rows[0]
    values = [row["value"] for row in rows if "value" in row]
    stages = sorted({term.value for term in values if isinstance(term, ox.NamedNode)})
    years = sorted({int(term.value) for term in values if isinstance(term, ox.Literal) and _is_year(term.value)})
    sources = {row["source"].value: _date(row, "issued") for row in rows if "source" in row}
    documents = tuple(Document(source, issued) for source, issued in sorted(sources.items()))
    as_of = _date(first, "asOf")
    issued = min((item.issued for item in documents if item.issued), default=None)
    return Event(
        claim=first["claim"].value,
        prop=first["property"].value,
        stages=tuple(stages),
        years=tuple(years),
        modality=first["modality"].value,
        rank=first["rank"].value,
        said=as_of or issued,
        by_document=as_of is None,
        documents=documents,
    )


def _is_year(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == 4 and int(text) > 0


def _date(row: dict[str, Term], name: str) -> PartialDate | None:
    return read_date(row[name].value) if name in row else None


def _when(event: Event) -> tuple[PartialDate, str]:
    """Return what orders events: those without a date come last."""
    return event.said or PartialDate(9999), event.claim


def _begun(event: Event) -> tuple[int, int, int]:
    when = event.said or PartialDate(9999)
    return when.year, when.month or 1, when.day or 1


def _ended(event: Event) -> tuple[int, int, int]:
    when = event.said or PartialDate(9999)
    return when.year, when.month or 12, when.day or 31
