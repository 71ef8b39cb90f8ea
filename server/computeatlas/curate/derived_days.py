"""The days between which the dates of claims and sources lie, so that queries can compare dates of any form.

`atlas:asOfEarliest` and `atlas:asOfLatest`, `atlas:valueEarliest` and `atlas:valueLatest`, `atlas:issuedEarliest` and
`atlas:issuedLatest`, all xsd:date. A date that is open on a side has no day there.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.dates import DATED, EdtfDate, read_date
from computeatlas.model.namespaces import ATLAS, EDTF, XSD, graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

_VALUE = ATLAS + "value"
#: A value is a date by its datatype alone: "2027" may be a number, and a text may look like a date.
_DATES = {EDTF, *(XSD + name for name in ("date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth"))}
_DAY = ox.NamedNode(XSD + "date")


def derive_days(triples: Iterable[ox.Triple | ox.Quad]) -> list[ox.Triple]:
    """Return the days that follow from the dates in `triples`, sorted.

    Of several dates the earliest and the latest day count; what is no date and what is said of blank nodes is left out.
    """
    dates: dict[tuple[ox.NamedNode, str], list[EdtfDate]] = defaultdict(list)
    for triple in triples:
        name, value = triple.predicate.value, triple.object
        if name not in DATED or not isinstance(value, ox.Literal) or not isinstance(triple.subject, ox.NamedNode):
            continue
        if (name != _VALUE or value.datatype.value in _DATES) and (when := read_date(value.value)):
            dates[triple.subject, DATED[name]].append(when)
    return sorted((day for (thing, part), found in dates.items() for day in _days(thing, part, found)), key=str)


def derived_quads(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield the days that follow from the dates in `quads`, in the graph `inferred`."""
    graph = ox.NamedNode(graph_iri("inferred"))
    return (ox.Quad(t.subject, t.predicate, t.object, graph) for t in derive_days(quads))


def _days(thing: ox.NamedNode, part: str, dates: list[EdtfDate]) -> Iterator[ox.Triple]:
    starts = [when.earliest for when in dates if when.earliest]
    ends = [when.latest for when in dates if when.latest]
    if len(starts) == len(dates):
        yield _day(thing, f"{part}Earliest", min(starts))
    if len(ends) == len(dates):
        yield _day(thing, f"{part}Latest", max(ends))


def _day(thing: ox.NamedNode, name: str, day: date) -> ox.Triple:
    return ox.Triple(thing, ox.NamedNode(ATLAS + name), ox.Literal(day.isoformat(), datatype=_DAY))
