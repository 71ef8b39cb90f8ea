"""Updates with the data set of the request, queries with a limit: compared with what the engine makes of them."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.model.errors import DatasetConflictError
from computeatlas.sparql.rewrite import with_limit, with_offset, with_using

G, H, K = (f"http://e/{name}" for name in "ghk")


def filled() -> ox.Store:
    """Return a store with a triple of its own in each graph, and one that is in all."""
    store = ox.Store()
    for graph in (ox.DefaultGraph(), *map(ox.NamedNode, (G, H, K))):
        for value in (str(graph), "all"):
            store.add(ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal(value), graph))
    return store


def after(update: str) -> set[str]:
    store = filled()
    store.update(update)
    return {str(quad) for quad in store}


@pytest.mark.parametrize(
    "update, by_hand",
    [
        ("INSERT { ?s ?s ?o } WHERE { ?s ?p ?o }", "INSERT { ?s ?s ?o } @ WHERE { ?s ?p ?o }"),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "DELETE { ?s ?p ?o } @ WHERE { ?s ?p ?o }"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE { ?s ?p ?o } @ WHERE { ?s ?p ?o }"),
        ("DELETEWHERE{GRAPH ?g{?s ?p ?o}}", "DELETE {GRAPH ?g {?s ?p ?o}} @ WHERE {GRAPH ?g {?s ?p ?o}}"),
        ("DELETE{}INSERT{?g ?g 1}WHERE{GRAPH ?g{}}", "DELETE{} INSERT {?g ?g 1} @ WHERE {GRAPH ?g {}}"),
        (
            "PREFIX e: <http://e/> DELETE WHERE { ?s ?p 'all' # }\n } ; INSERT { e:x e:q ?o } WHERE { ?s e:p ?o }",
            "DELETE { ?s ?p 'all' } @ WHERE { ?s ?p 'all' };"
            "INSERT { <http://e/x> <http://e/q> ?o } @ WHERE { ?s <http://e/p> ?o }",
        ),
        ("INSERT { ?s ?p _:b } WHERE { ?s ?p '''} WHERE {''' }; CLEAR GRAPH <http://e/g>", "CLEAR GRAPH <http://e/g>"),
        ("BASE <http://z/> DELETE WHERE { ?s ?p ?o }", "DELETE { ?s ?p ?o } @ WHERE { ?s ?p ?o }"),
        ("INSERT { ?s ?s ?o } WHERE {{ SELECT * WHERE { ?s ?p ?o }}}", "INSERT { ?s ?s ?o } @ WHERE { ?s ?p ?o }"),
    ],
)
def test_update_with_a_data_set_does_what_one_written_by_hand_does(update: str, by_hand: str) -> None:
    by_hand = by_hand.replace("@", f"USING <{G}> USING NAMED <{H}>")
    assert after(with_using(update, [G], [H])) == after(by_hand)
    # And not by chance.
    assert "CLEAR" in update or after(update) != after(by_hand)


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <http://e/a> <http://e/b> 'WHERE {' }",
        "DELETE DATA { <http://e/a> <http://e/b> 'DELETE WHERE { ?s ?p ?o }' }",
        "LOAD <http://e/x> INTO GRAPH <http://e/g> ; CLEAR ALL ; DROP SILENT DEFAULT ; CREATE GRAPH <http://e/n>",
        "COPY <http://e/a> TO DEFAULT; MOVE DEFAULT TO GRAPH <http://e/a>; ADD <http://e/a> TO <http://e/b>",
        "PREFIX using: <http://e/> INSERT DATA { using:a using:with using:where } # USING <http://e/g>",
        "",
    ],
)
def test_operations_without_a_pattern_stay_as_they_are(update: str) -> None:
    assert with_using(update, [G], [H]) == update


def test_no_data_set_changes_nothing() -> None:
    update = "WITH <http://e/g> DELETE { ?s ?p ?o } USING <http://e/h> WHERE { ?s ?p ?o }"
    assert with_using(update) == update


@pytest.mark.parametrize(
    "update",
    [
        "WITH <http://e/g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "CLEAR ALL; with<http://e/g>INSERT{}WHERE{}",
        "INSERT { } USING <http://e/g> WHERE { }",
        "INSERT{}USING NAMED<http://e/g>WHERE{}",
        "INSERT{}#\nUSINGNAMED<http://e/g>WHERE{}",
        "PREFIX e: <http://e/> DELETE{}USINGe:g WHERE{}",
        "PREFIX e: <http://e/> WITHe:g DELETE{}WHERE{}",
        "PREFIX USINGe: <http://e/> PREFIX e: <http://e/> DELETE{}USINGe:g WHERE{}",
        "PREFIX e: <http://e/> PREFIX WITHe: <http://e/> WITHe:g DELETE{}WHERE{}",
    ],
)
def test_an_update_that_names_a_data_set_itself_is_refused(update: str) -> None:
    ox.Store().update(update)
    with pytest.raises(DatasetConflictError, match=r"line [12], column") as caught:
        with_using(update, [G])
    assert "not both" in str(caught.value)
    with pytest.raises(DatasetConflictError):
        with_using(update, [], [H])


@pytest.mark.parametrize(
    "iri", ["", "g", "/g", "//e/g", "http://e/a b", "http://e/> WHERE {}", "http://e/\n", "http://e/%zz", "http://e/{}",
            "http://e/\\u003E", 'http://e/"', "http://e/a#b#c", "http://e/[", "1:x", "http://e/\ue000", "http://e/\u0085"]
)  # fmt: skip
def test_what_is_no_absolute_iri_is_refused(iri: str) -> None:
    for arguments in (([iri], []), ([], [iri]), ([G, iri], [H])):
        with pytest.raises(DatasetConflictError, match="absolute IRI"):
            with_using("CLEAR ALL", *arguments)


@pytest.mark.parametrize("iri", [G, "urn:x:y", "http://[::1]:80/a", "http://e/å?q=1#f", "tag:e,2026:a%20b", "x:"])
def test_what_is_an_absolute_iri_reaches_the_engine_as_it_is(iri: str) -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o"), ox.NamedNode(iri)))
    store.update(with_using("INSERT { ?s ?p 'new' } WHERE { ?s ?p ?o }", [iri]))
    assert len(store) == 2


@given(st.text(st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=12))
def test_any_iri_is_taken_by_the_engine_or_refused(end: str) -> None:
    try:
        update = with_using("INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }", ["http://e/" + end])
    except DatasetConflictError:
        return
    ox.Store().update(update)


_TERM = st.sampled_from(["?s", "?o", "<http://e/s>"])
_OBJECT = st.sampled_from(["?o", "'all'", "'}'", '"""WHERE {"""', "?x", "1 # }\n", "'USING' "])
_TRIPLE = st.builds("{} {} {}".format, _TERM, st.sampled_from(["?p", "<http://e/p>"]), _OBJECT)
_QUADS = st.lists(st.one_of(_TRIPLE, st.builds("GRAPH ?g {{ {} }}".format, _TRIPLE)), min_size=1, max_size=2).map(
    " ".join
)
_PATTERN = st.recursive(
    st.one_of(_TRIPLE, st.builds("GRAPH {} {{ {} }}".format, st.sampled_from(["?g", f"<{H}>"]), _TRIPLE)),
    lambda p: st.one_of(
        st.builds("{{ {} }} UNION {{ {} }}".format, p, p),
        st.builds("{{ SELECT * WHERE {{ {} }} }}".format, p),
        st.builds("{{ {} }} FILTER EXISTS {{ {} }}".format, p, p),
        st.builds("OPTIONAL {{ {} }}".format, p),
    ),
    max_leaves=3,
)
#: An operation with a place for the data set, and what a request would send.
_OPERATIONS = st.one_of(
    st.builds(lambda q, p: (f"INSERT {{ {q} }}%sWHERE {{ {p} }}",) * 2, _QUADS, _PATTERN),
    st.builds(lambda q, p: (f"DELETE {{ {q} }}%swhere {{ {p} }}",) * 2, _QUADS, _PATTERN),
    st.builds(lambda d, i, p: (f"DELETE {{ {d} }}INSERT{{ {i} }}%sWHERE{{ {p} }}",) * 2, _QUADS, _QUADS, _PATTERN),
    st.builds(lambda q: (f"DELETE {{ {q} }}%sWHERE {{ {q} }}", f"DELETE WHERE {{ {q} }}"), _QUADS),
    st.sampled_from([("CLEAR DEFAULT",) * 2, ("INSERT DATA { <http://e/a> <http://e/b> '{WHERE' }",) * 2]),
)


def _distinct(update: str) -> bool:
    try:
        ox.Store().update(update)
    except SyntaxError:
        return False
    return True


@settings(deadline=None)
@given(
    st.lists(_OPERATIONS, min_size=1, max_size=3),
    st.sampled_from([" ; ", ";\n# ;\n", ";"]),
    st.sampled_from([([G], []), ([], [H]), ([G, K], [H]), ([H], [G, K])]),
)
def test_generated_updates_do_what_those_written_by_hand_do(
    operations: list[tuple[str, str]], between: str, dataset: tuple[list[str], list[str]]
) -> None:
    clause = "".join(f" USING <{iri}> " for iri in dataset[0]) + "".join(f" USING NAMED <{iri}> " for iri in dataset[1])
    by_hand = between.join(hand.replace("%s", clause) for hand, _ in operations)
    sent = between.join(send.replace("%s", " ") for _, send in operations)
    if _distinct(by_hand):
        assert after(with_using(sent, *dataset)) == after(by_hand)
    else:
        assert not _distinct(with_using(sent, *dataset))


@given(st.text(alphabet="DELETE WHERE{}<>?s;#'\n"), st.text(alphabet="INSERT WHERE{}<>?s;#'\n"))
def test_any_text_can_be_rewritten(one: str, two: str) -> None:
    for text in (one + two, "INSERT{" + one + "}WHERE{" + two, "DELETE WHERE" + one):
        assert isinstance(with_limit(text, 3), str)
        try:
            with_using(text, [G])
        except DatasetConflictError as error:
            assert "data set" in str(error)


@pytest.mark.parametrize(
    "query, limited",
    [
        ("SELECT * {}", "SELECT * {} LIMIT 5 "),
        ("SELECT * {} LIMIT 10", "SELECT * {} LIMIT 5"),
        ("SELECT*{}LIMIT10OFFSET3", "SELECT*{}LIMIT5OFFSET3"),
        ("SELECT * {} LIMIT 5", "SELECT * {} LIMIT 5"),
        ("SELECT * {} limit 004", "SELECT * {} limit 004"),
        ("SELECT * {} LIMIT 0", "SELECT * {} LIMIT 0"),
        ("SELECT * {} LIMIT " + "9" * 5000, "SELECT * {} LIMIT 5"),
        ("SELECT * {} OFFSET 3 # LIMIT 3", "SELECT * {} OFFSET 3 LIMIT 5  # LIMIT 3"),
        ("SELECT * {} VALUES ?x { 1 }", "SELECT * {}  LIMIT 5 VALUES ?x { 1 }"),
        ("SELECT*{}OFFSET3VALUES?x{1}", "SELECT*{}OFFSET3 LIMIT 5 VALUES?x{1}"),
        ("SELECT * {{SELECT * {} LIMIT 9} VALUES ?x {}}", "SELECT * {{SELECT * {} LIMIT 9} VALUES ?x {}} LIMIT 5 "),
        ("SELECT * {} # end", "SELECT * {} LIMIT 5  # end"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5 "),
        ("DESCRIBE <http://e/s>", "DESCRIBE <http://e/s> LIMIT 5 "),
        ("ASK {}", "ASK {}"),
        ("PREFIX select: <s:> ASK { select:a ?p 'SELECT' }", "PREFIX select: <s:> ASK { select:a ?p 'SELECT' }"),
        ("", ""),
    ],
)  # fmt: skip
def test_where_the_limit_goes(query: str, limited: str) -> None:
    assert with_limit(query, 5) == limited


_CLAUSES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(
        ["", "ORDER BY ?x", "ORDER BY DESC(?x) # LIMIT 2\n", "ORDERBY?x", "GROUP BY ?x HAVING(?x<7) ORDER BY ?x"]
    ),
    st.sampled_from(
        ["", " LIMIT 3", " LIMIT 100", " OFFSET 2", "\nLIMIT 4 OFFSET 1", " OFFSET 1 LIMIT 0", " OFFSET 1 LIMIT 0008"]
    ),
    st.sampled_from(["", " VALUES ?x { 1 2 3 4 5 }", " VALUES (?x ?z) { (1 'LIMIT 1') (2 UNDEF) }", " # LIMIT 1", "#"]),
    st.sampled_from(["", "\n", "\n# LIMIT 1\n", " #"]),
)
_BODIES = st.sampled_from(
    [
        "VALUES ?x { 1 2 3 4 5 6 7 8 }",
        "{ SELECT ?x WHERE { VALUES ?x { 1 2 3 4 5 6 7 8 } } ORDER BY ?x LIMIT 6 }",
        "VALUES ?x { 1 2 3 4 5 6 7 8 } FILTER(?x<9&&9>?x)",
        'VALUES ?x { 1 2 3 4 5 6 7 8 } VALUES ?y { \'LIMIT\' """#\n}""" }',
        "{ VALUES ?x { 1 } } UNION { VALUES ?x { 2 3 } }",
    ]
)


@settings(deadline=None)
@given(
    st.sampled_from(["SELECT ?x", "SELECT DISTINCT ?x WHERE", "SELECT(?x AS ?v)", "select ?x"]),
    _BODIES,
    _CLAUSES,
    st.integers(0, 9),
)
def test_a_limited_query_gives_the_first_rows_of_the_query(head: str, body: str, clauses: str, rows: int) -> None:
    query = f"{head} {{ {body} }} {clauses}"
    store = ox.Store()
    try:
        whole = [str(row) for row in store.query(query)]
    except SyntaxError:
        return
    assert [str(row) for row in store.query(with_limit(query, rows))] == whole[:rows]


@pytest.mark.parametrize(
    "query, there",
    [
        ("SELECT * { } OFFSET 0", "SELECT * { } OFFSET 7"),
        (
            "SELECT * { { SELECT * { } LIMIT 5 OFFSET 10 } } # OFFSET 3",
            "SELECT * { { SELECT * { } LIMIT 5 OFFSET 7 } }",
        ),
        ("# OFFSET 3\nSELECT * { ?offset ?p 'OFFSET 4' } OFFSET\n12", "'OFFSET 4' } OFFSET\n7"),
    ],
)
def test_an_offset_is_replaced_wherever_it_stands(query: str, there: str) -> None:
    assert there in with_offset(query, 7)


def test_a_query_without_an_offset_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        with_offset("SELECT * { } # OFFSET 1", 1)
