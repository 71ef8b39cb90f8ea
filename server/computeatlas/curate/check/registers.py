"""Codes that registers define: currencies (ISO 4217), countries (ISO 3166-1), units, and the names made of them."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pycountry

from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, shorten
from computeatlas.model.quantities import QuantityNameError, read_name
from computeatlas.model.units import is_currency
from computeatlas.turtle.lines import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.turtle.lines import ParsedGraph


def find_unknown_codes(graph: ParsedGraph) -> list[Finding]:
    """Return a finding for each currency, country, unit and number format that its register does not have.

    Names of quantities that nothing describes are among what is found, where they do not say what the quantity is.
    """
    return [*_unknown(graph), *_unknown_units(graph), *_unknown_quantities(graph)]


def _is_country(code: str) -> bool:
    found = pycountry.countries.get(alpha_2=code)
    return found is not None and found.alpha_2 == code


def _unknown(graph: ParsedGraph) -> Iterator[Finding]:
    for name, file in graph:
        for triple in file.triples if name != "ontology" else ():
            code = getattr(triple.object, "value", "")
            if triple.predicate.value == ATLAS + "currency" and not is_currency(code):
                why = "ISO 4217 has no such code, so amounts in it could not be compared"
                hint = "write the three capital letters of the currency, such as SEK"
                yield Finding(
                    file.path, file.line_of(triple), "unknown-currency", f"“{code}” is no currency", why, hint
                )
            if triple.predicate.value == ATLAS + "isoCode" and not _is_country(code):
                why = "ISO 3166-1 has no such code, and it is the key by which countries are told apart"
                hint = "write the two capital letters of the country, such as SE"
                yield Finding(file.path, file.line_of(triple), "unknown-country", f"“{code}” is no country", why, hint)


def _unknown_units(graph: ParsedGraph) -> Iterator[Finding]:
    units = graph.units
    known = {ATLAS + "unit": set(units.by_notation), ATLAS + "numberFormat": set(units.formats.values())}
    for name, file in graph:
        for triple in file.triples if name != "ontology" else ():
            register = known.get(triple.predicate.value)
            code = getattr(triple.object, "value", "")
            if register is None or code in register:
                continue
            if triple.predicate.value == ATLAS + "unit":
                near = units.nearest(code, cutoff=0)
                nearest = units.by_slug[near].notation if near else ""
                what, why = f"“{code}” is no unit", "quantities in it could not be compared or converted"
            else:
                nearest = next(iter(difflib.get_close_matches(code, sorted(register), n=1, cutoff=0)), "")
                what, why = f"“{code}” is no number format", "computing rates at it could not be compared"
            hint = f"the nearest is {nearest}; the register is in ontology/codes/"
            yield Finding(file.path, file.line_of(triple), "unknown-unit", what, why, hint)


def _unknown_quantities(graph: ParsedGraph) -> Iterator[Finding]:
    for iri, (file, use) in graph.undescribed_quantities().items():
        try:
            read_name(iri.removeprefix(QUANTITIES), graph.units)
        except QuantityNameError as fault:
            what = f"{shorten(iri)} says no quantity: {fault.what}"
            why = "the name of a quantity says what it is, and nothing else describes this one"
            yield Finding(file.path, file.line_of(use), "quantity-name", what, why, fault.hint)
