"""The quality of the data as the release measured it: figures for all of it, and tables by kind, country and so on.

Nothing is counted here: the figures are those of the metadata graph (https://www.w3.org/TR/vocab-dqv/), which the
queries in `queries/quality/` gave when the release was built.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import METRIC
from computeatlas.model.terms import date_of, decimal_of, iri_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from computeatlas.engine.table import Term
    from computeatlas.views.reader import Reader

#: Figures for all the data, in the order in which they are shown.
TOTALS = (
    "claims", "documents", "things", "claims-per-thing", "things-without-second-source", "facilities",
    "facilities-without-location", "facilities-without-stage", "facilities-without-money", "claims-archived",
    "claims-located",
)  # fmt: skip
#: Name of a table → its columns; the rows are in the order of the first, the largest first.
TABLES = {
    "facilities": (
        "facilities", "facilities-without-location", "facilities-without-stage", "facilities-without-money",
    ),
    "things": ("things", "claims-per-thing", "things-without-second-source"),
    "countries": ("claims-by-country", "facilities-by-country"),
    "reliability": ("claims-by-reliability",),
    "languages": ("claims-by-language",),
    "most": ("claims-of-thing",),
    "coverage": ("coverage",),
}  # fmt: skip
NEWEST = "newest-claim"
_SHARE = "-share"

#: What a measurement is about: the IRI of a thing, a tag of a language; neither where it is about all the data.
About = tuple[str | None, str | None]


@dataclass(frozen=True)
class Figure:
    """A number that a metric gave, and which share of the whole that is, from 0 to 1; None where it is of no whole."""

    value: Decimal
    share: Decimal | None = None


@dataclass(frozen=True)
class Row:
    """The figures of one thing, or of one language, a column each; None where there is none."""

    of: str | None
    language: str | None
    figures: tuple[Figure | None, ...]


@dataclass(frozen=True)
class QualityTable:
    """Figures by kind, country, property and so on; `columns` are metrics, as IRIs."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Quality:
    """What the data say of their quality; metrics are IRIs, `definitions` theirs in the reader's language.

    `newest` is the day of the newest claim, None where none is known.
    """

    newest: date | None
    totals: Mapping[str, Figure]
    tables: tuple[QualityTable, ...]
    definitions: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.totals or self.tables)

    def age(self, today: date) -> int | None:
        """Return how many days the newest claim is old, None where its day is not known."""
        return (today - self.newest).days if self.newest else None


def read_quality(reader: Reader) -> Quality:
    """Return what the data that `reader` asks say of their quality; empty where they say nothing."""
    language = [ox.Literal(reader.language)]
    measured, metrics = reader.ask_all(reader.text("quality"), reader.text("quality_metrics", wanted=language))
    definitions = {iri: text_of(row.get("definition")) for row in metrics.records() if (iri := iri_of(row["metric"]))}
    return quality_in(measured.records(), definitions)


def quality_in(rows: Iterable[Mapping[str, Term]], definitions: Mapping[str, str]) -> Quality:
    """Return the quality that the rows of the view `quality` tell; what is no measurement of ours is left out."""
    numbers: dict[str, dict[About, Decimal]] = defaultdict(dict)
    newest = None
    for row in rows:
        metric = iri_of(row.get("metric")) or ""
        if not metric.startswith(METRIC):
            continue
        name, value = metric.removeprefix(METRIC), row.get("value")
        if name == NEWEST:
            newest = newest or date_of(value)
        elif (number := decimal_of(value)) is not None:
            about = (iri_of(row.get("of")), text_of(row.get("language")) or None)
            numbers[name].setdefault(about, number)
    figures = {
        name: {about: Figure(number, numbers.get(name + _SHARE, {}).get(about)) for about, number in found.items()}
        for name, found in numbers.items()
        if not name.endswith(_SHARE)
    }
    return Quality(
        newest=newest.earliest if newest else None,
        totals={
            METRIC + name: figure for name in TOTALS if (figure := figures.get(name, {}).get((None, None))) is not None
        },
        tables=tuple(table for name, columns in TABLES.items() if (table := _table(name, columns, figures)).rows),
        definitions=definitions,
    )


def _table(name: str, columns: tuple[str, ...], figures: Mapping[str, Mapping[About, Figure]]) -> QualityTable:
    """Return a table of what any of `columns` has for something; a column is a name without METRIC."""
    about = dict.fromkeys(key for column in columns for key in figures.get(column, ()) if key != (None, None))
    rows = [Row(*key, tuple(figures.get(column, {}).get(key) for column in columns)) for key in about]
    return QualityTable(name, tuple(METRIC + column for column in columns), tuple(sorted(rows, key=_order)))


def _order(row: Row) -> tuple[bool, Decimal, Decimal, str]:
    """Order rows by their first figure, the largest first: its share, then its number; rows without one come last."""
    first = row.figures[0]
    number, share = (first.value, first.share or Decimal(0)) if first else (Decimal(0), Decimal(0))
    return first is None, -share, -number, row.of or row.language or ""
