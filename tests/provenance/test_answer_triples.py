"""The triples behind the rows of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from computeatlas.model.queryfile import read_query
from computeatlas.provenance.answer_triples import find_triples
from computeatlas.provenance.gaps import Reason
from computeatlas.provenance.query_groups import read_layout, skeleton

if TYPE_CHECKING:
    from computeatlas.engine.table import Ask

PREFIX = "PREFIX : <http://e/> "


def behind(ask: Ask, query: str) -> set[str]:
    """Return the triples behind a query as `s p o` in local names."""
    found = find_triples(PREFIX + query, ask)
    return {" ".join(_local(term) for term in item.triple) for item in found.triples}


def _local(term: object) -> str:
    return term.value.rsplit("/", 1)[-1] if isinstance(term, (ox.NamedNode, ox.Literal)) else "_"


def reasons(ask: Ask, query: str) -> set[Reason]:
    return {gap.reason for gap in find_triples(PREFIX + query, ask).gaps}


DATA = (
    ":a :p :b . :b :q :c . :a :p :d . :d :r 3 . :e :p :f . :x :p 1 , 2 . :g :next :h . :h :next :i . :b :n [ :m :o ] ."
)
CASES = {
    "one pattern": ("SELECT * { :a :p ?y }", {"a p b", "a p d"}),
    "a join": ("SELECT * { ?x :p ?y . ?y :q ?z }", {"a p b", "b q c"}),
    "a pattern without variables": ("SELECT ?y { :a :p :b . :b :q ?y }", {"a p b", "b q c"}),
    "only a pattern without variables": ("ASK { :a :p :b }", {"a p b"}),
    "a variable for the property": ("SELECT * { :b ?p :c }", {"b q c"}),
    "object and predicate lists": (
        "SELECT * { :a :p ?y , ?z . ?y :q :c ; ?p ?w . FILTER(?w = :c) }",
        {"a p b", "a p d", "b q c"},
    ),
    "a sequence": ("SELECT * { ?x :p/:q ?z }", {"a p b", "b q c"}),
    "an inverse step": ("SELECT * { :c ^:q/^:p ?x }", {"a p b", "b q c"}),
    "an inverse step to a literal": ("SELECT * { 3 ^:r ?x }", {"d r 3"}),
    "an inverse of a sequence": ("SELECT * { :c ^(:p/:q) ?x }", {"a p b", "b q c"}),
    "alternatives, only the way that was gone": ("SELECT * { :b :q|:r ?z }", {"b q c"}),
    "alternatives in a sequence": ("SELECT * { :a :p/(:q|:r) ?z }", {"a p b", "b q c", "a p d", "d r 3"}),
    "a blank node": ("SELECT * { ?x :p [ :q ?z ] }", {"a p b", "b q c"}),
    "a blank node with a label": ("SELECT * { ?x :p _:y . _:y :q ?z }", {"a p b", "b q c"}),
    "a filter": ("SELECT * { ?x :p ?y FILTER(?y > 1) }", {"x p 2"}),
    "an optional": (
        "SELECT * { :a :p ?y OPTIONAL { ?y :q ?z } }",
        {"a p b", "a p d", "b q c"},
    ),
    "an optional whose filter fails": (
        "SELECT * { :a :p ?y OPTIONAL { ?y :q ?z FILTER(?z = :n) } }",
        {"a p b", "a p d"},
    ),
    "an optional without variables of its own": (
        "SELECT * { ?x :q :c OPTIONAL { :a :p :b FILTER(?x = :n) } }",
        {"b q c"},
    ),
    "an optional in an optional": (
        "SELECT * { :a :p ?y OPTIONAL { ?y :q ?z OPTIONAL { ?z :q ?w } OPTIONAL { :d :r ?w } } }",
        {"a p b", "a p d", "b q c", "d r 3"},
    ),
    "a union, only the branches that gave rows": (
        "SELECT * { { ?x :q ?y } UNION { ?x :r ?y } UNION { ?x :none ?y } }",
        {"b q c", "d r 3"},
    ),
    "a branch whose variables are bound elsewhere": (
        "SELECT * { ?x :q :c { ?x :q :c } UNION { :a :p :b FILTER(?x = 1) } }",
        {"b q c"},
    ),
    "values": ("SELECT * { VALUES ?y { :b :n } ?x :p ?y }", {"a p b"}),
    "values behind": ("SELECT * { ?x :p ?y } VALUES ?y { :b :n }", {"a p b"}),
    "an assignment": ("SELECT * { BIND(:a AS ?x) ?x :p ?y . FILTER(?y = :b) }", {"a p b"}),
    "a named graph": (
        "SELECT * { GRAPH <https://w3id.org/compute-atlas/graph/current> { ?x :q ?y } }",
        {"b q c"},
    ),
    "any named graph": ("SELECT * { GRAPH ?g { ?x :p/:q ?y } }", {"a p b", "b q c"}),
    "a graph that is not there": ("SELECT * { ?x :r ?z OPTIONAL { GRAPH :none { ?x :r ?z } } }", {"d r 3"}),
    "a count": ("SELECT (COUNT(*) AS ?n) { :a :p ?y }", {"a p b", "a p d"}),
    "a count of nothing beside something": (
        "SELECT * { :b :q ?z { SELECT (COUNT(*) AS ?n) { ?x :none ?y } } }",
        {"b q c"},
    ),
    "groups": ("SELECT ?x (COUNT(*) AS ?n) { ?x :p ?y } GROUP BY ?x", {"a p b", "a p d", "e p f", "x p 1", "x p 2"}),
    "groups that a HAVING takes": (
        "SELECT ?x (COUNT(*) AS ?n) { ?x :p ?y } GROUP BY ?x HAVING(COUNT(*) < 2)",
        {"e p f"},
    ),
    "groups by a variable that is not shown": (
        "SELECT (COUNT(*) AS ?n) { ?x :p ?y } GROUP BY ?x HAVING(COUNT(*) < 2)",
        {"e p f"},
    ),
    "groups by an expression": (
        "SELECT ?k (COUNT(*) AS ?n) { ?x :p ?y } GROUP BY (STR(?x) AS ?k) HAVING(COUNT(*) < 2)",
        {"e p f"},
    ),
    "groups by an expression that is not shown": (
        "SELECT (COUNT(*) AS ?n) { ?x :p ?y } GROUP BY (STR(?x) AS ?k) HAVING(COUNT(*) < 2)",
        {"e p f"},
    ),
    "a limit": ("SELECT ?y { ?x :p ?y } ORDER BY STR(?x) STR(?y) LIMIT 1", {"a p b"}),
    "a limit and an offset": ("SELECT * { ?x :p ?y } ORDER BY STR(?x) STR(?y) OFFSET 1 LIMIT 1", {"a p d"}),
    "a limit on an expression": (
        "SELECT (STR(?y) AS ?s) { ?x :p ?y } ORDER BY STR(?x) STR(?y) LIMIT 1",
        {"a p b"},
    ),
    "a limit on distinct rows": (
        "SELECT DISTINCT ?x { ?x :p ?y } ORDER BY STR(?x) LIMIT 1",
        {"a p b", "a p d"},
    ),
    "a limit on distinct expressions": (
        "SELECT DISTINCT (STR(?x) AS ?s) { ?x :p ?y } ORDER BY ?s LIMIT 1",
        {"a p b", "a p d"},
    ),
    "a subquery": ("SELECT * { { SELECT ?y { ?x :p ?y } } ?y :q ?z }", {"a p b", "b q c"}),
    "a subquery that hides a name used outside": (
        "SELECT * { :x :p ?x { SELECT ?z { ?x :q ?z } } }",
        {"x p 1", "x p 2", "b q c"},
    ),
    "a subquery that counts": (
        "SELECT * { { SELECT ?x (COUNT(*) AS ?n) { ?x :p ?y } GROUP BY ?x } FILTER(?n < 2) }",
        {"e p f"},
    ),
    "a subquery in an optional": (
        "SELECT * { ?x :q ?z OPTIONAL { SELECT ?x (MAX(?w) AS ?m) { ?x :p/:r ?w } GROUP BY ?x } }",
        {"b q c"},
    ),
    "a subquery in a subquery": (
        "SELECT * { { SELECT ?y (COUNT(*) AS ?n) { { SELECT ?y ?z { ?y :q ?z } } } GROUP BY ?y } ?x :p ?y }",
        {"a p b", "b q c"},
    ),
    "a subquery with a limit": (
        "SELECT * { { SELECT ?y { ?x :p ?y } ORDER BY STR(?x) STR(?y) LIMIT 1 } }",
        {"a p b"},
    ),
    "a subquery with values behind": ("SELECT * { { SELECT ?x { ?x :p ?y } VALUES ?y { :b } } }", {"a p b"}),
    "a subquery with an expression": (
        "SELECT * { { SELECT (:b AS ?y) { ?x :q :c } } ?w :p ?y }",
        {"a p b", "b q c"},
    ),
    "names that begin as ours": ("SELECT * { ?trace1 :p/:q ?trace_2 }", {"a p b", "b q c"}),
    "a comment behind the last pattern": ("SELECT * { ?x :q/:none|:q ?y # the end }\n}", {"b q c"}),
}


@pytest.mark.parametrize(("query", "expected"), CASES.values(), ids=CASES)
def test_triples_behind(graph, query: str, expected: set[str]) -> None:
    assert behind(graph(DATA), query) == expected


GAPS = {
    "MINUS": ("SELECT * { ?x :p ?y MINUS { ?y :q ?z } }", Reason.ABSENCE),
    "NOT EXISTS": ("SELECT * { ?x :p ?y FILTER NOT EXISTS { ?y :q ?z } }", Reason.ABSENCE),
    "NOT EXISTS in an expression": ("SELECT * { ?x :p ?y FILTER(true && NOT EXISTS { ?y :q ?z }) }", Reason.ABSENCE),
    "EXISTS": ("SELECT * { ?x :p ?y FILTER EXISTS { ?y :q ?z } }", Reason.EXISTS),
    "a path of any length": ("SELECT * { :g :next* ?y }", Reason.REPEATED_PATH),
    "a path of any length in a sequence": ("SELECT * { :g :next+/:next ?y }", Reason.REPEATED_PATH),
    "a path that excludes": ("SELECT * { :b !:n ?y }", Reason.NEGATED_PATH),
    "no row": ("SELECT * { ?x :none ?y }", Reason.FALSE),
    "an answer of no": ("ASK { ?x :none ?y }", Reason.FALSE),
    "CONSTRUCT": ("CONSTRUCT { ?x :p ?y } WHERE { ?x :p ?y }", Reason.FORM),
    "DESCRIBE": ("DESCRIBE :a", Reason.FORM),
    "a triple term": ("SELECT * { ?x :p <<( :a :p ?y )>> }", Reason.UNREAD),
    "a query of many triples": ("SELECT * {" + " ?x :p ?y ." * 1000 + "}", Reason.TOO_LONG),
    "groups nested deep": ("SELECT * " + "{" * 150 + "?x :p ?y" + "}" * 150, Reason.TOO_LONG),
    "a long query": ("SELECT * { ?x :p ?y } #" + "x" * 20_000, Reason.TOO_LONG),
}


@pytest.mark.parametrize(("query", "reason"), GAPS.values(), ids=GAPS)
def test_what_cannot_be_traced_is_said(graph, query: str, reason: Reason) -> None:
    assert reason in reasons(graph(DATA), query)


def test_what_stands_beside_an_untraceable_path_is_traced(graph) -> None:
    assert behind(graph(DATA), "SELECT * { ?x :q :c . :g :next+/:next ?y }") >= {"b q c", "h next i"}


def test_functions_that_the_other_parser_does_not_know_do_no_harm(graph) -> None:
    query = 'SELECT * { ?x :q ?y FILTER(!isTRIPLE(?y)) BIND(STRLANGDIR("a", "en", "ltr") AS ?z) }'
    assert behind(graph(DATA), query) == {"b q c"}


def test_more_triples_than_are_looked_up_are_cut_and_that_is_said(graph) -> None:
    many = " . ".join(f":s{i} :p {i}" for i in range(40)) + " ."
    found = find_triples(PREFIX + "SELECT * { ?x :p ?y }", graph(many), most=25)
    assert len(found.triples) == 25
    assert Reason.CUT in {gap.reason for gap in found.gaps}


def test_several_optionals_with_many_solutions_each_are_traced_whole(graph) -> None:
    # 60 × 60 × 60 rows are more than are read at once.
    many = " ".join(f":a :p{k} {i} ." for k in range(3) for i in range(60))
    query = "SELECT * { " + " ".join(f"OPTIONAL {{ :a :p{k} ?v{k} }}" for k in range(3)) + " }"
    found = find_triples(PREFIX + query, graph(many))
    assert len(found.triples) == 180
    assert found.gaps == ()


def test_a_node_without_a_value_is_not_taken_for_every_annotation(asking) -> None:
    seen: list[int] = []

    def ask(text: str):
        table = asking(text)
        seen.append(len(table.rows))
        return table

    owl = "http://www.w3.org/2002/07/owl#"
    find_triples(f"SELECT * {{ VALUES ?x {{ 1 }} OPTIONAL {{ ?a <{owl}annotatedSource> <http://e/nothing> }} }}", ask)
    assert seen
    assert max(seen) == 1


def test_a_relative_name_is_read_against_the_base(graph) -> None:
    found = find_triples(
        "SELECT * { <a> <p> ?y }", lambda text: graph(DATA)(f"BASE <http://e/> {text}"), base="http://e/"
    )
    assert len(found.triples) == 2


def test_every_question_is_traced_or_says_why_not(project, asking) -> None:
    for path in project.questions():
        found = find_triples(read_query(path).text, asking)
        assert found.triples, path.name
        # Some ask of the whole graph, of which the first so many triples are traced.
        assert {gap.reason for gap in found.gaps} <= {Reason.ABSENCE, Reason.REPEATED_PATH, Reason.CUT}, path.name


@given(st.text(alphabet='{}()[]<>?:."#^/|*+ \nSELECTWHEROPIONAUGB1', max_size=60))
def test_any_text_is_traced_or_says_why_not(text: str) -> None:
    def refuse(_query: str) -> object:
        raise AssertionError("asked, though nothing was evaluated")

    try:
        found = find_triples(f"SELECT * {{ {text}", refuse)
    except AssertionError:
        return
    assert found.gaps or not found.triples


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o }", "ASK { { ?s ?p ?o } UNION { ?s ?p [] } }"])
def test_the_skeleton_of_a_query_keeps_its_groups(query: str) -> None:
    layout = read_layout(query)
    again = read_layout(skeleton(layout))
    assert skeleton(again).count("{") == skeleton(layout).count("{") == query.count("{")


SHAPES = ("plain", "distinct", "ask", "grouped", "subquery", "optional", "union", "limit")


@st.composite
def walks(draw: st.DrawFn, triples: list[ox.Triple]) -> list[tuple[str, str, str]]:
    """Draw patterns of triples that hang together, some of their terms as variables."""
    first = draw(st.sampled_from(triples))
    chosen = [first]
    for _step in range(draw(st.integers(0, 2))):
        ends = {term for triple in chosen for term in (triple.subject, triple.object)}
        near = [t for t in triples if (t.subject in ends or t.object in ends) and t not in chosen]
        if near:
            chosen.append(draw(st.sampled_from(near[:200])))
    nodes = list(dict.fromkeys(str(term) for triple in chosen for term in (triple.subject, triple.object)))
    open_ = set(draw(st.lists(st.sampled_from(nodes), min_size=1, unique=True)))
    names = {node: f"?v{i}" if node in open_ or node.startswith("_:") else node for i, node in enumerate(nodes)}
    return [(names[str(t.subject)], str(t.predicate), names[str(t.object)]) for t in chosen]


def _solve(ask: Ask, patterns: list[tuple[str, str, str]], more: str = "") -> set[str]:
    """Return the triples that all solutions of `patterns` make of them."""
    made: set[str] = set()
    for record in ask(f"SELECT * {{ {_join(patterns)} }} {more}").records():
        made |= {
            " ".join(str(record[slot[1:]]) if slot.startswith("?") else slot for slot in pattern)
            for pattern in patterns
        }
    return made


def _join(patterns: list[tuple[str, str, str]]) -> str:
    return " ".join(f"{' '.join(pattern)} ." for pattern in patterns)


@pytest.fixture(scope="session")
def facts(asking) -> list[ox.Triple]:
    """Triples of the release without blank nodes."""
    rows = asking(
        "SELECT ?s ?p ?o { ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) } ORDER BY STR(?s) STR(?p) STR(?o)"
    ).rows
    return [ox.Triple(*row) for row in dict.fromkeys(rows)]


@pytest.mark.slow
@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(data=st.data(), shape=st.sampled_from(SHAPES))
def test_the_trace_is_what_the_solutions_make_of_the_patterns(data: st.DataObject, shape: str, asking, facts) -> None:
    patterns = data.draw(walks(facts))
    variables = sorted({slot for pattern in patterns for slot in pattern if slot.startswith("?")})
    all_, first, rest = _join(patterns), patterns[:1], patterns[1:]
    # Patterns without a common variable multiply.
    assume(all(len(asking(f"SELECT * {{ {text} }} LIMIT 400").rows) < 400 for text in (all_, _join(rest))))
    order = "ORDER BY " + " ".join(f"STR({name})" for name in variables) + " LIMIT 2"
    query, expected = {
        "plain": lambda: (f"SELECT * {{ {all_} }}", _solve(asking, patterns)),
        "distinct": lambda: (f"SELECT DISTINCT {variables[0]} {{ {all_} }}", _solve(asking, patterns)),
        "ask": lambda: (f"ASK {{ {all_} }}", _solve(asking, patterns)),
        "grouped": lambda: (
            f"SELECT (COUNT(*) AS ?n) {{ {all_} }} GROUP BY {variables[0]}",
            _solve(asking, patterns),
        ),
        "subquery": lambda: (
            f"SELECT ?n {{ {{ SELECT {variables[-1]} (COUNT(*) AS ?n) {{ {all_} }} GROUP BY {variables[-1]} }} }}",
            _solve(asking, patterns),
        ),
        "optional": lambda: (
            f"SELECT {variables[0]} {{ {_join(first)} OPTIONAL {{ {_join(rest)} }} }}",
            _solve(asking, first) | _solve(asking, patterns),
        ),
        "union": lambda: (
            f"SELECT {variables[0]} {{ {{ {_join(first)} }} UNION {{ {_join(rest)} }} }}",
            _solve(asking, first) | _solve(asking, rest),
        ),
        "limit": lambda: (f"SELECT {variables[0]} {{ {all_} }} {order}", _solve(asking, patterns, order)),
    }[shape]()
    assume(len(expected) < 2000)
    found = find_triples(query, asking)
    assert {" ".join(map(str, item.triple)) for item in found.triples} == expected
    assert not found.gaps
