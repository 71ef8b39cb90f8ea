"""Oxigraph inside this process: queries in, serialised results out.

A result of pyoxigraph must be consumed in the thread that made it, so results never leave this module unserialised
except through `rows`, which copies them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.complaints import ROOM, explain
from computeatlas.engine.serialise import serialise
from computeatlas.model.errors import QueryEvaluationError
from computeatlas.model.mediatypes import Format, ResultKind
from computeatlas.model.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Term = ox.NamedNode | ox.BlankNode | ox.Literal

_RESULT_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_GRAPH_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


@dataclass(frozen=True)
class Query:
    """A SPARQL query and the data set that the protocol asks for.

    With no graphs named, the default graph is the union of all named graphs
    (https://www.w3.org/TR/sparql11-service-description/#sd-UnionDefaultGraph).
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base_iri: str | None = None


@dataclass(frozen=True)
class Table:
    """A copied SELECT result: names of the variables, and rows of terms or None."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


def show(term: Term | None) -> str:
    """Return a term for people: an IRI as a prefixed name where a prefix covers it, a literal as its text."""
    if term is None:
        return ""
    return shorten(term.value) if isinstance(term, ox.NamedNode) else term.value


class EmbeddedEngine:
    """An Oxigraph store in memory."""

    def __init__(self, quads: Iterable[ox.Quad] = ()):
        self._store = ox.Store()
        self._store.bulk_extend(quads)

    def __len__(self) -> int:
        return len(self._store)

    def load_nquads(self, data: bytes) -> None:
        """Add the quads of `data`, N-Quads in UTF-8; raises SyntaxError for anything else."""
        self._store.bulk_load(data, format=ox.RdfFormat.N_QUADS)

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add `quads`."""
        self._store.extend(quads)

    def answer(self, query: Query, choose: Callable[[ResultKind], Format]) -> tuple[Format, bytes]:
        """Evaluate `query` and return the format that `choose` gave for its kind of result, and the result in it.

        Raises QuerySyntaxError or QueryEvaluationError; whatever `choose` raises passes through.
        """
        result = self._evaluate(query)
        try:
            if isinstance(result, ox.QueryTriples):
                chosen = choose(ResultKind.GRAPH)
                return chosen, serialise(result, _GRAPH_FORMATS[chosen.name])
            kind = ResultKind.BOOLEAN if isinstance(result, ox.QueryBoolean) else ResultKind.BINDINGS
            chosen = choose(kind)
            if kind is ResultKind.BOOLEAN and chosen.name in ("csv", "tsv"):
                # The CSV and TSV format defines no boolean results; the bare word is what endpoints send.
                return chosen, b"true\n" if bool(result) else b"false\n"
            buffer = io.BytesIO()
            result.serialize(buffer, _RESULT_FORMATS[chosen.name])
            return chosen, buffer.getvalue()
        except (RuntimeError, ValueError) as error:
            raise QueryEvaluationError(str(error)) from error

    def table(self, query: Query) -> Table:
        """Return the rows of a SELECT query, or of an ASK query one row with the variable `answer`, copied.

        A graph comes back as rows of subject, predicate and object.
        """
        result = self._evaluate(query)
        try:
            if isinstance(result, ox.QuerySolutions):
                names = tuple(variable.value for variable in result.variables)
                return Table(names, tuple(tuple(row[name] for name in names) for row in result))
            if isinstance(result, ox.QueryBoolean):
                truth = ox.Literal(bool(result))
                return Table(("answer",), ((truth,),))
            triples = tuple((t.subject, t.predicate, t.object) for t in result)
            return Table(("subject", "predicate", "object"), triples)
        except RuntimeError as error:
            raise QueryEvaluationError(str(error)) from error

    def graph(self, query: Query) -> list[ox.Triple]:
        """Return the triples of a CONSTRUCT query."""
        result = self._evaluate(query)
        if not isinstance(result, ox.QueryTriples):
            raise QueryEvaluationError("the query does not construct a graph")
        return list(result)

    def _evaluate(self, query: Query) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        # One list alone would leave the other at all graphs, so it is both or neither.
        listed = bool(query.default_graphs or query.named_graphs)
        try:
            return self._store.query(
                query.text,
                base_iri=query.base_iri,
                use_default_graph_as_union=not listed,
                default_graph=[ox.NamedNode(iri) for iri in query.default_graphs] if listed else None,
                named_graphs=[ox.NamedNode(iri) for iri in query.named_graphs] if listed else None,
            )
        except SyntaxError as error:
            raise explain(query.text, self._complaint(query.text) or str(error)) from error
        except (RuntimeError, ValueError, OSError) as error:
            raise QueryEvaluationError(str(error)) from error

    def _complaint(self, text: str) -> str | None:
        """Return what Oxigraph says of `text` with room behind it, as `explain` wants it."""
        try:
            self._store.query(text + ROOM)
        except SyntaxError as error:
            return str(error)
        return None


def serialise_turtle(turtle: str, chosen: Format) -> bytes:
    """Return the graph written in `turtle` in the format `chosen`; raises SyntaxError for anything else."""
    quads = ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)
    triples = (ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads)
    return serialise(triples, _GRAPH_FORMATS[chosen.name])
