"""Terms and triples put into queries as values, many at a time, and answers put back together."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import GRAPH, RDFS
from computeatlas.model.terms import iri
from computeatlas.sparql.values import with_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from computeatlas.engine.table import Ask
    from computeatlas.model.terms import Term

#: Rows of values in one query.
_BATCH = 400
_GRAPHS = "SELECT ?s ?p ?o ?g WHERE { VALUES (?s ?p ?o) { } GRAPH ?g { ?s ?p ?o } }"
_LABELS = f"SELECT ?thing ?label WHERE {{ VALUES (?thing) {{ }} ?thing <{RDFS}label> ?label }}"


def ask_many(ask: Ask, query: str, names: Sequence[str], rows: Iterable[Sequence[Term]]) -> Iterator[dict[str, Term]]:
    """Yield the solutions of `query`, whose `VALUES (?name …) { }` gets a batch of `rows` at a time.

    A row with a blank node is left out: its name means nothing in a query. Raises what `ask` raises.
    """
    sound = (row for row in dict.fromkeys(map(tuple, rows)) if not any(isinstance(term, ox.BlankNode) for term in row))
    while batch := list(itertools.islice(sound, _BATCH)):
        yield from ask(with_rows(query, names, [[str(term) for term in row] for row in batch])).records()


def spo(triple: ox.Triple) -> tuple[Term, Term, Term]:
    """Return subject, predicate and object of a triple, a triple term among them as a literal of its text.

    So a table gives triple terms too; a pattern with such a literal matches nothing.
    """
    subject, predicate, object_ = triple
    return _plain(subject), predicate, _plain(object_)


def locate(ask: Ask, triples: Iterable[ox.Triple]) -> dict[ox.Triple, tuple[str, ...]]:
    """Return the named graphs that hold each of `triples`, those of a release by their short names.

    A triple that is in none is missing. Raises what `ask` raises.
    """
    found: dict[ox.Triple, list[str]] = {}
    for record in ask_many(ask, _GRAPHS, ("s", "p", "o"), map(spo, triples)):
        triple = ox.Triple(record["s"], record["p"], record["o"])  # type: ignore[arg-type]
        found.setdefault(triple, []).append(record["g"].value.removeprefix(GRAPH))
    return {triple: tuple(sorted(graphs)) for triple, graphs in found.items()}


def labels_of(ask: Ask, iris: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the labels of each of `iris` by language, `""` for none. Raises what `ask` raises."""
    found: dict[str, dict[str, str]] = {name: {} for name in iris}
    for row in ask_many(ask, _LABELS, ("thing",), [(node,) for name in found if (node := iri(name))]):
        label = row["label"]
        if isinstance(label, ox.Literal):
            found[row["thing"].value][label.language or ""] = label.value
    return found


def _plain(term: Term | ox.Triple) -> Term:
    return ox.Literal(str(term)) if isinstance(term, ox.Triple) else term
