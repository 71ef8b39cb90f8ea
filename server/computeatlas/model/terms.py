"""RDF terms, and values read from them tolerantly: served data can hold anything in any place.

Each reading returns None for what it cannot read; the caller shows the term as text or leaves it out. Literals are read
by their lexical form, whatever datatype they claim.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.dates import EdtfDate, read_date

if TYPE_CHECKING:
    from collections.abc import Iterable

Term = ox.NamedNode | ox.BlankNode | ox.Literal

#: xsd:decimal and xsd:double in figures: no NaN, no INF. https://www.w3.org/TR/xmlschema11-2/#decimal
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"\+?[0-9]{1,18}")
#: Digits before and after the decimal point beyond which a number is not taken for a measure of anything.
_MOST_DIGITS = 40


def iri(text: str) -> ox.NamedNode | None:
    """Return `text` as an IRI, None where it is none."""
    try:
        return ox.NamedNode(text)
    except ValueError:
        return None


def iri_of(term: object) -> str | None:
    """Return the IRI that `term` is, None for any other term and for None."""
    return term.value if isinstance(term, ox.NamedNode) else None


def text_of(term: object) -> str:
    """Return a term as text: an IRI, the lexical form of a literal, a triple term in N-Triples; empty for None."""
    if term is None:
        return ""
    return term.value if isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal) else str(term)


def is_true(term: object) -> bool:
    """Say whether a term is the truth value true: https://www.w3.org/TR/xmlschema11-2/#boolean."""
    return isinstance(term, ox.Literal) and term.value.strip() in ("true", "1")


def decimal_of(term: object) -> Decimal | None:
    """Return the number that a literal is; None for other terms, NaN, infinity, and more than 40 digits on a side."""
    text = term.value.strip() if isinstance(term, ox.Literal) else ""
    if len(text) > 3 * _MOST_DIGITS or not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if not number:
        return Decimal(0)
    fits = isinstance(exponent, int) and number.adjusted() < _MOST_DIGITS and exponent >= -_MOST_DIGITS
    return number if fits else None


def whole_of(term: object) -> int | None:
    """Return the whole number from 0 up that a literal is, such as a count or an offset; None for anything else."""
    text = term.value.strip() if isinstance(term, ox.Literal) else ""
    return int(text) if _WHOLE.fullmatch(text) else None


def date_of(term: object) -> EdtfDate | None:
    """Return the date that a literal is, None for anything else."""
    return read_date(term.value) if isinstance(term, ox.Literal) else None


def sort_key(term: Term) -> tuple[str, str]:
    """Return what orders terms the same way each time."""
    return text_of(term), str(term)


def pick_language(values: Iterable[Term], language: str) -> tuple[Term, ...]:
    """Return `values` without the texts that are in another language, where there are texts in `language`.

    Where there are none in `language` the English ones are kept, and where there are none of those either, all.
    """
    values = tuple(values)
    tagged = {value.language for value in values if isinstance(value, ox.Literal) and value.language}
    wanted = language if language in tagged else "en" if "en" in tagged else None
    if wanted is None:
        return values
    return tuple(v for v in values if not isinstance(v, ox.Literal) or not v.language or v.language == wanted)
