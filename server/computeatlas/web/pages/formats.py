"""Numbers, sizes, quantities and dates as the reader of a page writes them.

Data may hold any text where a number or a date belongs. What is none comes back as it is written.
"""

from __future__ import annotations

from decimal import Context, localcontext
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from computeatlas.model import date_text
from computeatlas.model.dates import read_date
from computeatlas.model.namespaces import XSD
from computeatlas.model.quantity_text import say
from computeatlas.model.terms import decimal_of
from computeatlas.model.units import shipped_units
from computeatlas.web.pages.i18n import language

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    import pyoxigraph as ox
    from flask.sansio.app import App

    from computeatlas.model.records import Quantity

_ENOUGH = Context(prec=100)
#: The types of literals whose values have a decimal separator.
_FRACTIONAL = (XSD + "decimal", XSD + "double", XSD + "float")


def _written(write: Callable[..., str], number: Decimal | float, **how: object) -> str:
    """Return `number` as a function of Babel writes it for the reader.

    Babel rounds in the current context, whose 28 digits are too few for what data may hold.
    """
    with localcontext(_ENOUGH):
        return str(write(number, locale=language(), **how))


def decimal(value: Decimal | int) -> str:
    """Return a number with its digits in groups: `1,234.5`."""
    return _written(format_decimal, value)


def compact(value: Decimal | int) -> str:
    """Return a number in words, rounded to one decimal: `2.3 billion`."""
    return _written(format_compact_decimal, value, format_type="long", fraction_digits=1)


def percent(share: Decimal | float) -> str:
    """Return a share of 1 in per cent."""
    return _written(format_percent, share)


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
    return _written(format_decimal, number, format="0.##########")


def say_share(literal: ox.Literal) -> str:
    """Return a literal that is a share of 1 in per cent; what is no number as it is written."""
    number = decimal_of(literal)
    return literal.value if number is None else percent(number)


def say_quantity(quantity: Quantity) -> str:
    """Return a quantity in words, never rounded: `more than 8,000 GPUs`, `almost 2 GW`."""
    return say(quantity, shipped_units(), language())


def say_date(text: str) -> str:
    """Return a date in words, as exact as it is; what is no date comes back as it is."""
    when = read_date(text)
    return date_text.say_date(when, language()) if when else text


def language_name(tag: str) -> str:
    """Return the name of the language with a tag of BCP 47, with script and country; the tag where it has no name."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name(language())
    except (UnknownLocaleError, ValueError, TypeError):
        name = None
    return str(name or Locale(language()).languages.get(tag.lower(), tag))


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
