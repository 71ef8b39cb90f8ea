"""Codes that registers outside the project define: currencies (ISO 4217) and countries (ISO 3166-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pycountry

from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.turtle.lines import ParsedGraph


def find_unknown_codes(graph: ParsedGraph) -> list[Finding]:
    """Return a finding for each currency and country code that its register does not have."""
    return list(_unknown(graph))


def _is_currency(code: str) -> bool:
    # pycountry finds small letters too; the register has capitals.
    found = pycountry.currencies.get(alpha_3=code)
    return found is not None and found.alpha_3 == code


def _is_country(code: str) -> bool:
    found = pycountry.countries.get(alpha_2=code)
    return found is not None and found.alpha_2 == code


def _unknown(graph: ParsedGraph) -> Iterator[Finding]:
    for name, file in graph:
        for triple in file.triples if name != "ontology" else ():
            code = getattr(triple.object, "value", "")
            if triple.predicate.value == ATLAS + "currency" and not _is_currency(code):
                why = "ISO 4217 has no such code, so amounts in it could not be compared"
                hint = "write the three capital letters of the currency, such as SEK"
                yield Finding(
                    file.path, file.line_of(triple), "unknown-currency", f"“{code}” is no currency", why, hint
                )
            if triple.predicate.value == ATLAS + "isoCode" and not _is_country(code):
                why = "ISO 3166-1 has no such code, and it is the key by which countries are told apart"
                hint = "write the two capital letters of the country, such as SE"
                yield Finding(file.path, file.line_of(triple), "unknown-country", f"“{code}” is no country", why, hint)
