"""Terms and triples put into queries as values, many at a time, and answers put back together."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import GRAPH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from computeatlas.engine.table import Ask, Term

#: Rows of values in one query.
_BATCH = 400


def values(names: Sequence[str], rows: Iterable[Sequence[Term]]) -> str:
    """Return a VALUES clause: https://www.w3.org/TR/sparql11-query/#inline-data. No term may be a blank node."""
    lines = " ".join(f"({' '.join(map(str, row))})" for row in rows)
    return f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ {lines} }}"


def ask_many(ask: Ask, query: str, names: Sequence[str], rows: Iterable[Sequence[Term]]) -> Iterator[dict[str, Term]]:
    """Yield the solutions of `query`, in which `%VALUES%` stands for each batch of `rows` of the variables `names`.

    A row with a blank node is left out: its name means nothing in a query. Raises what `ask` raises.
    """
    sound = (row for row in dict.fromkeys(map(tuple, rows)) if not any(isinstance(term, ox.BlankNode) for term in row))
    while batch := list(itertools.islice(sound, _BATCH)):
        yield from ask(query.replace("%VALUES%", values(names, batch))).records()


def spo(triple: ox.Triple) -> tuple[Term, Term, Term]:
    """Return subject, predicate and object of a triple without quoted triples."""
    assert not isinstance(triple.subject, ox.Triple)
    assert not isinstance(triple.object, ox.Triple)
    return triple.subject, triple.predicate, triple.object


def locate(ask: Ask, triples: Iterable[ox.Triple]) -> dict[ox.Triple, tuple[str, ...]]:
    """Return the named graphs that hold each of `triples`, those of a release by their short names.

    A triple that is in none is missing. Raises what `ask` raises.
    """
    query = "SELECT ?s ?p ?o ?g WHERE { %VALUES% GRAPH ?g { ?s ?p ?o } }"
    found: dict[ox.Triple, list[str]] = {}
    for record in ask_many(ask, query, ("s", "p", "o"), map(spo, triples)):
        triple = ox.Triple(record["s"], record["p"], record["o"])  # type: ignore[arg-type]
        found.setdefault(triple, []).append(record["g"].value.removeprefix(GRAPH))
    return {triple: tuple(sorted(graphs)) for triple, graphs in found.items()}
