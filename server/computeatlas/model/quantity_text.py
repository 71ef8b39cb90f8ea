"""Quantities in words: `at least 1 GW`, `about SEK 12.8 billion`, `fler än 8 000 GPU:er`.

An amount is written in the largest unit of its family, or with the largest of million, billion and trillion, in which
it is at least one and needs few decimals.
"""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.numbers import format_decimal

from computeatlas.model.units import COUNT

if TYPE_CHECKING:
    from computeatlas.model.records import Quantity
    from computeatlas.model.units import Unit, Units

LANGUAGES = ("en", "sv")

_WORDS = {
    "en": {
        "about": "about {}",
        "least": "at least {}",
        "most": "at most {}",
        "more": "more than {}",
        "less": "less than {}",
        "fewer": "fewer than {}",
        "almost": "almost {}",
        "range": "{} to {}",
        "both": "{} and {}",
    },
    "sv": {
        "about": "omkring {}",
        "least": "minst {}",
        "most": "högst {}",
        "more": "mer än {}",
        "more of them": "fler än {}",
        "less": "mindre än {}",
        "fewer": "färre än {}",
        "almost": "knappt {}",
        "range": "{} till {}",
        "both": "{} och {}",
    },
}
#: Decimals that an amount in a larger unit may need, and one with a word such as million.
_PLACES, _PLACES_OF_SCALES = 2, 3
_SCALES = (10**12, 10**9, 10**6)
_EXACT = Context(prec=100, traps=[])


def say(quantity: Quantity, units: Units, language: str) -> str:
    """Return `quantity` in the words of `language`, English where there are none; empty for one without bounds."""
    language = language if language in _WORDS else "en"
    bounds = [bound for bound in (quantity.least, quantity.most) if bound is not None]
    if not bounds:
        return ""
    unit = None if quantity.is_money else units.by_notation.get(quantity.unit)
    numbers, unit, scale = _in_largest(bounds, unit, units)
    if quantity.least is None or quantity.most is None or quantity.least == quantity.most:
        said = _word(quantity, unit, language).format(_amount(quantity, numbers[-1:], unit, scale, language))
    elif quantity.least_strict or quantity.most_strict:
        words = _WORDS[language]
        low = words["more" if quantity.least_strict else "least"].format(_written(numbers[0], language))
        high = words["less" if quantity.most_strict else "most"].format(_written(numbers[1], language))
        said = _with_unit(quantity, numbers, words["both"].format(low, high), unit, scale, language)
    else:
        said = _word(quantity, unit, language).format(_amount(quantity, numbers, unit, scale, language))
    return f"{said} ({quantity.number_format})" if quantity.number_format else said


def _word(quantity: Quantity, unit: Unit | None, language: str) -> str:
    """Return the pattern of what is said of the amount, such as `more than {}`."""
    words = _WORDS[language]
    counted = unit is not None and unit.kind == COUNT
    about = words["about"] if quantity.approximate else "{}"
    if quantity.least is not None and quantity.most is not None:
        return about
    if quantity.most is None and quantity.least_strict:
        pattern = words["more of them"] if counted and "more of them" in words else words["more"]
    elif quantity.most is None:
        pattern = words["least"]
    elif quantity.most_strict and quantity.approximate:
        return words["almost"]
    elif quantity.most_strict:
        pattern = words["fewer" if counted else "less"]
    else:
        pattern = words["most"]
    return pattern.format(about)


def _in_largest(bounds: list[Decimal], unit: Unit | None, units: Units) -> tuple[list[Decimal], Unit | None, int]:
    """Return the numbers, the unit and the scale that an amount is best written with."""
    scaled = bounds
    while unit is not None and (larger := units.larger(unit)) and abs(scaled[-1]) >= 1000:
        fewer = [_EXACT.divide(number, Decimal(1000)) for number in scaled]
        if any(_places(number) > _PLACES for number in fewer):
            break
        scaled, unit = fewer, larger
    for scale in _SCALES:
        by_scale = [_EXACT.divide(number, Decimal(scale)) for number in scaled]
        if abs(by_scale[-1]) >= 1 and all(_places(number) <= _PLACES_OF_SCALES for number in by_scale):
            return by_scale, unit, scale
    return scaled, unit, 1


def _places(number: Decimal) -> int:
    exponent = number.normalize(_EXACT).as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _amount(quantity: Quantity, numbers: list[Decimal], unit: Unit | None, scale: int, language: str) -> str:
    written = [_written(number, language) for number in numbers]
    text = written[0] if len(written) == 1 else _WORDS[language]["range"].format(*written)
    return _with_unit(quantity, numbers, text, unit, scale, language)


def _with_unit(
    quantity: Quantity, numbers: list[Decimal], text: str, unit: Unit | None, scale: int, language: str
) -> str:
    if scale > 1:
        text = f"{text} {_scale_word(scale, language, numbers[-1])}"
    if quantity.is_money:
        return f"{quantity.unit} {text}" if language == "en" else f"{text} {quantity.unit}"
    name = unit.text(language, one=scale == 1 and numbers == [1]) if unit else quantity.unit
    if name == "1":
        return text
    return f"{text}%" if name == "%" and language == "en" else f"{text} {name}".rstrip()


def _written(number: Decimal, language: str) -> str:
    # Babel rounds in the current context, which may have too few digits and raise.
    with localcontext(_EXACT):
        return str(format_decimal(number, locale=language, decimal_quantization=False))


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    return Locale(language)


def _scale_word(scale: int, language: str, number: Decimal) -> str:
    """Return the word for `scale`, such as *miljoner*, in the form that `number` takes."""
    locale = _locale(language)
    form = locale.plural_form(number.normalize(_EXACT))
    patterns = locale.compact_decimal_formats["long"]
    pattern = patterns.get(form, patterns["other"]).get(str(scale)) or patterns["other"][str(scale)]
    return str(pattern.pattern).replace("0", "").strip()
