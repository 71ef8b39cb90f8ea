"""Values are put into the queries of the views, and stay values."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.queryfile import parse_query_text, read_query
from computeatlas.model.terms import iri
from computeatlas.views.query import bind

QUERY = parse_query_text(
    "q",
    "#+ summary: q\n# VALUES ?x { <http://e/comment> }\n"
    "SELECT ?x { { VALUES ?x { <http://e/a> } } UNION { VALUES ?x {} } }",
)


def rows(text: str) -> list[str]:
    return sorted(str(row["x"]) for row in ox.Store().query(text))


def test_every_place_gets_the_values_but_not_a_comment() -> None:
    text = bind(QUERY, x=[ox.NamedNode("http://e/b"), ox.NamedNode("http://e/c")])
    assert rows(text) == ["<http://e/b>", "<http://e/b>", "<http://e/c>", "<http://e/c>"]
    assert "<http://e/comment>" in text


def test_no_values_are_no_rows() -> None:
    assert rows(bind(QUERY, x=[])) == []


def test_a_query_without_the_place_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        bind(QUERY, y=[])


@given(st.text(max_size=40))
def test_whatever_a_literal_holds_it_stays_one(value: str) -> None:
    literal = ox.Literal(value.encode("utf-8", "replace").decode())
    assert rows(bind(QUERY, x=[literal])) == [str(literal)] * 2


@given(st.text(max_size=40))
def test_what_is_an_iri_stays_one_and_all_else_is_none(name: str) -> None:
    node = iri("http://e/" + name)
    if node is not None:
        assert rows(bind(QUERY, x=[node])) == [str(node)] * 2
    else:
        assert not name.isalnum() or not name.isascii()


def test_every_query_of_the_views_runs_as_it_is_and_says_what_it_is_for(project, engine) -> None:
    paths = project.views()
    assert paths
    for path in paths:
        query = read_query(path, require=("summary",))
        result = ox.Store().query(query.text)
        assert result is not None
