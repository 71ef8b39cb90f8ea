"""Dates as people type them, turned into EDTF: `2027-Q2`, `late 2027`, `June 2026`, `about 2030`, `2025-2026`."""

from __future__ import annotations

import re
from functools import cache

from babel.dates import get_month_names

from computeatlas.model.dates import EdtfDate, EdtfError, parse_edtf, read_edtf

_YEAR = r"(?P<year>[0-9]{4})"
#: "H1" and "Q2" before or behind the year; Swedish writes K2 as well.
_GROUP = re.compile(
    rf"(?:{_YEAR}[ /-]?(?P<kind>[QKH])(?P<number>[1-4])|(?P<kind2>[QKH])(?P<number2>[1-4])[ /-]?(?P<year2>[0-9]{{4}}))",
    re.IGNORECASE,
)
#: What stands before a year → the code of EDTF that takes the place of the month.
#:
#: Early, mid and late are thirds of a year: EDTF has no word for them, a third is what they mean to a reader, and no
#: source of the field counts in thirds otherwise.
_BEFORE_YEAR = {
    37: ("early", "early in", "beginning of", "start of", "början av", "i början av", "tidigt", "tidigt under"),
    38: ("mid", "middle of", "mitten av", "i mitten av"),
    39: ("late", "late in", "end of", "slutet av", "i slutet av", "sent", "sent under"),
    21: ("spring", "spring of", "våren", "vår"),
    22: ("summer", "summer of", "sommaren", "sommar"),
    23: ("autumn", "autumn of", "fall", "fall of", "hösten", "höst"),
    24: ("winter", "winter of", "vintern", "vinter"),
    33: ("first quarter", "first quarter of", "första kvartalet"),
    34: ("second quarter", "second quarter of", "andra kvartalet"),
    35: ("third quarter", "third quarter of", "tredje kvartalet"),
    36: ("fourth quarter", "fourth quarter of", "last quarter of", "fjärde kvartalet"),
    40: ("first half", "first half of", "första halvåret"),
    41: ("second half", "second half of", "andra halvåret"),
}
_CODES = {words: code for code, several in _BEFORE_YEAR.items() for words in several}
_ABOUT = re.compile(r"(?:about|around|circa|cirka|omkring|kring|ca\.?|c\.)\s+(.+)", re.IGNORECASE)
_TO = re.compile(r"(.+?)\s*(?:\bto\b|\btill\b|–)\s*(.+)", re.IGNORECASE)
_YEARS = re.compile(r"([0-9]{4})-([0-9]{4})")
_DECADE = re.compile(r"(?:the )?([0-9]{3})0(?:s|-talet)", re.IGNORECASE)


def date_from_input(text: str) -> EdtfDate:
    """Return the date that a curator typed; raises EdtfError where none is seen in it."""
    text = " ".join(text.split())
    found = read_edtf(text) or _meant(text)
    return found or parse_edtf(text)


def standard_form(text: str) -> str | None:
    """Return how EDTF writes the date that `text` seems to mean, None where none is seen or it is EDTF already."""
    text = " ".join(text.split())
    found = None if read_edtf(text) else _meant(text)
    return found.text if found else None


def suggest(error: EdtfError, text: str) -> str:
    """Return how to mend `text`, of which `error` says that it is no date."""
    form = standard_form(text)
    return f'write "{form}"' if form else error.hint


def _meant(text: str) -> EdtfDate | None:
    if about := _ABOUT.fullmatch(text):
        inner = read_edtf(about[1]) or _meant(about[1])
        return read_edtf(f"{inner.text}~") if inner else None
    form = _group(text) or _before_year(text) or _with_month(text)
    if form is None and (years := _YEARS.fullmatch(text)):
        form = f"{years[1]}/{years[2]}"
    if form is None and (decade := _DECADE.fullmatch(text)):
        form = f"{decade[1]}X"
    if form is None and (ends := _TO.fullmatch(text)):
        parts = [read_edtf(end) or _meant(end) for end in ends.groups()]
        form = "/".join(part.text for part in parts if part) if all(parts) else None
    return read_edtf(form) if form else None


def _group(text: str) -> str | None:
    match = _GROUP.fullmatch(text)
    if match is None:
        return None
    year, kind, number = (match[name] or match[f"{name}2"] for name in ("year", "kind", "number"))
    if kind in "Hh":
        return f"{year}-{39 + int(number)}" if int(number) <= 2 else None
    return f"{year}-{32 + int(number)}"


def _before_year(text: str) -> str | None:
    match = re.fullmatch(rf"(?P<words>.+?)[ -]{_YEAR}", text)
    code = _CODES.get(match["words"].casefold()) if match else None
    return f"{match['year']}-{code}" if match and code else None


def _with_month(text: str) -> str | None:
    """Return a date with the name of its month: `10 December 2024`, `December 10, 2024`, `dec 2024`."""
    match = re.fullmatch(
        rf"(?:den )?(?:(?P<day>[0-9]{{1,2}})\.? )?(?P<month>[^\W\d]+)\.?(?: (?P<after>[0-9]{{1,2}}),)? {_YEAR}", text
    )
    month = _months().get(match["month"].casefold()) if match else None
    if match is None or month is None:
        return None
    day = match["day"] or match["after"]
    return f"{match['year']}-{month:02}" + (f"-{int(day):02}" if day else "")


@cache
def _months() -> dict[str, int]:
    """Return the names of months in English and Swedish, whole and shortened."""
    return {
        str(name).rstrip(".").casefold(): number
        for language in ("en", "sv")
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    }
