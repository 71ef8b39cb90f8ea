"""Quantities and their names: the name of a quantity, the last part of its IRI, says what it is.

    UNIT[-FORMAT][-about|-at-least|-at-most|-more-than|-less-than|-almost]-NUMBER[-to-NUMBER]

UNIT is the slug of a unit or an ISO 4217 code in small letters, FORMAT the slug of a number format, as in
`mw-at-least-1000`, `eur-about-64100000`, `gpu-more-than-8000`, `eflops-fp8-1.5` and `year-1-to-2`. A quantity has one
name. Its triples are made from the name, so nobody writes them.
"""

from __future__ import annotations

import difflib
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, RDF, RDFS, XSD
from computeatlas.model.quantity_text import LANGUAGES, say
from computeatlas.model.records import Quantity
from computeatlas.model.units import MONEY, RATE, is_currency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.model.units import Units

#: What a word says of the one number that follows it: which bounds it is, whether they are strict, whether it hedges.
_WORDS = {
    "about": ("both", False, True),
    "at-least": ("least", False, False),
    "at-most": ("most", False, False),
    "more-than": ("least", True, False),
    "less-than": ("most", True, False),
    "almost": ("most", True, True),
}
#: What people write for these words.
_MEANT = {
    "above": "more-than",
    "approximately": "about",
    "around": "about",
    "below": "less-than",
    "ca": "about",
    "circa": "about",
    "exactly": "",
    "from": "at-least",
    "max": "at-most",
    "min": "at-least",
    "nearly": "almost",
    "over": "more-than",
    "roughly": "about",
    "some": "about",
    "under": "less-than",
    "up-to": "at-most",
}
#: Engines compare decimals of this many digits before and after the point.
_WHOLE, _FRACTION = 18, 12
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NAME = re.compile(
    rf"(?P<head>[a-z].*?)-(?P<low>{_NUMBER.pattern})(?:-to-(?P<high>{_NUMBER.pattern}))?", re.ASCII | re.DOTALL
)
_SHAPE = "UNIT-NUMBER, UNIT-about-NUMBER, at-least, at-most, more-than, less-than or almost, or UNIT-NUMBER-to-NUMBER"


class QuantityNameError(ValueError):
    """A name says no quantity; `what` is wrong and `hint` says how to mend it."""

    def __init__(self, what: str, hint: str):
        self.what = what
        self.hint = hint
        super().__init__(f"{what} — {hint}")


def read_name(name: str, units: Units) -> Quantity:
    """Return the quantity called `name`, such as `mw-at-least-1000`; raises QuantityNameError where it says none."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise QuantityNameError("it does not end in a number after a unit", f"write {_SHAPE}")
    slug, number_format, word = _read_head(match["head"], name, units)
    low = _read_number(match["low"])
    high = _read_number(match["high"]) if match["high"] else low
    if match["high"] and word not in ("", "about"):
        raise QuantityNameError(f"“{word}” cannot be said of a range", f"write {name.replace(f'-{word}-', '-', 1)}")
    if high < low:
        raise QuantityNameError("its bounds are swapped", "write the lesser number first")
    bounds, strict, approximate = _WORDS.get(word, ("both", False, False))
    quantity = Quantity(
        least=None if bounds == "most" else low,
        most=None if bounds == "least" else high,
        unit=units.by_slug[slug].notation if slug in units.by_slug else slug.upper(),
        approximate=approximate,
        is_money=slug not in units.by_slug,
        least_strict=strict and bounds == "least",
        most_strict=strict and bounds == "most",
        number_format=units.formats[number_format] if number_format else "",
    )
    canonical = name_of(quantity, units)
    if canonical != name:
        raise QuantityNameError("another name says the same, and a quantity has one name", f"write {canonical}")
    return quantity


def name_of(quantity: Quantity, units: Units) -> str:
    """Return the one name of `quantity`.

    Raises ValueError where the grammar has none for it: no bound, an unknown unit, or a range with a strict bound.
    """
    if quantity.is_money:
        slug = quantity.unit.lower() if is_currency(quantity.unit) else None
    else:
        slug = units.by_notation[quantity.unit].slug if quantity.unit in units.by_notation else None
    if slug is None:
        raise ValueError(f"{quantity.unit} is no unit of the register")
    formats = [key for key, notation in units.formats.items() if notation == quantity.number_format]
    if quantity.number_format and not formats:
        raise ValueError(f"{quantity.number_format} is no number format of the register")
    return "-".join([slug, *formats, *_bounds_of(quantity)])


def describe_quantity(iri: str, quantity: Quantity, units: Units) -> list[ox.Triple]:
    """Return the triples of `quantity`, called `iri`: its class, its labels, bounds, and unit or currency."""
    subject = ox.NamedNode(iri)
    return [ox.Triple(subject, ox.NamedNode(name), value) for name, value in _statements(quantity, units)]


def plain(number: Decimal) -> str:
    """Return `number` in the fewest digits, without an exponent: `1.5`, `10`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read_head(head: str, name: str, units: Units) -> tuple[str, str, str]:
    """Return slug of the unit, slug of the number format or "", and the word before the number or ""."""
    slug, _, rest = head.partition("-")
    unit = units.by_slug.get(slug)
    if unit is None and not is_currency(slug.upper()):
        raise _unknown_unit(head, name, units)
    kind = unit.kind if unit else MONEY
    number_format = next((key for key in units.formats if rest == key or rest.startswith(key + "-")), "")
    word = rest[len(number_format) + 1 :] if number_format else rest
    if number_format and kind != RATE:
        raise QuantityNameError(f"“{slug}” has no number format", f"write {name.replace(f'-{number_format}-', '-', 1)}")
    if word and word not in _WORDS:
        raise _unknown_word(word, name, units)
    return slug, number_format, word


def _unknown_unit(head: str, name: str, units: Units) -> QuantityNameError:
    # The unit may be written in several words, as the word before the number is.
    tail = next((word for word in (*_WORDS, *_MEANT) if head.endswith("-" + word)), "")
    written = head.removesuffix("-" + tail) if tail else head
    near = units.nearest(written.replace("-", " ")) or units.nearest(written.partition("-")[0])
    if near:
        return QuantityNameError(f"“{written}” is no unit", f"write {near}{name[len(written) :]}")
    far = units.nearest(written, cutoff=0)
    nearest = f"the nearest is {far}, and all are" if far else "they are"
    return QuantityNameError(
        f"“{written}” is no unit", f"name one, or a currency: {nearest} in ontology/codes/unit.ttl"
    )


def _unknown_word(word: str, name: str, units: Units) -> QuantityNameError:
    known = {**{key: key for key in _WORDS}, **_MEANT}
    near = word if word in known else next(iter(difflib.get_close_matches(word, known, n=1)), None)
    if near is None and (formats := difflib.get_close_matches(word, units.formats, n=1)):
        return QuantityNameError(f"“{word}” is no number format", f"write {name.replace(word, formats[0], 1)}")
    if near is None:
        return QuantityNameError(f"“{word}” cannot stand before a number", f"write {_SHAPE}")
    meant = f"-{known[near]}-" if known[near] else "-"
    return QuantityNameError(f"“{word}” is no word of such a name", f"write {name.replace(f'-{word}-', meant, 1)}")


def _read_number(text: str) -> Decimal:
    whole, _, fraction = text.partition(".")
    if len(whole.lstrip("0")) > _WHOLE or len(fraction.rstrip("0")) > _FRACTION:
        what = f"{text} has too many digits"
        raise QuantityNameError(
            what, f"write at most {_WHOLE} before and {_FRACTION} after the point, or take a larger unit"
        )
    return Decimal(plain(Decimal(text)))


def _bounds_of(quantity: Quantity) -> list[str]:
    """Return the end of the name of `quantity`: word, number, and the greater number of a range."""
    low, high = quantity.least, quantity.most
    strict = quantity.least_strict, quantity.most_strict
    if low is not None and high is not None and not any(strict):
        word = ["about"] if quantity.approximate else []
        return [*word, plain(low)] if low == high else [*word, plain(low), "to", plain(high)]
    bounds = "least" if high is None else "most"
    said = bounds, quantity.least_strict if high is None else quantity.most_strict, quantity.approximate
    word = [key for key, meaning in _WORDS.items() if meaning == said]
    number = low if high is None else high
    if number is None or not word or (low is not None and high is not None):
        raise ValueError("no name says these bounds")
    return [*word, plain(number)]


def _statements(quantity: Quantity, units: Units) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
    unit = None if quantity.is_money else units.by_notation.get(quantity.unit)
    kind = unit.kind if unit else ATLAS + ("MonetaryAmount" if quantity.is_money else "QuantityValue")
    yield RDF + "type", ox.NamedNode(kind)
    for language in LANGUAGES:
        yield RDFS + "label", ox.Literal(say(quantity, units, language), language=language)
    for key, bound in (("minValue", quantity.least), ("maxValue", quantity.most)):
        if bound is not None:
            text = plain(bound)
            yield ATLAS + key, _literal(text if "." in text else text + ".0", "decimal")
    flags = {
        "lowerBoundStrict": quantity.least_strict,
        "upperBoundStrict": quantity.most_strict,
        "approximate": quantity.approximate,
    }
    for key in (key for key, holds in flags.items() if holds):
        yield ATLAS + key, _literal("true", "boolean")
    yield ATLAS + ("currency" if quantity.is_money else "unit"), ox.Literal(quantity.unit)
    if quantity.number_format:
        yield ATLAS + "numberFormat", ox.Literal(quantity.number_format)


def _literal(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))
