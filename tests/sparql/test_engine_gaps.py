"""Valid SPARQL that Oxigraph refuses: what it is rewritten to, seen in the engine."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.sparql.engine_gaps import replace_later_dots, split_update

BASE = "http://base/of/the/request"


def made(update: str) -> set[str]:
    """Return the triples after the pieces of `update`, as N-Triples has them."""
    store = ox.Store()
    for piece in split_update(update):
        store.update(piece.text, base_iri=BASE)
    return {f"{quad.subject} {quad.predicate} {quad.object}" for quad in store}


@pytest.mark.parametrize(
    "update, expected",
    [
        (
            "INSERT DATA { <a:s> <a:p> 'one' } ; PREFIX e: <http://e/> INSERT DATA { e:s e:p 'two' }",
            {'<a:s> <a:p> "one"', '<http://e/s> <http://e/p> "two"'},
        ),
        (  # A prefix may be declared again, and the others stay in force.
            "PREFIX e: <http://e/> PREFIX f: <http://f/> INSERT DATA { e:s f:p 1 } ;\n"
            "prefix e: <http://g/> INSERT DATA { e:s f:p 'x' } ; INSERT DATA { e:t f:p '; PREFIX e: <http://no/>' }",
            {
                '<http://e/s> <http://f/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>',
                '<http://g/s> <http://f/p> "x"',
                '<http://g/t> <http://f/p> "; PREFIX e: <http://no/>"',
            },
        ),
        (  # A base counts from where it is declared, and a relative prefix keeps the one it was declared under.
            "PREFIX o: <own/> BASE <http://a/x/> PREFIX r: <r/> INSERT DATA { <s> r:p 'one' } ;"
            "BASE <http://b/> INSERT DATA { <s> r:p 'two' . o:s <p> 'three' } ;"
            "BASE <sub/> INSERT DATA { <s> <p> 'four' }",
            {
                '<http://a/x/s> <http://a/x/r/p> "one"',
                '<http://b/s> <http://a/x/r/p> "two"',
                '<http://base/of/the/own/s> <http://b/p> "three"',
                '<http://b/sub/s> <http://b/sub/p> "four"',
            },
        ),
        (  # Later operations see what the earlier ones did.
            "INSERT DATA { <a:s> <a:p> 'x' } ; PREFIX e: <http://e/> DELETE { ?s ?p ?o } INSERT { ?s e:q ?o }"
            " WHERE { ?s ?p ?o } ; # and nothing more\nBASE <http://z/>",
            {'<a:s> <http://e/q> "x"'},
        ),
        ("PREFIX e: <http://e/> INSERT DATA { e:s e:p '1' } ;", {'<http://e/s> <http://e/p> "1"'}),
    ],
)
def test_declarations_between_operations_hold_from_there_on(update: str, expected: set[str]) -> None:
    assert made(update) == expected


def test_a_place_in_a_piece_is_one_in_the_whole() -> None:
    update = '''INSERT DATA { <a:s> <a:p> """é\n""" } ;\nPREFIX e: <a:> CLEAR SILENT GRAPH e:s ; BASE <a:> DROP ALL'''
    pieces = split_update(update)
    assert len(pieces) == 3
    for piece in pieces:
        assert all(new in (old, " ") for new, old in zip(piece.in_place, update, strict=False))
        ox.Store().update(piece.in_place)
    assert "DROP ALL" in pieces[2].in_place
    assert "PREFIX e: <a:>" in pieces[2].in_place


@pytest.mark.parametrize(
    "name, local",
    [
        ("e:a.b.c", "a.b.c"),
        ("e:a.b.c.d", "a.b.c.d"),
        ("e:a..b...c", "a..b...c"),
        (r"e:a\.b.c.d", "a.b.c.d"),
        (r"e:a.b\.c.d", "a.b.c.d"),
        ("e:1.2.3", "1.2.3"),
        ("e:v1.0:x.y", "v1.0:x.y"),
        ("e.f.g:a.b.c", "a.b.c"),
    ],
)
def test_names_with_several_groups_of_dots_name_their_iri(name: str, local: str) -> None:
    text = f"PREFIX e: <http://e/> PREFIX e.f.g: <http://e/> SELECT ({name} AS ?x) {{}} # {name}"
    (row,) = ox.Store().query(replace_later_dots(text, r"\."))
    assert row["x"] == ox.NamedNode("http://e/" + local)
    same_length = replace_later_dots(text, "_")
    assert len(same_length) == len(text)
    ox.Store().query(same_length)


@given(st.text(alphabet="eab:.\\<>;PREFIXBASE \n#'{}", max_size=60))
def test_no_text_makes_them_raise(text: str) -> None:
    replace_later_dots(text, "_")
    assert split_update(text)
    split_update(f"CLEAR ALL ; {text}; PREFIX e: <http://e/> CLEAR ALL")
