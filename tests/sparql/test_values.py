"""Data put into VALUES blocks, checked by asking the engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.sparql.values import values_of, with_rows, with_values

TEXTS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(['"}"', '"VALUES ?x { 1 }"', "<http://e/#a>"])), max_size=4
)


@given(TEXTS)
def test_the_rows_of_a_block_are_those_that_were_put_in(rows: list[tuple[int, str]]) -> None:
    query = "SELECT ?a ?b { # VALUES (?a ?b) { (8 8) }\n VALUES ( ?a $b ) { (0 1) } VALUES ?c { 5 } }"
    text = with_rows(query, ("a", "b"), [(str(number), term) for number, term in rows])
    found = EmbeddedEngine().table(Query(text)).rows
    assert [(int(a.value), b.value) for a, b in found] == [(number, term.strip('"<>')) for number, term in rows]


@given(TEXTS)
def test_every_block_of_a_variable_gets_the_terms(rows: list[tuple[int, str]]) -> None:
    query = "SELECT ?x ?y { { VALUES ?x { UNDEF } } UNION { VALUES ?x { 1 2 } } VALUES ?y { 3 } }"
    found = EmbeddedEngine().table(Query(with_values(query, "x", [term for _, term in rows]))).rows
    assert sorted(x.value for x, _ in found) == sorted(2 * [term.strip('"<>') for _, term in rows])


@pytest.mark.parametrize("names", [("b", "a"), ("a",), ("a", "b", "c"), ("A", "b")])
def test_a_block_of_other_variables_is_not_taken(names: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        with_rows("SELECT * { VALUES (?a ?b) { } }", names, [])
    with pytest.raises(KeyError):
        with_values("SELECT * { VALUES (?a ?b) { } } # VALUES ?a { 1 }", names[0], [])


def test_the_terms_of_a_block_are_read_as_they_are_written() -> None:
    query = "# VALUES ?x { 9 }\nSELECT * { VALUES (?x ?y) { (8 8) } VALUES $x { e:a <http://e/b> } VALUES ?x { 1 } }"
    assert values_of(query, "x") == ("e:a", "<http://e/b>")
    assert values_of(query, "y") == ()
