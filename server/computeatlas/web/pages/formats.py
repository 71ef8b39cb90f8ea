"""Numbers, sizes, quantities and dates as the reader of a page writes them.

Data may hold any text where a number or a date belongs. What is none comes back as it is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from computeatlas.model import date_text
from computeatlas.model.dates import read_date
from computeatlas.model.namespaces import XSD
from computeatlas.model.terms import decimal_of
from computeatlas.web.pages.i18n import language

if TYPE_CHECKING:
    from decimal import Decimal

    import pyoxigraph as ox
    from flask.sansio.app import App

    from computeatlas.model.records import Quantity

#: The types of literals whose values have a decimal separator.
_FRACTIONAL = (XSD + "decimal", XSD + "double", XSD + "float")


def decimal(value: Decimal | int) -> str:
    """Return a number with its digits in groups: `1,234.5`."""
    return str(format_decimal(value, locale=language()))


def compact(value: Decimal | int) -> str:
    """Return a number in words, rounded to one decimal: `2.3 billion`."""
    return str(format_compact_decimal(value, format_type="long", locale=language(), fraction_digits=1))


def percent(share: Decimal | float) -> str:
    """Return a share of 1 in per cent."""
    return str(format_percent(share, locale=language()))


def size(octets: int) -> str:
    """Return a number of bytes, in kB (1 000 bytes) or MB where it is large."""
    if octets < 1000:
        return f"{octets} B"
    unit, divisor = ("kB", 1000) if octets < 1_000_000 else ("MB", 1_000_000)
    return f"{format_decimal(octets / divisor, format='#,##0.#', locale=language())} {unit}"


def say_value(literal: ox.Literal) -> str:
    """Return a literal as it is shown: a decimal with the reader's separator, all else as it is written."""
    number = decimal_of(literal) if literal.datatype.value in _FRACTIONAL else None
    if number is None:
        return literal.value
    return str(format_decimal(number, format="0.##########", locale=language()))


def say_share(literal: ox.Literal) -> str:
    """Return a literal that is a share of 1 in per cent; what is no number as it is written."""
    number = decimal_of(literal)
    return literal.value if number is None else percent(number)


def say_quantity(quantity: Quantity) -> str:
    """Return the bounds and the unit of a quantity in figures: `≥ 1,000 MW`."""
    least, most = (decimal(bound) if bound is not None else "" for bound in (quantity.least, quantity.most))
    if quantity.least == quantity.most:
        text = least
    elif quantity.least is None or quantity.most is None:
        text = f"≤ {most}" if quantity.least is None else f"≥ {least}"
    else:
        text = f"{least}–{most}"
    return f"{'≈ ' if quantity.approximate else ''}{text} {quantity.unit}".rstrip()


def say_date(text: str) -> str:
    """Return a date in words, as exact as it is; what is no date comes back as it is."""
    when = read_date(text)
    return date_text.say_date(when, language()) if when else text


def language_name(tag: str) -> str:
    """Return the name of the language with an ISO 639 code; the code where it has no name."""
    return str(Locale(language()).languages.get(tag.lower(), tag))


def register(app: App) -> None:
    """Give the templates of `app` these functions; `number` writes whole numbers."""
    app.jinja_env.globals.update(
        number=decimal,
        decimal=decimal,
        compact=compact,
        percent=percent,
        size=size,
        say_date=say_date,
        say_share=say_share,
        language_name=language_name,
    )
    app.jinja_env.filters.update(say_value=say_value, say_quantity=say_quantity)
