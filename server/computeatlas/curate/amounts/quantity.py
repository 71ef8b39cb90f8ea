"""A typed amount as the name of a quantity, by the register of units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.curate.amounts.amount import AmountError, UnitWords, read_amount
from computeatlas.curate.amounts.locale_words import spelling
from computeatlas.model.quantities import QuantityNameError, read_name

if TYPE_CHECKING:
    from computeatlas.model.units import Units


def read_quantity(text: str, language: str, units: Units, words: UnitWords) -> str:
    """Return the name of the quantity that `text` is in a document in `language`, such as `eur-64100000`.

    `words` are the `unit_words` of `units`. Raises AmountError where the text is no amount, or is ambiguous, or no name
    says the amount.
    """
    name = read_amount(text, language, words).name
    try:
        read_name(name, units)
    except QuantityNameError as error:
        raise AmountError(f"“{text}” is no quantity", why=error.what, hint=error.hint) from error
    return name


def unit_words(units: Units) -> UnitWords:
    """Return what the units of a register are called: notations and signs as they are, names in any language folded."""
    symbols: dict[str, str] = {}
    names: dict[str, str] = {}
    for slug, unit in units.by_slug.items():
        sign = unit.texts.get("")
        symbols |= {symbol: slug for symbol in (unit.notation, sign) if symbol}
        # A sign is no name: folded, MWh and mWh would be one.
        for word in sorted({*unit.labels.values(), *unit.words, *unit.texts.values()} - {sign}):
            names.setdefault(spelling(word), slug)
    return UnitWords(symbols, names, {spelling(text): slug for slug, text in units.formats.items()})
