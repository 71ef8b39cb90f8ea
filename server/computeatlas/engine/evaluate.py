"""A query on an Oxigraph store, and its result as bytes.

A result of pyoxigraph must be used in the thread that made it, so what is here runs in one thread from the text of the
query to the last byte.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.base import Query
from computeatlas.engine.serialise import RDF_FORMATS, RESULT_FORMATS, expressible_in_xml
from computeatlas.model.errors import FormatError, GraphMissingError, QueryError, QueryEvaluationError
from computeatlas.model.mediatypes import Format, ResultKind
from computeatlas.model.namespaces import PREFIXES
from computeatlas.sparql.columns import find_star
from computeatlas.sparql.engine_gaps import replace_later_dots
from computeatlas.sparql.errors.explain import error_message, explain, explain_evaluation
from computeatlas.sparql.order import order_by_kind
from computeatlas.sparql.rewrite import with_limit
from computeatlas.sparql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from computeatlas.engine.serialise import Writer

    Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

#: A query may have relative IRIs, which say nothing of its variables.
_ANY_BASE = "http://localhost/"


def evaluate(store: ox.Store, query: Query) -> Result:
    """Return the result of `query` on `store`; raises QuerySyntaxError or QueryEvaluationError.

    The engine is asked another text where the query as it was written would not do; errors name places in the query as
    it was written. A graph is not cut to `max_rows` here, but by `write_result`.
    """
    # One list alone would leave the other at all graphs, so it is both or neither.
    listed = bool(query.default_graphs or query.named_graphs)

    def ask(text: str) -> Result:
        return store.query(
            _with_columns(text),
            base_iri=query.base_iri,
            # Oxigraph lets the union win over the FROM of the query.
            use_default_graph_as_union=query.union and not listed and not _names_data_set(text),
            default_graph=[graph_name(iri) for iri in query.default_graphs] if listed else None,
            named_graphs=[graph_name(iri) for iri in query.named_graphs] if listed else None,
        )

    text = query.text
    if query.max_rows is not None:
        text = with_limit(text, query.max_rows, graphs=False)
    if query.sort_by_kind:
        text = order_by_kind(text)
    try:
        try:
            return ask(text)
        except SyntaxError:
            accepted = replace_later_dots(text, "\\.")
            if accepted == text:
                raise
            return ask(accepted)
    except SyntaxError as error:
        said = error_message(store.query, replace_later_dots(query.text, "_"))
        raise explain(query.text, said or str(error)) from error
    except (RuntimeError, ValueError, OSError) as error:
        raise explain_evaluation(str(error)) from error


@lru_cache(maxsize=256)
def _with_columns(text: str) -> str:
    """Return `text` with its variables in place of the `*` of a `SELECT *`, in the order in which it names them."""
    star = find_star(text)
    if star is None:
        return text
    try:
        result = ox.Store().query(star.probe(), base_iri=_ANY_BASE)
    except (SyntaxError, RuntimeError, ValueError, OSError):
        return text
    assert isinstance(result, ox.QuerySolutions)
    return star.select({variable.value for variable in result.variables})


def write_result(
    result: Result,
    choose: Callable[[ResultKind], Format | None],
    begin: Callable[[Format], Writer],
    max_triples: int | None = None,
) -> None:
    """Write `result` in the format that `choose` names for its kind to what `begin` returns for that format.

    Of a graph no more than `max_triples` are written.

    Raises FormatError where `choose` names none or the format cannot express the result, QueryEvaluationError where
    evaluation fails, which may be after bytes were written. Whatever the writer raises passes through.
    """
    if isinstance(result, ox.QueryTriples):
        kind = ResultKind.GRAPH
    else:
        kind = ResultKind.BOOLEAN if isinstance(result, ox.QueryBoolean) else ResultKind.BINDINGS
    chosen = choose(kind)
    if chosen is None:
        raise FormatError(kind)
    writer = begin(chosen)
    try:
        if isinstance(result, ox.QueryTriples):
            triples: Iterable[ox.Triple] = result if max_triples is None else islice(result, max_triples)
            triples = expressible_in_xml(triples) if chosen.name == "rdf" else triples
            ox.serialize(triples, writer, RDF_FORMATS[chosen.name], prefixes=PREFIXES)  # type: ignore[arg-type]
        elif isinstance(result, ox.QueryBoolean) and chosen.name in ("csv", "tsv"):
            # The CSV and TSV format defines no boolean results; the bare word is what endpoints send.
            writer.write(b"true\n" if bool(result) else b"false\n")
        else:
            result.serialize(writer, RESULT_FORMATS[chosen.name])  # type: ignore[arg-type]
    except QueryError:
        raise
    except (RuntimeError, ValueError, OSError) as error:
        if "RDF 1.2" in str(error):
            raise FormatError(kind, f"{chosen.media_type} cannot express triple terms") from error
        raise explain_evaluation(str(error)) from error


def require_graph(store: ox.Store, name: str) -> ox.NamedNode:
    """Return the name of a graph of `store`; raises GraphMissingError where there is none, else as `graph_name`."""
    graph = graph_name(name)
    if not store.contains_named_graph(graph):
        raise GraphMissingError("there is no graph of that name", where=name, hint="see the service description")
    return graph


def write_graph(store: ox.Store, name: str | None, *, union: bool, form: Format, writer: Writer) -> None:
    """Write the graph `name` of `store`, or its default graph, or with `union` the union of all, in the format `form`.

    Raises GraphMissingError where there is no graph of that name, QueryEvaluationError where the name is no IRI.
    """
    if name is None and union:
        write_result(
            evaluate(store, Query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")), lambda _: form, lambda _: writer
        )
        return
    graph = ox.DefaultGraph() if name is None else require_graph(store, name)
    triples = (
        ox.Triple(quad.subject, quad.predicate, quad.object)
        for quad in store.quads_for_pattern(None, None, None, graph)
    )
    _write(expressible_in_xml(triples) if form.name == "rdf" else triples, ResultKind.GRAPH, form, writer)


def write_data_set(store: ox.Store, form: Format, writer: Writer) -> None:
    """Write all quads of `store` in the format `form`."""
    _write(iter(store), ResultKind.DATASET, form, writer)


def graph_name(iri: str) -> ox.NamedNode:
    """Return `iri` as the name of a graph; raises QueryEvaluationError where Oxigraph takes it for no IRI."""
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise QueryEvaluationError(f"the name of a graph is no IRI: {error}", where=iri) from error


def _write(items: object, kind: ResultKind, form: Format, writer: Writer) -> None:
    try:
        ox.serialize(items, writer, RDF_FORMATS[form.name], prefixes=PREFIXES)  # type: ignore[arg-type]
    except QueryError:
        raise
    except (RuntimeError, ValueError, OSError) as error:
        raise FormatError(kind, f"{form.media_type} cannot express this: {error}") from error


def _names_data_set(text: str) -> bool:
    """Say whether the query has a FROM of its own."""
    if "FROM" not in text.upper():
        return False
    # Glued to NAMED or an IRI it still counts, for Oxigraph takes it so.
    return any(
        token.kind is Kind.NAME and token.depth == 0 and token.text.upper().startswith("FROM")
        for token in tokenize(text)
    )
