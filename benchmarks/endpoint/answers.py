"""Do all servers give the same answers? Rows are compared as sets with counts, numbers by value.

A page of a list without ORDER BY may be any 2 000 of its rows: where a server orders otherwise, its page must have that
many rows, all of them rows of the whole list.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from endpoint.load import TIMEOUT_SECONDS
from endpoint.servers import NoAnswerError
from endpoint.workloads import FEWEST_LIMIT, KINDS, PAGE_LIMIT, PAGE_ROWS, queries

if TYPE_CHECKING:
    from endpoint.servers import Server

ASKED = {"look-ups": 40, "joins": 40, "lists": 8, "aggregations": 8}
_NUMBERS = frozenset(f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("integer", "decimal"))
_PAGE = re.compile(rf"(OFFSET \d+ )?{PAGE_LIMIT}")
_PLACES = Decimal("1e-12")


class DifferentAnswersError(Exception):
    """Two servers gave different rows for one query."""


def compare(reference: Server, others: list[Server]) -> dict[str, set[str]]:
    """Return for each server's name the kinds of query to which it gave no answer in time.

    Raises DifferentAnswersError with the query when a server's rows are not those of `reference`, and NoAnswerError or
    OSError when `reference` itself does not answer.
    """
    silent: dict[str, set[str]] = {server.name: set() for server in others}
    for kind in KINDS:
        for query in queries(kind)[: ASKED[kind]]:
            asked = query + str(FEWEST_LIMIT - 1)
            expected = rows(reference.answer(asked, TIMEOUT_SECONDS))
            whole = None
            if PAGE_LIMIT in query:
                whole = rows(reference.answer(_PAGE.sub("", asked), TIMEOUT_SECONDS))
            if not expected:
                raise DifferentAnswersError(f"{reference.name} found nothing: {asked}")
            for server in others:
                if kind in silent[server.name]:
                    continue
                try:
                    found = rows(server.answer(asked, TIMEOUT_SECONDS))
                except (NoAnswerError, OSError):
                    silent[server.name].add(kind)
                    continue
                if found == expected or (whole and found.total() == PAGE_ROWS and found <= whole):
                    continue
                raise DifferentAnswersError(_difference(server, reference, asked, found, expected))
    return silent


def rows(body: bytes) -> Counter[frozenset[tuple[str, ...]]]:
    """Return the rows of an answer in SPARQL 1.1 Query Results JSON Format with how often each is there."""
    bindings = json.loads(body)["results"]["bindings"]
    return Counter(frozenset((name, *_term(value)) for name, value in row.items()) for row in bindings)


def _term(value: dict[str, Any]) -> tuple[str, ...]:
    """Return a term as kind, text, language, datatype; rdflib divides decimals to 28 places, Oxigraph to 18."""
    datatype = value.get("datatype", "")
    text = value["value"]
    if datatype in _NUMBERS:
        text = str(Decimal(text).quantize(_PLACES).normalize())
    return value["type"], text, value.get("xml:lang", "").lower(), datatype


def _difference(
    server: Server,
    reference: Server,
    query: str,
    found: Counter[frozenset[tuple[str, ...]]],
    expected: Counter[frozenset[tuple[str, ...]]],
) -> str:
    only_there, only_here = list((expected - found).items())[:3], list((found - expected).items())[:3]
    return (
        f"{server.name} and {reference.name} differ: {found.total()} against {expected.total()} rows for\n{query}\n"
        f"only {reference.name}: {only_there}\nonly {server.name}: {only_here}"
    )
