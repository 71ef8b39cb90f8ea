"""Queries on the embedded engine: data set, formats, errors."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import FormatError, QueryError, QueryEvaluationError, QuerySyntaxError
from computeatlas.model.mediatypes import FORMATS, ResultKind, format_named, formats_for
from computeatlas.sparql.errors.explain import explain


def quad(value: int, graph: str) -> ox.Quad:
    return ox.Quad(
        ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal(value), ox.NamedNode(f"http://e/{graph}")
    )


@pytest.fixture
def two() -> EmbeddedEngine:
    return EmbeddedEngine([quad(1, "one"), quad(2, "two")])


VALUES = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"


def values(engine: EmbeddedEngine, query: Query) -> list[str]:
    return [row[0].value for row in engine.table(query).rows]


def test_default_graph_is_the_union(two: EmbeddedEngine) -> None:
    assert values(two, Query(VALUES)) == ["1", "2"]


def test_default_graph_named_by_the_request_is_the_only_one_seen(two: EmbeddedEngine) -> None:
    assert values(two, Query(VALUES, default_graphs=("http://e/two",))) == ["2"]
    inside = "SELECT ?o { GRAPH ?g { ?s ?p ?o } }"
    assert values(two, Query(inside, default_graphs=("http://e/two",))) == []


def test_named_graph_named_by_the_request_is_the_only_one_seen(two: EmbeddedEngine) -> None:
    inside = "SELECT ?o { GRAPH ?g { ?s ?p ?o } }"
    assert values(two, Query(inside, named_graphs=("http://e/one",))) == ["1"]
    assert values(two, Query(VALUES, named_graphs=("http://e/one",))) == []


def test_relative_iris_resolve_against_the_base(two: EmbeddedEngine) -> None:
    assert values(two, Query("SELECT ?o { GRAPH <one> { ?s ?p ?o } }", base_iri="http://e/")) == ["1"]


@pytest.mark.parametrize("form", formats_for(ResultKind.BINDINGS), ids=lambda f: f.name)
def test_bindings_in_every_format(two: EmbeddedEngine, form) -> None:
    chosen, data = two.answer(Query(VALUES), lambda kind: form)
    assert chosen is form
    assert b"1" in data
    assert b"2" in data


@pytest.mark.parametrize("form", formats_for(ResultKind.GRAPH), ids=lambda f: f.name)
def test_graphs_in_every_format_parse_back(two: EmbeddedEngine, form) -> None:
    _, data = two.answer(Query("CONSTRUCT WHERE { ?s ?p ?o }"), lambda kind: form)
    back = ox.parse(data, format=ox.RdfFormat.from_media_type(form.media_type))
    assert {q.object.value for q in back} == {"1", "2"}


@pytest.mark.parametrize("form, text", [("csv", "true"), ("tsv", "true")])
def test_truth_in_tables_of_text(two: EmbeddedEngine, form: str, text: str) -> None:
    _, data = two.answer(Query("ASK { ?s ?p 1 }"), lambda kind: format_named(form, kind))
    assert data.decode().strip() == text


def test_truth_in_json(two: EmbeddedEngine) -> None:
    _, data = two.answer(Query("ASK { ?s ?p 3 }"), lambda kind: formats_for(kind)[0])
    assert json.loads(data)["boolean"] is False


def test_xml_and_json_name_the_graph_formats_for_graphs() -> None:
    assert format_named("xml", ResultKind.GRAPH).media_type == "application/rdf+xml"
    assert format_named("json", ResultKind.GRAPH).media_type == "application/ld+json"
    assert format_named("csv", ResultKind.GRAPH) is None


def test_formats_have_distinct_names_and_types() -> None:
    assert len({f.name for f in FORMATS}) == len(FORMATS) == len({f.media_type for f in FORMATS})


@pytest.mark.parametrize(
    "text, line, column, says",
    [
        ("SELECT *\n{ ?s ?p ?o } LIMT 3", 2, 14, "at or after “LIMT 3”"),
        ("SELECT *\n{ ?s ?p ?o } LIMIT 3 FOO", 2, 22, "at or after “FOO”"),
        ("SELECT * WHERE { ?s ?p ?o FILTR(?o > 3) }", 1, 27, "at or after “FILTR"),
        ("SELECT * WHERE { ?s ?p ?o . FILTER ?o }", 1, 36, "at or after “?o }”"),
        ("SELECT * WHERE { ?s ?p ?o } ORDER ?s", 1, 35, "at or after “?s”"),
        # The place is that of the pattern which is not one.
        ("SELECT * {\n ?s ?p }", 2, 2, "at or after “?s ?p }”"),
        ("SELECT * { ?s ?p ?o", 1, 20, "the query ends too early"),
        ('SELECT * { ?s ?p "abc }', 1, 24, "the query ends too early"),
        ("", 1, 1, "the query ends too early"),
        ("SELEKT", 1, 1, "at or after “SELEKT”"),
        ("\n\nCLEAR ALL", 3, 1, "at or after “CLEAR ALL”"),
        ("SELECT * {\n  ?s skos:note ?o }", 2, 6, "add PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"),
        ("SELECT * { ?s mine:note ?o }", 1, 15, "add PREFIX mine: <…>"),
        ("SELECT * { ?s :note ?o }", 1, 15, "the prefix : is not declared"),
        ("SELECT ?x { ?s ?p ?o } GROUP BY ?s", 1, 1, "not in GROUP BY"),
    ],
)
def test_syntax_error_has_its_place_and_a_suggestion(two, text, line, column, says) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        two.table(Query(text))
    assert (caught.value.line, caught.value.column) == (line, column)
    assert says in str(caught.value)


@given(st.text(alphabet="SELECT{}?x \n.;\"'", max_size=40), st.text(max_size=200))
def test_any_message_gives_a_place_in_the_text(text: str, message: str) -> None:
    for said in (message, f"error at 1:1: expected {message}", f"error at 1:40: expected one of {message}"):
        error = explain(text, said)
        assert "\n" not in str(error)
        if error.line:
            assert 1 <= error.line <= text.count("\n") + 1


def test_unknown_function_is_an_evaluation_error_with_its_name(two: EmbeddedEngine) -> None:
    with pytest.raises(QueryEvaluationError, match="http://e/f"):
        two.table(Query("SELECT (<http://e/f>(1) AS ?x) {}"))


def test_a_query_that_constructs_nothing_is_no_graph(two: EmbeddedEngine) -> None:
    with pytest.raises(QueryEvaluationError, match="does not construct"):
        two.graph(Query("ASK {}"))


@given(st.text(alphabet=st.sampled_from("SELECTASK{}?xyz<>:;.,\"'()\n *#")))
def test_no_text_gets_past_the_error_tree(text: str) -> None:
    try:
        EmbeddedEngine().table(Query(text))
    except QueryError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    "name, query", [("xml", "SELECT ?o {{ VALUES ?o {{ {0} }} }}"), ("rdf", "CONSTRUCT {{ <a:s> <a:p> {0} }} {{}}")]
)
@given(text=st.text())
@example(text="\x01")
@example(text="two\r\nlines")
@example(text="\ufffe")
@example(text="\uffff")
def test_an_answer_in_xml_is_read_by_a_parser_of_xml_or_refused(name: str, query: str, text: str) -> None:
    form = next(form for form in FORMATS if form.name == name)
    asked = Query(query.format(ox.Literal(text)))
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text):
        with pytest.raises(FormatError, match=r"cannot express the character U\+"):
            EmbeddedEngine().answer(asked, lambda _: form)
        return
    _form, data = EmbeddedEngine().answer(asked, lambda _: form)
    assert text in [element.text or "" for element in ElementTree.fromstring(data).iter()]
