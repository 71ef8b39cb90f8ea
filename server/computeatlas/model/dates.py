"""Dates as exact as their sources: a year, a month or a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

#: ISO 8601: a year, a month or a day, perhaps with a time of day or a zone, which are passed over.
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*|Z|[+-]\d{2}:\d{2})?")


@dataclass(frozen=True, order=True)
class PartialDate:
    """A year, a month (`day` is 0) or a day; what is less exact comes before what lies in it."""

    year: int
    month: int = 0
    day: int = 0

    def __str__(self) -> str:
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]
        return "-".join(parts)

    @property
    def place(self) -> float:
        """Where the date begins on a scale of years: 2024-07 is some 2024.5."""
        begun = date(self.year, self.month or 1, self.day or 1) - date(self.year, 1, 1)
        return self.year + begun.days / 366


def read_date(text: str) -> PartialDate | None:
    """Return the date that `text` is, None where it is none."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part or 0) for part in match.groups())
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return PartialDate(year, month, day) if match[2] != "00" and match[3] != "00" else None
