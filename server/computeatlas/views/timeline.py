"""What is said on when: the stages of facilities, the dates of their steps, and plans that slipped.

Nothing here is more than a claim says. A stage is shown at the date of its claim, not from it or until it, for no claim
says since when it has lasted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.dates import place_of
from computeatlas.model.namespaces import ATLAS, DCTERMS, PREFIXES
from computeatlas.model.record_facts import Facts, read_source, spread
from computeatlas.model.records import Modality, Rank
from computeatlas.model.terms import date_of, iri_of, whole_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from computeatlas.model.dates import EdtfDate
    from computeatlas.model.records import Claim, Source
    from computeatlas.views.reader import Reader

#: How the sources of a plan put it: what is guessed, or thought by somebody, is no plan that could slip.
_PLANS = frozenset({Modality.REPORTED, Modality.ANNOUNCED_PLAN, Modality.ESTIMATE})
#: Columns of `timeline_claims`: subject, property, value.
_CLAIM_COLUMNS = (
    ("claim", ATLAS + "subject", "subject"),
    ("claim", ATLAS + "predicate", "property"),
    ("claim", ATLAS + "value", "value"),
    ("claim", ATLAS + "modality", "modality"),
    ("claim", ATLAS + "rank", "rank"),
    ("claim", ATLAS + "asOf", "asOf"),
    ("claim", ATLAS + "dateInferred", "dateInferred"),
    ("claim", ATLAS + "evidence", "passage"),
    ("passage", ATLAS + "inSource", "source"),
    ("passage", PREFIXES["oa"] + "start", "start"),
    ("passage", PREFIXES["oa"] + "end", "end"),
    ("passage", ATLAS + "locator", "locator"),
    ("source", DCTERMS + "issued", "issued"),
    ("source", ATLAS + "dateInferred", "issuedInferred"),
)
#: Properties whose values are the dates of steps in the life of infrastructure, in the usual order of these steps.
STEPS = tuple(
    ATLAS + name
    for name in ("announcedOn", "selectedOn", "constructionStart", "inauguratedOn", "operationalFrom", "completedOn")
)
#: The years that a scale has at least.
_LEAST = 3
#: Lines of a scale. Each row of a page draws them, so a date of the year 1 must not make them two thousand.
_MOST_LINES = 100
#: Years of one date by which a row is found: "between 1900 and 2100" is not looked for in each of them.
_MOST_YEARS = 10


@dataclass(frozen=True)
class Mention:
    """A source that speaks of a thing, in `claims` claims."""

    source: Source
    claims: int


@dataclass(frozen=True)
class Event:
    """A claim on a stage or on the date of a step, with what places it in time; on neither where that is not known."""

    claim: Claim

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that it gives, IRIs, mostly one."""
        return tuple(value.value for value in self.claim.values if isinstance(value, ox.NamedNode))

    @property
    def dates(self) -> tuple[EdtfDate, ...]:
        """The dates that it gives, in order."""
        return tuple(sorted({when for value in self.claim.values if (when := date_of(value))}))

    @property
    def last(self) -> EdtfDate | None:
        """The date that ends last of those that it gives."""
        return max(self.dates, key=lambda when: (when.days[1], when), default=None)

    @property
    def said(self) -> EdtfDate | None:
        """When it was true or made; else, as `by_source` has it, the date of its earliest source; None without one."""
        return self.claim.said

    @property
    def by_source(self) -> bool:
        """Whether it does not say itself when it was true or made."""
        return self.claim.as_of is None

    @property
    def is_plan(self) -> bool:
        """Whether it names dates that a later claim could move."""
        claim = self.claim
        return bool(self.dates) and self.said is not None and claim.rank != Rank.DEPRECATED and claim.modality in _PLANS


@dataclass(frozen=True)
class Slip:
    """A plan that slipped: `later` was said after `earlier` and names a later date."""

    earlier: Event
    later: Event


@dataclass(frozen=True)
class Row:
    """What is said on one thing, in order of date, and the sources that speak of it."""

    subject: str
    events: tuple[Event, ...]
    mentions: tuple[Mention, ...]
    slips: tuple[Slip, ...]

    @property
    def begins(self) -> int | None:
        """The year for which the earliest of its events is said, None where none has a date."""
        return min((event.said.days[0].year for event in self.events if event.said), default=None)

    @property
    def years(self) -> frozenset[int]:
        """The years that its events give or are said for; of what has no events those of its documents."""
        dates = [when for event in self.events for when in (*event.dates, *([event.said] if event.said else []))]
        if not self.events:
            dates = [item.source.issued for item in self.mentions if item.source.issued]
        return frozenset(year for when in dates for year in _years(when))

    @property
    def stages(self) -> frozenset[str]:
        """The stages that its events give."""
        return frozenset(stage for event in self.events for stage in event.stages)

    @property
    def is_dated(self) -> bool:
        """Whether it has a place on a scale of time."""
        return any(event.said or event.dates for event in self.events) or any(
            item.source.issued for item in self.mentions
        )


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

    def start(self, when: EdtfDate) -> float:
        """Return where a date begins on the scale, in per cent: at its beginning where the date has none."""
        return self.percent(place_of(when.earliest)) if when.earliest else 0

    def width(self, when: EdtfDate) -> float:
        """Return how long a date is on the scale, in per cent: up to its end where the date has none."""
        end = self.percent(place_of(when.latest, end=True)) if when.latest else 100
        return end - self.start(when)

    @property
    def step(self) -> int:
        """Every how many years the scale bears a number, so that there are some ten of them."""
        return max(1, math.ceil(len(self.years) / 10))

    @property
    def numbered(self) -> range:
        """The years whose numbers the scale bears, in order."""
        return self.years[:: self.step]

    @property
    def lined(self) -> range:
        """The years that begin with a line, in order: all of them, or those with a number where they are many."""
        return self.years if len(self.years) <= _MOST_LINES else self.numbered


@dataclass(frozen=True)
class Timeline:
    """`told` are things of which a stage or a date is stated, by date; `silent` are the other facilities, by name.

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
    """Return what is said on all facilities, and on whatever else has a claim on a stage or a date of a step.

    The labels of the things are fetched, not those of what is said: a page shows few of them.
    """
    claimed, spoken = reader.ask_all(reader.text("timeline_claims"), reader.text("timeline_documents"))
    rows = list(claimed.records())
    facts = Facts(spread(rows, _CLAIM_COLUMNS))
    events: dict[str, list[Event]] = {}
    pairs = dict.fromkeys((iri_of(row.get("subject")), iri_of(row.get("claim"))) for row in rows)
    for subject, name in pairs:
        if subject and name:
            events.setdefault(subject, []).append(Event(facts.claim(name)))
    mentions: dict[str, list[Mention]] = {}
    for row in spoken.records():
        if not (facility := iri_of(row.get("facility"))):
            continue
        found = mentions.setdefault(facility, [])
        if source := iri_of(row.get("source")):
            columns = {DCTERMS + "issued": "issued", ATLAS + "dateInferred": "issuedInferred"}
            said = {name: [row[column]] for name, column in columns.items() if column in row}
            found.append(Mention(read_source(source, said), whole_of(row.get("claims")) or 0))
    subjects = sorted({*events, *mentions})
    reader.need(subjects)
    made = [_row(subject, events.get(subject, []), mentions.get(subject, [])) for subject in subjects]
    made.sort(key=lambda row: (reader.label(row.subject).casefold(), row.subject))
    told = sorted((row for row in made if row.events), key=lambda row: min(map(_when, row.events)))
    return Timeline(tuple(told), tuple(row for row in made if not row.events), scale_of(made))


def scale_of(rows: Iterable[Row]) -> Scale | None:
    """Return the scale that holds every date of `rows`, None where there is none."""
    years: set[int] = set()
    for row in rows:
        for event in row.events:
            for when in (*event.dates, *([event.said] if event.said else [])):
                years.update(day.year for day in when.days)
        years.update(day.year for item in row.mentions if item.source.issued for day in item.source.issued.days)
    if not years:
        return None
    return Scale(min(years), max(max(years), min(years) + _LEAST - 1))


def slips(events: Iterable[Event]) -> tuple[Slip, ...]:
    """Return where a plan names a later date than the one said last before it, in order of date.

    Plans on one property are compared, by the last date that each names: it is later if it both begins and ends later,
    so that "2027" is no delay after "second quarter of 2027". One was said before another only if its date ends before
    the other's begins: a claim of 2024 is not before one of May 2024. Of several said last at one time the one with the
    latest date counts, so that sources that differ are not taken for a delay.
    """
    found: list[Slip] = []
    plans = sorted((event for event in events if event.is_plan), key=_when)
    for later in plans:
        earlier = [one for one in plans if one.claim.predicate == later.claim.predicate and _ended(one) < _begun(later)]
        if not earlier:
            continue
        newest = max(_begun(one) for one in earlier)
        last = max((one for one in earlier if _ended(one) >= newest), key=lambda one: (_goal(one)[1], one.claim.iri))
        if all(after > before for after, before in zip(_goal(later), _goal(last), strict=True)):
            found.append(Slip(last, later))
    return tuple(found)


def _years(when: EdtfDate) -> Iterable[int]:
    """Return the years in which a date lies; of one without a beginning or an end only that of its other end."""
    first, last = when.days
    if when.earliest is None or when.latest is None:
        return {first.year if when.latest is None else last.year}
    return range(first.year, min(last.year, first.year + _MOST_YEARS) + 1)


def _row(subject: str, events: Sequence[Event], mentions: Sequence[Mention]) -> Row:
    ordered = tuple(sorted(events, key=_when))
    return Row(subject, ordered, tuple(mentions), slips(ordered))


def _when(event: Event) -> tuple[date, int, str]:
    """Return what orders events: those without a date come last, what is less exact before what lies in it."""
    return _begun(event), -_ended(event).toordinal(), event.claim.iri


def _begun(event: Event) -> date:
    return event.said.days[0] if event.said else date.max


def _ended(event: Event) -> date:
    return event.said.days[1] if event.said else date.max


def _goal(event: Event) -> tuple[date, date]:
    """Return the first and the last day of the last date that it gives."""
    return event.last.days if event.last else (date.max, date.max)
