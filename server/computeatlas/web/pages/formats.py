"""Numbers, sizes and dates as the reader of a page writes them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.numbers import format_decimal

from computeatlas.model.dates import read_date
from computeatlas.web.pages.i18n import language

if TYPE_CHECKING:
    from flask.sansio.app import App


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
    found = read_date(text)
    if found is None:
        return text
    if not found.month:
        return str(found)
    when = date(found.year, found.month, found.day or 1)
    return format_date(when, "d MMMM y" if found.day else "MMMM y", locale=language())


def register(app: App) -> None:
    """Give the templates of `app` `number`, `size` and `say_date`."""
    app.jinja_env.globals.update(number=number, size=size, say_date=say_date)
