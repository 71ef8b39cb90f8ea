"""Oxigraph inside this process, for commands that ask their own questions and end: queries in, serialised results out.

It is no engine of `computeatlas.engine.base`: it is synchronous, and a query has no limit of time or memory and may end
the process, which is why the server uses `engine/pool/engine.py`. Both take the same `Query` and give the same `Table`.

A sort that Oxigraph cannot do would end this process, so each query sorts by kind from the beginning.

A result of pyoxigraph must be consumed in the thread that made it, so results never leave this module unserialised
except through `table` and `graph`, which copy them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.base import Query
from computeatlas.engine.evaluate import evaluate, write_result
from computeatlas.engine.serialise import RDF_FORMATS, check_characters, keep_line_breaks, serialise, tidy_prefixes
from computeatlas.engine.table import Table
from computeatlas.model.errors import QueryEvaluationError
from computeatlas.model.namespaces import shorten
from computeatlas.sparql.errors.explain import explain_evaluation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from computeatlas.engine.evaluate import Result
    from computeatlas.engine.table import Term
    from computeatlas.model.mediatypes import Format, ResultKind


__all__ = ["EmbeddedEngine", "Query", "Table", "serialise_turtle", "show"]


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

    def answer(self, query: Query, choose: Callable[[ResultKind], Format | None]) -> tuple[Format, bytes]:
        """Evaluate `query` and return the format that `choose` gave for its kind of result, and the result in it.

        Raises QuerySyntaxError, QueryEvaluationError, FormatError where `choose` gives none or the format cannot
        express the result; whatever `choose` raises passes through.
        """
        buffer = io.BytesIO()
        chosen: list[Format] = []

        def begin(form: Format) -> io.BytesIO:
            chosen.append(form)
            return buffer

        write_result(self._evaluate(query), choose, begin, query.max_rows)
        data = tidy_prefixes(buffer.getvalue(), chosen[0], whole=True)
        check_characters(data, chosen[0])
        return chosen[0], keep_line_breaks(data, chosen[0])

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
            raise explain_evaluation(str(error)) from error

    def graph(self, query: Query) -> list[ox.Triple]:
        """Return the triples of a CONSTRUCT query."""
        result = self._evaluate(query)
        if not isinstance(result, ox.QueryTriples):
            raise QueryEvaluationError("the query does not construct a graph")
        return list(result)

    def _evaluate(self, query: Query) -> Result:
        return evaluate(self._store, query._replace(sort_by_kind=True))


def serialise_turtle(turtle: str, chosen: Format) -> bytes:
    """Return the graph written in `turtle` in the format `chosen`; raises SyntaxError for anything else."""
    quads = ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)
    triples = (ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads)
    return tidy_prefixes(serialise(triples, RDF_FORMATS[chosen.name]), chosen, whole=True)
