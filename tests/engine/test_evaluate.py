"""Queries on a store: which data set they see, and how their results are written."""

from __future__ import annotations

import io
import json

import pyoxigraph as ox
import pytest

from computeatlas.engine.base import Query
from computeatlas.engine.evaluate import evaluate, write_data_set, write_graph, write_result
from computeatlas.model.errors import (
    FormatError,
    GraphMissingError,
    QueryEvaluationError,
    QuerySyntaxError,
    ResultTooLargeError,
)
from computeatlas.model.mediatypes import CSV, JSON, JSON_LD, N_QUADS, N_TRIPLES, TSV, TURTLE, XML, ResultKind

#: The default graph says 0, the graph one 1, the graph two 2.
DATA = b"<a:s> <a:p> 0 . <http://e/one> { <a:s> <a:p> 1 } <http://e/two> { <a:s> <a:p> 2 }"
PLAIN = "SELECT ?o %s { ?s ?p ?o }"
NAMED = "SELECT ?o %s { GRAPH ?g { ?s ?p ?o } }"
ONE, TWO = "http://e/one", "http://e/two"


@pytest.fixture
def store() -> ox.Store:
    store = ox.Store()
    store.load(DATA, ox.RdfFormat.TRIG)
    return store


def values(store: ox.Store, query: Query) -> list[str]:
    return sorted(row[0].value for row in evaluate(store, query))


@pytest.mark.parametrize(
    "text, union, seen",
    [
        (PLAIN % "", True, ["0", "1", "2"]),
        (PLAIN % "", False, ["0"]),
        (PLAIN % f"FROM <{ONE}>", True, ["1"]),
        (PLAIN % f"FROM <{ONE}>", False, ["1"]),
        (PLAIN % f"from<{ONE}>", True, ["1"]),
        (PLAIN % f"FROM <{ONE}> FROM <{TWO}>", True, ["1", "2"]),
        (PLAIN % f"FROM NAMED <{ONE}>", True, []),
        (PLAIN % f"FROMNAMED<{ONE}>", True, []),
        (NAMED % "", True, ["1", "2"]),
        (NAMED % f"FROM NAMED <{ONE}>", True, ["1"]),
        (NAMED % f"FROM <{ONE}>", True, []),
        (NAMED % f"FROM <{ONE}> FROM NAMED <{TWO}>", True, ["2"]),
        # Where the word is no clause, nothing is limited.
        ("PREFIX from: <a:> " + PLAIN % "", True, ["0", "1", "2"]),
        ("# FROM <http://e/one>\n" + PLAIN % "", True, ["0", "1", "2"]),
        ("SELECT ?o { ?from ?p ?o FILTER('FROM <http://e/one>' != 'x') }", True, ["0", "1", "2"]),
        # The data set of a subquery is that of the query.
        (f"SELECT ?o FROM <{ONE}> {{ {{ SELECT ?o {{ ?s ?p ?o }} }} }}", True, ["1"]),
    ],
)
def test_the_data_set_that_a_query_names(store: ox.Store, text: str, union: bool, seen: list[str]) -> None:
    assert values(store, Query(text, union=union)) == seen


@pytest.mark.parametrize("union", [True, False])
@pytest.mark.parametrize("text", [PLAIN % "", PLAIN % f"FROM <{TWO}>"])
def test_the_data_set_of_the_protocol_beats_that_of_the_query(store: ox.Store, text: str, union: bool) -> None:
    assert values(store, Query(text, default_graphs=(ONE,), union=union)) == ["1"]
    assert values(store, Query(text, named_graphs=(ONE,), union=union)) == []


@pytest.mark.parametrize("union", [True, False])
def test_both_lists_of_the_protocol(store: ox.Store, union: bool) -> None:
    both = {"default_graphs": (ONE,), "named_graphs": (TWO,), "union": union}
    assert values(store, Query(PLAIN % "", **both)) == ["1"]
    assert values(store, Query(NAMED % "", **both)) == ["2"]
    assert values(store, Query(NAMED % "", default_graphs=(ONE,), union=union)) == []
    assert values(store, Query(PLAIN % "", default_graphs=(ONE, TWO), union=union)) == ["1", "2"]


@pytest.mark.parametrize("name", ["http://[bad", "no scheme", "http://e/%zz", ""])
def test_the_name_of_a_graph_that_is_no_iri(store: ox.Store, name: str) -> None:
    with pytest.raises(QueryEvaluationError, match="no IRI"):
        evaluate(store, Query(PLAIN % "", default_graphs=(name,)))
    with pytest.raises(QueryEvaluationError, match="no IRI"):
        evaluate(store, Query(PLAIN % "", named_graphs=(name,)))
    with pytest.raises(QueryEvaluationError, match="no IRI"):
        write_graph(store, name, union=False, form=TURTLE, writer=io.BytesIO())


def test_a_syntax_error_is_one_and_an_unknown_function_is_not(store: ox.Store) -> None:
    with pytest.raises(QuerySyntaxError):
        evaluate(store, Query("SELECT"))
    with pytest.raises(QueryEvaluationError, match="a:f"):
        evaluate(store, Query("SELECT (<a:f>(1) AS ?x) {}"))


def written(store: ox.Store, text: str, form) -> bytes:
    buffer = io.BytesIO()
    write_result(evaluate(store, Query(text)), lambda _kind: form, lambda _form: buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("form", [CSV, TSV], ids=lambda form: form.name)
@pytest.mark.parametrize("text, word", [("ASK {}", b"true\n"), ("ASK { FILTER(false) }", b"false\n")])
def test_truth_in_tables_of_text(store: ox.Store, form, text: str, word: bytes) -> None:
    assert written(store, text, form) == word


def test_truth_in_json_and_xml(store: ox.Store) -> None:
    assert json.loads(written(store, "ASK {}", JSON))["boolean"] is True
    assert b"<boolean>true</boolean>" in written(store, "ASK {}", XML)


@pytest.mark.parametrize(
    "text, kind",
    [
        ("SELECT * {}", ResultKind.BINDINGS),
        ("ASK {}", ResultKind.BOOLEAN),
        ("CONSTRUCT WHERE { ?s ?p ?o }", ResultKind.GRAPH),
        ("DESCRIBE <a:s>", ResultKind.GRAPH),
    ],
)
def test_the_kind_of_a_result_decides_its_format(store: ox.Store, text: str, kind: ResultKind) -> None:
    asked = []

    def choose(found: ResultKind) -> None:
        asked.append(found)

    with pytest.raises(FormatError) as caught:
        write_result(evaluate(store, Query(text)), choose, lambda _form: io.BytesIO())
    assert asked == [kind]
    assert caught.value.kind == kind


TERMS = "CONSTRUCT { <a:s> <a:p> <<( <a:s> <a:p> 1 )>> } {}"


def test_triple_terms_are_no_json_ld(store: ox.Store) -> None:
    assert b"<<(" in written(store, TERMS, N_TRIPLES)
    with pytest.raises(FormatError, match=r"application/ld\+json cannot express triple terms"):
        written(store, TERMS, JSON_LD)


def test_triple_terms_of_the_store_are_no_json_ld(store: ox.Store) -> None:
    store.update("INSERT DATA { <a:s> <a:p> <<( <a:s> <a:p> 1 )>> }")
    with pytest.raises(FormatError, match=r"application/ld\+json"):
        write_data_set(store, JSON_LD, io.BytesIO())
    with pytest.raises(FormatError, match=r"application/ld\+json"):
        write_graph(store, None, union=False, form=JSON_LD, writer=io.BytesIO())


@pytest.mark.parametrize(
    "name, union, numbers",
    [(None, False, {b"0"}), (None, True, {b"0", b"1", b"2"}), (ONE, False, {b"1"}), (ONE, True, {b"1"})],
)
def test_a_graph_is_written_alone(store: ox.Store, name: str | None, union: bool, numbers: set[bytes]) -> None:
    buffer = io.BytesIO()
    write_graph(store, name, union=union, form=N_TRIPLES, writer=buffer)
    assert {line.split(b'"')[1] for line in buffer.getvalue().splitlines()} == numbers


@pytest.mark.parametrize("union", [True, False])
def test_a_graph_that_is_not_there(store: ox.Store, union: bool) -> None:
    with pytest.raises(GraphMissingError, match="http://e/three"):
        write_graph(store, "http://e/three", union=union, form=TURTLE, writer=io.BytesIO())


def test_an_empty_graph_is_there(store: ox.Store) -> None:
    store.add_graph(ox.NamedNode("http://e/empty"))
    buffer = io.BytesIO()
    write_graph(store, "http://e/empty", union=False, form=N_TRIPLES, writer=buffer)
    assert buffer.getvalue() == b""


def test_a_data_set_is_written_with_all_its_graphs(store: ox.Store) -> None:
    buffer = io.BytesIO()
    write_data_set(store, N_QUADS, buffer)
    assert set(ox.parse(buffer.getvalue(), format=ox.RdfFormat.N_QUADS)) == set(store)


class Full:
    def write(self, _data: bytes) -> int:
        raise ResultTooLargeError("too large")

    def flush(self) -> None: ...


@pytest.mark.parametrize("text, form", [("SELECT * { ?s ?p ?o }", JSON), ("CONSTRUCT WHERE { ?s ?p ?o }", TURTLE)])
def test_what_the_writer_raises_passes_through(store: ox.Store, text: str, form) -> None:
    with pytest.raises(ResultTooLargeError):
        write_result(evaluate(store, Query(text)), lambda _kind: form, lambda _form: Full())
    with pytest.raises(ResultTooLargeError):
        write_data_set(store, N_QUADS, Full())


@pytest.mark.parametrize(
    "form", ["SELECT ?o {{ <http://e/{0}> ?p ?o }}", "SELECT * {{ ?z ?y ?x FILTER(?z = <http://e/{0}>) }}"]
)
def test_names_with_several_groups_of_dots_are_taken(store: ox.Store, form: str) -> None:
    store.add(ox.Quad(ox.NamedNode("http://e/a.b.c"), ox.NamedNode("a:p"), ox.Literal("dotted")))
    text = "PREFIX e: <http://e/> " + form.format("a.b.c").replace("<http://e/a.b.c>", "e:a.b.c")
    (row,) = evaluate(store, Query(text))
    assert "dotted" in str(row)


def test_an_error_behind_such_a_name_has_its_own_place(store: ox.Store) -> None:
    text = "PREFIX e: <http://e/>\nSELECT ?o { e:a.b.c ?p ?o } GROUP BY ?p"
    with pytest.raises(QuerySyntaxError) as caught:
        evaluate(store, Query(text, max_rows=5, sort_by_kind=True))
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "wrong", ["SELECT ?o { ?s ?p ?o } WHERE", "SELECT ?o { ?s ?p ?o } ORDER BY", "SELECT ?o { ?s ?p"]
)
def test_an_error_of_a_limited_query_quotes_nothing_that_nobody_wrote(store: ox.Store, wrong: str) -> None:
    errors = []
    for query in (Query(wrong), Query(wrong, max_rows=77, sort_by_kind=True)):
        with pytest.raises(QuerySyntaxError) as caught:
            evaluate(store, query)
        errors.append(str(caught.value))
    assert errors[0] == errors[1]
    assert "77" not in errors[1]


@pytest.mark.parametrize(
    "text, count",
    [
        ("SELECT ?o { ?s ?p ?o }", 2),
        ("CONSTRUCT { ?s ?p ?o . ?s <a:q> ?o } WHERE { ?s ?p ?o }", 2),
        ("CONSTRUCT { ?s ?p ?none . ?s <a:q> ?o } WHERE { ?s ?p ?o } LIMIT 1", 1),
        ("DESCRIBE <a:s>", 2),
    ],
)
@pytest.mark.parametrize("rdf", [N_TRIPLES, TURTLE])
def test_rows_and_triples_are_cut(store: ox.Store, text: str, count: int, rdf) -> None:
    query = Query(text, max_rows=2)
    buffer = io.BytesIO()
    kinds = {ResultKind.BINDINGS: CSV, ResultKind.GRAPH: rdf}
    write_result(evaluate(store, query), kinds.get, lambda _: buffer, query.max_rows)
    if text.startswith("SELECT"):
        assert buffer.getvalue().count(b"\n") == count + 1
    else:
        assert len(list(ox.parse(buffer.getvalue(), ox.RdfFormat.TURTLE))) == count
