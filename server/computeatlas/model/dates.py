"""Dates as exact as their sources, in the Extended Date/Time Format (EDTF) of the Library of Congress, levels 0 to 2.

https://www.loc.gov/standards/datetime/. Years are 0001 to 9999. Plain dates and the parts of a year are read here, for
they are most of the dates in a graph and the library takes 5 to 10 ms a text; it reads all other dates. Intervals and
sets are taken apart here, since the library gives no days for those with an open end and reads no part of a year in
them.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache, total_ordering

from computeatlas.model.namespaces import ATLAS, DCTERMS


class Precision(StrEnum):
    """How exact a date is."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    QUARTER = "quarter"
    THIRD = "third"
    HALF = "half"
    YEAR = "year"
    OTHER = "other"
    INTERVAL = "interval"
    SET = "set"


class EdtfError(ValueError):
    """A text that is no date in EDTF; `why` says what is wrong, `hint` how to write it."""

    def __init__(self, text: str, why: str, hint: str):
        super().__init__(f"{text!r} is no date in EDTF: {why}")
        self.why = why
        self.hint = hint


@total_ordering
@dataclass(frozen=True)
class EdtfDate:
    """A date in EDTF: its `text` and what follows from it.

    `earliest` and `latest` are the days between which it lies, None on a side that is open or unknown; one of them is
    always there. `parts` are the two ends of an interval, None where it is open, or the members of a set. Dates are
    ordered by the day on which they begin; what is less exact comes before what lies in it.
    """

    text: str
    earliest: date | None
    latest: date | None
    precision: Precision
    parts: tuple[EdtfDate | None, ...] = ()

    def __str__(self) -> str:
        return self.text

    @property
    def is_uncertain(self) -> bool:
        """Whether the source, or who wrote it down, is not sure of it (`?`)."""
        return "?" in self.text or "%" in self.text

    @property
    def is_approximate(self) -> bool:
        """Whether it is only about right (`~`)."""
        return "~" in self.text or "%" in self.text

    @property
    def days(self) -> tuple[date, date]:
        """Return its first and its last day; of one with an open side, the only day that is known, twice."""
        days = [day for day in (self.earliest, self.latest) if day]
        return days[0], days[-1]

    @property
    def components(self) -> tuple[int, ...]:
        """Return year, month and day as far as they are known; none for an interval, a set or unspecified digits."""
        if self.precision in (Precision.INTERVAL, Precision.SET, Precision.OTHER):
            return ()
        known = {Precision.DAY: 3, Precision.MONTH: 2}.get(self.precision, 1)
        return tuple(int(part) for part in bare(self.text).split("T")[0].split("-")[:known])

    @property
    def iso(self) -> str:
        """Return the year, month or day that it is in ISO 8601, in other cases its first day."""
        exact = self.precision in (Precision.YEAR, Precision.MONTH, Precision.DAY)
        return bare(self.text).split("T")[0] if exact else self.days[0].isoformat()

    def __lt__(self, other: EdtfDate) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[date, int, str]:
        return self.earliest or date.min, -(self.latest or date.max).toordinal(), self.text


#: Parts of a year that stand in place of a month → precision, first month, last month.
#: Seasons by the northern half of the earth (25 to 28) and as a place has them (21 to 24) are those of the north, and
#: are turned for the south (29 to 32). Winter has months of two years: see `_season`.
_GROUPS: dict[int, tuple[Precision, int, int]] = {
    **dict.fromkeys((21, 25, 31), (Precision.SEASON, 3, 5)),
    **dict.fromkeys((22, 26, 32), (Precision.SEASON, 6, 8)),
    **dict.fromkeys((23, 27, 29), (Precision.SEASON, 9, 11)),
    **dict.fromkeys((24, 28, 30), (Precision.SEASON, 12, 14)),
    **{33 + n: (Precision.QUARTER, 3 * n + 1, 3 * n + 3) for n in range(4)},
    **{37 + n: (Precision.THIRD, 4 * n + 1, 4 * n + 4) for n in range(3)},
    **{40 + n: (Precision.HALF, 6 * n + 1, 6 * n + 6) for n in range(2)},
}
_PLAIN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
#: Property that gives a date → what begins the names of the properties for its first and its last day.
DATED = {ATLAS + "asOf": "asOf", ATLAS + "value": "value", DCTERMS + "issued": "issued"}
#: The types of XML Schema for years, months, days and points in time: a time of day or a zone is passed over.
_XSD = re.compile(r"([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})")
#: What the library is given. A month or a day of which one digit is unspecified makes it print to standard output.
_FOR_LIBRARY = re.compile(r"(?!.*-[?~%]?(?:[0-9]X|X[0-9]))[0-9X?~%][-0-9XTZS:+?~%]{3,30}")
#: A set of some twenty dates has as many.
_LONGEST = 200
_USUAL = "write it as 2027, 2027-06, 2027-06-15, 2027-34 (second quarter), 2027-39 (late 2027), 2025/2026 or 2027/.."


def parse_edtf(text: str) -> EdtfDate:
    """Return the date that `text` is in EDTF; raises EdtfError where it is none."""
    found = _read(text)
    if isinstance(found, EdtfError):
        raise found
    return found


def read_edtf(text: str) -> EdtfDate | None:
    """Return the date that `text` is in EDTF, None where it is none."""
    found = _read(text)
    return None if isinstance(found, EdtfError) else found


def read_date(text: str) -> EdtfDate | None:
    """Return the date that `text` is in EDTF or as a value of XML Schema, None where it is none.

    A time of day and a zone are passed over. For data of which nothing is known.
    """
    text = text.strip()
    match = _XSD.fullmatch(text)
    return read_edtf(match[1] if match else text)


# A graph has few different dates, many times; an error is kept as well.
@lru_cache(maxsize=16384)
def _read(text: str) -> EdtfDate | EdtfError:
    try:
        if len(text) > _LONGEST:
            raise EdtfError(text, f"it has more than {_LONGEST} characters", _USUAL)
        if text[:1] in ("[", "{"):
            return _set(text)
        return _interval(text) if "/" in text else _point(text)
    except EdtfError as error:
        return error


def _interval(text: str) -> EdtfDate:
    ends = text.split("/")
    if len(ends) != 2:
        raise EdtfError(text, "an interval has two ends, with one / between them", _USUAL)
    return _between(text, ends[0], ends[1])


def _between(text: str, first: str, last: str) -> EdtfDate:
    """Return the dates from `first` to `last`, either of which may be open."""
    start, end = (None if one in ("", "..") else _point(one) for one in (first, last))
    if not (start or end):
        raise EdtfError(text, "neither end is known", "leave the date out")
    earliest, latest = start.earliest if start else None, end.latest if end else None
    if earliest and latest and earliest > latest:
        raise EdtfError(text, "it ends before it begins", "write the earlier end first")
    return EdtfDate(text, earliest, latest, Precision.INTERVAL, (start, end))


def _set(text: str) -> EdtfDate:
    """Return a set: one of several dates (in square brackets) or all of them (in braces)."""
    if (text[0], text[-1]) not in (("[", "]"), ("{", "}")):
        raise EdtfError(text, "its brackets do not match", "write [2026,2027] for one of them, {2026,2027} for all")
    members = tuple(
        _between(one, *one.split("..")) if one.count("..") == 1 else _point(one)
        for one in (part.strip(" ") for part in text[1:-1].split(","))
    )
    starts, ends = [one.earliest for one in members], [one.latest for one in members]
    earliest = None if None in starts else min(day for day in starts if day)
    latest = None if None in ends else max(day for day in ends if day)
    if not (earliest or latest):
        raise EdtfError(text, "it is open on both sides", "leave the date out")
    return EdtfDate(text, earliest, latest, Precision.SET, members)


def _point(text: str) -> EdtfDate:
    match = _PLAIN.fullmatch(text[:-1] if text[-1:] in ("?", "~", "%") else text)
    return _by_library(text) if match is None else _plain(text, *(int(part or 0) for part in match.groups()))


def _plain(text: str, year: int, month: int, day: int) -> EdtfDate:
    """Return the date `text`; `month` and `day` are 0 where it has none."""
    if not year:
        raise EdtfError(text, "years are 0001 to 9999 here", _USUAL)
    if "-00" in text:
        raise EdtfError(text, "no month and no day is 00", "leave out what is not known")
    if not month:
        return EdtfDate(text, date(year, 1, 1), date(year, 12, 31), Precision.YEAR)
    if month in _GROUPS and not day:
        return _group(text, year, *_GROUPS[month])
    if month > 12:
        why = f"there is no month {month}" if day or month not in range(21, 42) else f"{month} is no part of a year"
        raise EdtfError(text, why, _USUAL)
    last = _last_day(year, month)
    if not day:
        return EdtfDate(text, date(year, month, 1), last, Precision.MONTH)
    if day > last.day:
        raise EdtfError(text, f"that month has {last.day} days", "write the day that the source gives")
    return EdtfDate(text, date(year, month, day), date(year, month, day), Precision.DAY)


def _group(text: str, year: int, precision: Precision, first: int, last: int) -> EdtfDate:
    """Return a part of a year.

    Winter is in two years, and sources mean either by "winter 2027": it is as wide as both.
    """
    if last <= 12:
        return EdtfDate(text, date(year, first, 1), _last_day(year, last), precision)
    end = _last_day(year + 1, last - 12) if year < date.max.year else date.max
    return EdtfDate(text, date(year, 1, 1), end, precision)


def _by_library(text: str) -> EdtfDate:
    """Return the date that the library reads: unspecified digits, parts that are uncertain, points in time."""
    # Imported where it is needed: it takes 0.15 s, and few graphs have such a date.
    from edtf import parse_edtf as parse

    error = EdtfError(text, "no form of EDTF fits it", _USUAL)
    if not _FOR_LIBRARY.fullmatch(text):
        raise error
    try:
        found = parse(text)
        # A number of significant digits ("1950S2") widens only the bounds that the library calls fuzzy.
        strict = "S" not in text
        earliest = _day(*(found.lower_strict() if strict else found.lower_fuzzy())[:3])
        latest = _day(*(found.upper_strict() if strict else found.upper_fuzzy())[:3])
    # The library fails in several ways on texts that its grammar lets through.
    except Exception:
        raise error from None
    if earliest > latest:
        raise error
    plain = bare(text).split("T")[0]
    precision = _point(plain).precision if _PLAIN.fullmatch(plain) else Precision.OTHER
    return EdtfDate(text, earliest, latest, precision)


def place_of(day: date, *, end: bool = False) -> float:
    """Return where a day begins, or with `end` where it ends, on a scale of years: 1 July 2024 is some 2024.5."""
    first = date(day.year, 1, 1)
    length = 366 if calendar.isleap(day.year) else 365
    return day.year + ((day - first).days + end) / length


def _day(year: int, month: int, day: int) -> date:
    """Return that day, or the last of the month where it has fewer, as for the years in which "202X-02-29" may be."""
    return date(year, month, min(day, _last_day(year, month).day))


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def bare(text: str) -> str:
    """Return `text` without what says that it is uncertain or approximate."""
    return re.sub("[?~%]", "", text)
