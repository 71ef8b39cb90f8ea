"""Hints on valid queries: GROUP_CONCAT over a variable that may have values other than strings."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.sparql.hints import BareConcat, bare_concats, concat_of_empty_column

VALUES = "{ VALUES ?x { 1 2 } }"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"SELECT (GROUP_CONCAT(?x) AS ?y) {VALUES}", [("?x", "y")]),
        (f"select(group_concat(distinct$x)as?y){VALUES}", [("?x", "y")]),
        (f'SELECT (GROUP_CONCAT ( DISTINCT ?x ; SEPARATOR = ") AS ?z" ) AS ?y) {VALUES}', [("?x", "y")]),
        (f"SELECT (Group_Concat(# why\n?x) AS ?y) (GROUP_CONCAT(?x) AS ?z) {VALUES}", [("?x", "y"), ("?x", "z")]),
        (f"SELECT (UCASE(GROUP_CONCAT(?x)) AS ?y) {VALUES}", [("?x", None)]),
        (f"SELECT * {{ {{ SELECT (GROUP_CONCAT(?x) AS ?y) {VALUES} }} }}", [("?x", "y")]),
        (f"SELECT (GROUP_CONCAT(STR(?x)) AS ?y) {VALUES}", []),
        (f'SELECT (GROUP_CONCAT(CONCAT("a", ?x)) AS ?y) {VALUES}', []),
        (f"SELECT (MAX(?x) AS ?y) {VALUES} # GROUP_CONCAT(?x)", []),
        ('SELECT ("GROUP_CONCAT(?x)" AS ?y) {}', []),
        ("SELECT ?GROUP_CONCAT {}", []),
    ],
)
def test_a_group_concat_over_a_variable_is_found(query: str, found: list[tuple[str, str | None]]) -> None:
    ox.Store().query(query)
    assert list(bare_concats(query)) == [BareConcat(*pair) for pair in found]


@given(st.lists(st.sampled_from(["GROUP_CONCAT", "(", ")", "DISTINCT", "?x", "AS", ";", '"', "STR"]), max_size=9))
def test_any_text_may_be_looked_through(words: list[str]) -> None:
    for concat in bare_concats(" ".join(words)):
        assert concat.argument == "?x"


def test_the_fix_that_is_named_fills_the_cell() -> None:
    store = ox.Store()
    query = f"SELECT (GROUP_CONCAT(?x) AS ?y) {VALUES}"
    assert [row["y"] for row in store.query(query)] == [None]
    concat = concat_of_empty_column(query, ["y"], 1, lambda _name: 0)
    assert concat is not None
    fixed = query.replace("GROUP_CONCAT(?x)", concat.hint.rsplit("write ", 1)[1])
    assert [row["y"] for row in store.query(fixed)] == [ox.Literal("1 2")]


CONCAT = f"SELECT (GROUP_CONCAT(?x) AS ?y) (1 AS ?z) {VALUES}"
HIDDEN = f"SELECT ?y ?z {VALUES} HAVING (GROUP_CONCAT(?x) = '1 2')"


@pytest.mark.parametrize(
    ("query", "filled", "is_given"),
    [
        (CONCAT, {"y": 3, "z": 0}, False),
        (CONCAT, {"y": 1, "z": 3}, False),
        (CONCAT, {"y": 0, "z": 3}, True),
        (HIDDEN, {"y": 1, "z": 1}, False),
        (HIDDEN, {"y": 3, "z": 0}, True),
    ],
)
def test_a_hint_is_given_where_a_column_is_empty(query: str, filled: dict[str, int], *, is_given: bool) -> None:
    assert (concat_of_empty_column(query, list(filled), 3, filled.__getitem__) is not None) == is_given


def test_without_rows_a_hint_is_given_where_a_condition_may_have_cost_them() -> None:
    assert concat_of_empty_column(HIDDEN, ["y", "z"], 0, lambda _name: 0) is not None
    assert concat_of_empty_column(CONCAT, ["y", "z"], 0, lambda _name: 0) is None


def test_what_goes_into_a_header_is_short_and_in_ascii() -> None:
    for name in ("?länder", "?" + "x" * 5000):
        assert BareConcat(name, None).short_ascii_hint == BareConcat("?x", None).hint
    assert "STR(?land)" in BareConcat("?land", None).short_ascii_hint
