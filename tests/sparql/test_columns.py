"""The columns of `SELECT *`: the engine's variables, in the order of the query's text."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.evaluate import Query, evaluate
from computeatlas.sparql.columns import find_star

NAMES = ("z", "y", "x", "b", "a", "m")


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    for number in range(4):
        node = ox.NamedNode(f"http://e/{number % 3}")
        store.add(ox.Quad(node, ox.NamedNode("http://e/p"), ox.Literal(number)))
        store.add(ox.Quad(node, ox.NamedNode("http://e/q"), ox.NamedNode("http://e/0"), ox.NamedNode("http://e/g")))
    return store


def columns(store: ox.Store, text: str) -> list[str]:
    return [variable.value for variable in evaluate(store, Query(text)).variables]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("SELECT * { ?s ?p ?o }", "s p o"),
        ("select*{?z ?y ?x}", "z y x"),
        ("SELECT # the *\n DISTINCT * FROM <http://e/g> WHERE { ?z <http://e/q> $a }", "z a"),
        ("SELECT REDUCED * { ?z ?y ?x } ORDER BY ?b LIMIT 1", "z y x"),
        ("SELECT * { ?z ?y ?x } LIMIT 1 VALUES ?u { UNDEF }", "z y x u"),
        ("SELECT * { ?z ?y ?x MINUS { ?m ?y ?b } FILTER EXISTS { ?z ?y ?e } }", "z y x"),
        ("SELECT * { { SELECT ?y (COUNT(?z) AS ?n) { ?z ?y ?x } GROUP BY ?y } ?y2 ?y ?a }", "y n y2 a"),
        ("SELECT * { { SELECT * { ?z ?y ?x } } BIND(1 AS ?c) GRAPH ?g { ?b ?y2 ?a } }", "z y x c g b y2 a"),
        ("SELECT * { VALUES (?v ?a) { (1 2) } OPTIONAL { ?z (<http://e/p>/<http://e/q>)* ?y } }", "v a z y"),
        ("SELECT * { ?z ?y [ ?x 1 ] FILTER(?q = ?w) }", "z y x"),
        ("PREFIX select: <http://e/> SELECT * { ?s select:p ?o }", "s o"),
        ("SELECT * { }", ""),
        ("SELECT ?o ?s { ?s ?p ?o }", "o s"),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "n"),
    ],
)
def test_columns_are_in_the_order_of_the_query(store: ox.Store, text: str, expected: str) -> None:
    assert columns(store, text) == expected.split()


def group() -> st.SearchStrategy[str]:
    name = st.sampled_from(NAMES).map("?{}".format)
    triple = st.tuples(name, st.sampled_from(("<http://e/p>", "<http://e/q>", "?m")), name).map(
        lambda t: f"{' '.join(t)} . "
    )
    filtered = st.tuples(name, name).map(lambda t: f"FILTER(BOUND({t[0]}) || {t[1]} = 1) ")
    values = name.map(lambda n: f"VALUES {n} {{ <http://e/0> 1 }} ")
    leaf = st.lists(st.one_of(triple, filtered, values), min_size=1, max_size=3).map("".join)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(leaf, inner).map(lambda t: f"{t[0]} OPTIONAL {{ {t[1]} }} "),
            st.tuples(leaf, inner).map(lambda t: f"{t[0]} MINUS {{ {t[1]} }} "),
            st.tuples(leaf, inner).map(lambda t: f"{t[0]} FILTER NOT EXISTS {{ {t[1]} }} "),
            st.tuples(inner, inner).map(lambda t: f"{{ {t[0]} }} UNION {{ {t[1]} }} "),
            st.tuples(name, inner).map(lambda t: f"GRAPH {t[0]} {{ {t[1]} }} "),
            st.tuples(inner, name).map(lambda t: f"{{ SELECT {t[1]} {{ {t[0]} }} LIMIT 5 }} "),
            inner.map(lambda i: f"{{ SELECT * {{ {i} }} }} "),
        ),
        max_leaves=4,
    )


@given(body=group())
def test_variables_and_solutions_are_those_of_the_engine(store: ox.Store, body: str) -> None:
    text = f"SELECT * {{ {body} }}"
    plain = store.query(text, use_default_graph_as_union=True)
    names = [variable.value for variable in plain.variables]
    result = evaluate(store, Query(text))
    found = [variable.value for variable in result.variables]
    assert sorted(found) == sorted(names)
    firsts = [min(text.find(f"?{name}{end}") % (1 << 40) for end in " )}.") for name in found]
    assert firsts == sorted(firsts)
    if "LIMIT" not in body:
        rows = sorted(str([row[name] for name in names]) for row in plain)
        assert sorted(str([row[name] for name in names]) for row in result) == rows


@pytest.mark.parametrize(
    "text", ["", "*", "SELECT *", "SELECT * {", "SELECT ?x * {}", "SELECT * { ?a ?b ?c }", "ASK { }"]
)
def test_what_needs_no_order_has_none(text: str) -> None:
    assert find_star(text) is None


def test_no_service_is_called_to_learn_the_variables(store: ox.Store) -> None:
    # ftp: is refused where it is called, and only there.
    star = find_star("SELECT * { ?z ?y ?x SERVICE <ftp://no/> { ?b ?a ?m } }")
    assert star is not None
    result = store.query(star.probe())
    assert list(result) == []
    assert {variable.value for variable in result.variables} == set("zyxbam")
