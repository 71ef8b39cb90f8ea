"""Which rows of the timeline a reader wants: those of a year, of a stage, or those in which a plan slipped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from computeatlas.views.timeline import Row, Timeline


@dataclass(frozen=True)
class Choice:
    """What the reader wants: a year (None: any), the IRI of a stage (empty: any), or only plans that slipped."""

    year: int | None = None
    stage: str = ""
    slipped: bool = False

    def takes(self, row: Row) -> bool:
        """Say whether `row` is wanted."""
        return (
            (self.year is None or self.year in row.years)
            and (not self.stage or self.stage in row.stages)
            and (not self.slipped or bool(row.slips))
        )


def choose(timeline: Timeline, choice: Choice) -> tuple[Row, ...]:
    """Return the rows that are wanted: those told first, by the year in which they begin, then the silent ones."""
    told = sorted(timeline.told, key=lambda row: (row.begins is None, row.begins or 0))
    return tuple(row for row in (*told, *timeline.silent) if choice.takes(row))


def count_years(rows: Iterable[Row]) -> dict[int, int]:
    """Return how many of `rows` each year has, in order."""
    return dict(sorted(Counter(year for row in rows for year in row.years).items()))


def count_stages(rows: Iterable[Row]) -> dict[str, int]:
    """Return how many of `rows` each stage has, by its IRI, in order."""
    return dict(sorted(Counter(stage for row in rows for stage in row.stages).items()))


def by_beginning(rows: Iterable[Row], totals: Mapping[int | None, int]) -> list[tuple[int | None, int, list[Row]]]:
    """Return `rows`, which are in order, by the year in which they begin, with the number in `totals` of such rows."""
    return [(year, totals[year], list(some)) for year, some in groupby(rows, lambda row: row.begins)]
