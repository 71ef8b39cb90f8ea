"""Numbers, sizes and dates as the reader of a page writes them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.numbers import format_decimal

from computeatlas.web.language import language

if TYPE_CHECKING:
    from flask.sansio.app import App

#: ISO 8601: a year, a month or a day, perhaps with a time of day or a zone, which are not shown.
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*|Z|[+-]\d{2}:\d{2})?")


def number(value: int) -> str:
    """Return a whole number with its digits in groups."""
    return format_decimal(value, locale=language())


def size(octets: int) -> str:
    """Return a number of bytes, in kB (1 000 bytes) or MB where it is large."""
    if octets < 1000:
        return f"{octets} B"
    unit, divisor = ("kB", 1000) if octets < 1_000_000 else ("MB", 1_000_000)
    return f"{format_decimal(octets / divisor, format='#,##0.#', locale=language())} {unit}"


def say_date(text: str) -> str:
    """Return a date in ISO 8601 in words, as exact as it is; what is no date comes back as it is."""
    match = _DATE.fullmatch(text)
    if match is None:
        return text
    year, month, day = match.groups()
    if month is None:
        return str(year)
    try:
        when = date(int(year), int(month), int(day or 1))
    except ValueError:
        return text
    return format_date(when, "d MMMM y" if day else "MMMM y", locale=language())


def register(app: App) -> None:
    """Give the templates of `app` `number`, `size` and `say_date`."""
    app.jinja_env.globals.update(number=number, size=size, say_date=say_date)
