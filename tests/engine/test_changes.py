"""Changes of the data set: what is there afterwards, and whether a graph came into being."""

from __future__ import annotations

import io

import pyoxigraph as ox
import pytest

from computeatlas.engine.changes import Change, apply_change
from computeatlas.engine.literal_forms import LiteralForms
from computeatlas.model.errors import DataError, GraphMissingError, QueryEvaluationError, QuerySyntaxError

ONE, NEW = "http://e/one", "http://e/new"
TRIPLE = b"<a:s> <a:p> 7 ."
QUADS = b"<a:s> <a:p> 8 . <http://e/new> { <a:s> <a:p> 9 }"


@pytest.fixture
def store() -> ox.Store:
    store = ox.Store()
    store.load(b"<a:s> <a:p> 0 . <http://e/one> { <a:s> <a:p> 1 }", ox.RdfFormat.TRIG)
    return store


def change(store: ox.Store, verb: str, *pieces: tuple[str, bytes], **more) -> bool:
    """Make the change whose data are `pieces`, each with its format, behind something else in the file."""
    file = io.BytesIO(b"head of a form")
    file.seek(0, 2)
    parts = []
    for name, data in pieces:
        parts.append((name, file.tell(), len(data)))
        file.write(data + b"boundary")
    made = Change.from_data(Change(verb, parts=tuple(parts), **more).as_data())
    return apply_change(store, made, file)


def numbers(store: ox.Store) -> dict[str, list[str]]:
    """Return graph → the numbers in it; the default graph is `-`."""
    found: dict[str, list[str]] = {graph.value: [] for graph in store.named_graphs()}
    found["-"] = []
    for quad in store:
        graph = "-" if quad.graph_name == ox.DefaultGraph() else quad.graph_name.value
        found[graph].append(quad.object.value)
    return {graph: sorted(values) for graph, values in found.items()}


def test_put_makes_a_graph(store: ox.Store) -> None:
    assert change(store, "put", ("ttl", TRIPLE), graph=NEW) is True
    assert numbers(store) == {"-": ["0"], ONE: ["1"], NEW: ["7"]}


def test_put_replaces_a_graph(store: ox.Store) -> None:
    assert change(store, "put", ("ttl", TRIPLE), graph=ONE) is False
    assert numbers(store) == {"-": ["0"], ONE: ["7"]}


def test_put_replaces_the_default_graph(store: ox.Store) -> None:
    assert change(store, "put", ("ttl", TRIPLE)) is False
    assert numbers(store) == {"-": ["7"], ONE: ["1"]}


def test_put_of_nothing_leaves_an_empty_graph(store: ox.Store) -> None:
    assert change(store, "put", ("ttl", b""), graph=NEW) is True
    assert change(store, "put", ("ttl", b""), graph=ONE) is False
    assert numbers(store) == {"-": ["0"], ONE: [], NEW: []}


def test_post_adds_to_a_graph(store: ox.Store) -> None:
    assert change(store, "post", ("ttl", TRIPLE), graph=ONE) is False
    assert change(store, "post", ("ttl", TRIPLE)) is False
    assert change(store, "post", ("ttl", TRIPLE), graph=NEW) is True
    assert numbers(store) == {"-": ["0", "7"], ONE: ["1", "7"], NEW: ["7"]}


@pytest.mark.parametrize("verb, old", [("put", []), ("post", ["1"])])
def test_every_part_of_a_form_goes_to_the_graph(store: ox.Store, verb: str, old: list[str]) -> None:
    parts = [("ttl", TRIPLE), ("nt", b'<a:s> <a:p> "8" .\n'), ("jsonld", b'{"@id": "a:s", "a:p": "9"}')]
    assert change(store, verb, *parts, graph=ONE) is False
    assert numbers(store) == {"-": ["0"], ONE: [*old, "7", "8", "9"]}


def test_delete_takes_a_graph_away(store: ox.Store) -> None:
    assert change(store, "delete", graph=ONE) is False
    assert numbers(store) == {"-": ["0"]}


def test_delete_of_the_default_graph_empties_it(store: ox.Store) -> None:
    assert change(store, "delete") is False
    assert numbers(store) == {"-": [], ONE: ["1"]}


def test_delete_of_a_graph_that_is_not_there(store: ox.Store) -> None:
    with pytest.raises(GraphMissingError, match=NEW):
        change(store, "delete", graph=NEW)


def test_the_whole_data_set(store: ox.Store) -> None:
    assert change(store, "post", ("trig", QUADS), whole=True) is False
    assert numbers(store) == {"-": ["0", "8"], ONE: ["1"], NEW: ["9"]}
    assert change(store, "put", ("trig", QUADS), whole=True) is False
    assert numbers(store) == {"-": ["8"], NEW: ["9"]}
    assert change(store, "put", ("ttl", TRIPLE), whole=True) is False
    assert numbers(store) == {"-": ["7"]}
    assert change(store, "delete", whole=True) is False
    assert numbers(store) == {"-": []}


def test_relative_iris_are_resolved_against_the_graph_or_else_the_base(store: ox.Store) -> None:
    change(store, "put", ("ttl", b"<#s> <a:p> 7 ."), graph=NEW, base="http://other/")
    change(store, "put", ("ttl", b"<#s> <a:p> 8 ."), base="http://other/")
    assert {quad.subject.value: quad.object.value for quad in store if quad.object.value > "1"} == {
        f"{NEW}#s": "7",
        "http://other/#s": "8",
    }


def test_an_update(store: ox.Store) -> None:
    assert change(store, "update", ("", b"INSERT DATA { <s> <a:p> 5 }"), base="http://base/") is False
    assert numbers(store)["-"] == ["0", "5"]
    assert any(quad.subject.value == "http://base/s" for quad in store)


def test_a_malformed_update_names_its_place(store: ox.Store) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        change(store, "update", ("", b"INSERT DATA { <a:s> <a:p> 5 };\nDELETE ALL"))
    assert caught.value.line == 2
    assert numbers(store) == {"-": ["0"], ONE: ["1"]}


def test_a_malformed_update_that_was_rewritten_names_the_place_in_what_was_sent(store: ox.Store) -> None:
    sent = b"DELETE {?s ?p ?o}\nWHERE ?s"
    with pytest.raises(QuerySyntaxError) as caught:
        change(store, "update", ("", b"DELETE {?s ?p ?o} USING <a:g> \n\n\nWHERE ?s"), ("", sent))
    assert caught.value.line == 2


def test_an_update_that_cannot_be_evaluated(store: ox.Store) -> None:
    with pytest.raises(QueryEvaluationError, match="already exists"):
        change(store, "update", ("", f"CREATE GRAPH <{ONE}>".encode()))


@pytest.mark.parametrize("whole", [False, True])
def test_malformed_data_have_their_place(store: ox.Store, whole: bool) -> None:
    with pytest.raises(DataError) as caught:
        change(store, "put", ("ttl", TRIPLE), ("ttl", b"<a:s> <a:p> 7 .\n<a:s> 7"), graph=ONE, whole=whole)
    assert (caught.value.line, caught.value.column) == (2, 7)


@pytest.mark.parametrize("verb", ["put", "post", "delete"])
@pytest.mark.parametrize("name", ["http://[bad", "http://e/a b", "nothing"])
def test_the_name_of_a_graph_that_is_no_iri(store: ox.Store, verb: str, name: str) -> None:
    with pytest.raises(QueryEvaluationError, match="no IRI"):
        change(store, verb, ("ttl", TRIPLE), graph=name)
    assert numbers(store) == {"-": ["0"], ONE: ["1"]}


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("name", ["ttl", "trig"])
def test_a_byte_order_mark_before_an_upload_is_skipped(store: ox.Store, name: str, whole: bool) -> None:
    where = {"whole": True} if whole else {"graph": "http://e/marked"}
    change(store, "put", (name, b"\xef\xbb\xbf<a:s> <a:p> 7 ."), **where)
    assert ["7"] in numbers(store).values()


def test_an_upload_in_another_encoding_is_refused_with_its_name(store: ox.Store) -> None:
    with pytest.raises(DataError, match="UTF-16"):
        change(store, "post", ("ttl", "<a:s> <a:p> 7 .".encode("utf-16")))


def test_rdf_xml_with_text_in_pieces_is_read(store: ox.Store) -> None:
    text = (
        b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="a:"><r:Description r:about="a:s">'
        b"<a:p>one <!-- c -->two</a:p></r:Description></r:RDF>"
    )
    change(store, "put", ("rdf", text), graph="http://e/xml")
    graph = ox.NamedNode("http://e/xml")
    assert [quad.object for quad in store.quads_for_pattern(None, None, None, graph)] == [ox.Literal("one two")]


@pytest.mark.parametrize("name", ["ttl", "trig", "nq"])
def test_blank_nodes_of_two_uploads_are_not_one(store: ox.Store, name: str) -> None:
    for number in range(2):
        change(store, "post", (name, b'_:b <a:p> "%d" .' % number), graph="http://e/blank")
    found = store.quads_for_pattern(None, None, None, ox.NamedNode("http://e/blank"))
    assert len({quad.subject for quad in found}) == 2


def test_literals_that_lose_their_form_are_counted(store: ox.Store) -> None:
    forms = LiteralForms()
    data = b"<a:s> <a:p> 1.10, 2 ."
    apply_change(store, Change("post", parts=(("ttl", 0, len(data)),)), io.BytesIO(data), forms)
    assert forms.changed == 1


def test_declarations_stand_before_any_operation(store: ox.Store) -> None:
    update = (
        "INSERT DATA { <a:s> <a:p> 5 } ; PREFIX e: <http://e/> INSERT DATA { GRAPH e:one { e:a.b.c e:p 6 } } ;\n"
        "BASE <http://e/> PREFIX e: <a:> DELETE DATA { GRAPH <one> { e:s e:p 1 } }"
    )
    change(store, "update", ("", update.encode()))
    assert numbers(store) == {"-": ["0", "5"], ONE: ["6"]}


def test_an_error_behind_later_declarations_names_the_place_in_what_was_sent(store: ox.Store) -> None:
    update = (
        "CLEAR DEFAULT ;\nPREFIX e: <http://e/>\nCLEAR GRAPH e:one ;\nBASE <http://e/> INSERT DATA { e:a.b.c ?x 1 }"
    )
    with pytest.raises(QuerySyntaxError) as caught:
        change(store, "update", ("", update.encode()))
    assert (caught.value.line, caught.value.token) == (4, "?x")


@pytest.mark.parametrize(
    "update, altered",
    [
        ("INSERT DATA { <a:s> <a:p> 1.10, +01 , -1, 1, 1.5e0, true, '01' }", 3),
        ("PREFIX x: <http://www.w3.org/2001/XMLSchema#> INSERT DATA { <a:s> <a:p> '7'^^x:byte, 'x'^^x:string }", 1),
        ("BASE <http://www.w3.org/2001/> INSERT DATA { GRAPH <a:g> { <a:s> <a:p> '7'^^<XMLSchema#byte> } }", 1),
        ("PREFIX x: <http://www.w3.org/2001/XMLSchema#> INSERT DATA { <a:s> <a:p> '''1'''^^x:byte } ; "
         "INSERT DATA { <a:s> <a:p> '\\u0030\\u0031'^^x:int # '01'^^x:int\n }", 2),
        ("DELETE DATA { <a:s> <a:p> 01 } ; INSERT { ?s <a:p> 01 } WHERE { ?s <a:p> 02 }", 0),
        ("INSERT DATA { <a:s> <a:p>-01 }", 1),
        ("CREATE GRAPH <a:new> ; PREFIX x: <http://www.w3.org/2001/XMLSchema#> "
         "INSERT DATA { <a:s> <a:p> 'x'^^x:a.b.c, '1'^^x:int }", 1),
    ],
)  # fmt: skip
def test_literals_that_an_update_writes_out_are_counted(store: ox.Store, update: str, altered: int) -> None:
    forms = LiteralForms()
    data = update.encode()
    apply_change(store, Change("update", parts=(("", 0, len(data)),), base="http://e/"), io.BytesIO(data), forms)
    assert forms.changed == altered
