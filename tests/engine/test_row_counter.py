"""The number of rows, counted in the bytes of a result, is that of the result."""

from __future__ import annotations

import io

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from computeatlas.engine.row_counter import RowCounter
from computeatlas.engine.serialise import RDF_FORMATS, RESULT_FORMATS, serialise
from computeatlas.model.mediatypes import CSV, FORMATS, TURTLE

BY_NAME = {form.name: form for form in FORMATS}
#: Strings that look like what stands between rows.
NASTY = [
    "},{",
    '},{"',
    '"bindings":[{"x',
    "<result>",
    "</result><result>",
    "\n",
    "\r\n",
    "\\",
    '"',
    "},",
    "{",
    "\t",
    "]]>",
]
strings = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=4)), max_size=3).map("".join)


def literal(text: str) -> ox.Literal:
    return ox.Literal("".join(char for char in text if not 0xD800 <= ord(char) < 0xE000))


def count(name: str, data: bytes, size: int) -> int | None:
    counter = RowCounter(BY_NAME[name])
    for start in range(0, len(data), size):
        counter.add(data[start : start + size])
    return counter.rows


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
@given(rows=st.lists(st.tuples(strings, st.none() | strings), max_size=6), data=st.data())
@example(rows=[("},{", "},{"), ("<result>", "\n")], data=None)
def test_rows_of_a_table(name: str, rows: list[tuple[str, str | None]], data: st.DataObject | None) -> None:
    store = ox.Store()
    graph = ox.DefaultGraph()
    for number, (first, second) in enumerate(rows):
        row = ox.NamedNode(f"http://e/{number}")
        store.add(ox.Quad(row, ox.NamedNode("http://e/p"), literal(first), graph))
        if second is not None:
            store.add(ox.Quad(row, ox.NamedNode("http://e/q"), literal(second), graph))
    query = "SELECT ?bindings ?y { ?s <http://e/p> ?bindings OPTIONAL { ?s <http://e/q> ?y } }"
    buffer = io.BytesIO()
    store.query(query).serialize(buffer, RESULT_FORMATS[name])
    text = buffer.getvalue()
    sizes = [1, 2, 7, len(text)] if data is None else [data.draw(st.integers(1, len(text)))]
    for size in sizes:
        assert count(name, text, size) == len(rows)


@pytest.mark.parametrize("name", ["nt", "nq"])
@given(rows=st.sets(strings.map(literal), max_size=6), size=st.integers(1, 300))
def test_rows_of_a_graph(name: str, rows: set[ox.Literal], size: int) -> None:
    subject, predicate = ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p")
    text = serialise([ox.Triple(subject, predicate, row) for row in rows], RDF_FORMATS[name])
    assert count(name, text, size) == len(rows)


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
def test_triple_terms_and_unbound_variables_are_no_rows(name: str) -> None:
    buffer = io.BytesIO()
    query = "SELECT ?x ?y { VALUES (?x ?y) { (<<(<a:s> <a:p> <<(<a:s> <a:p> 1)>>)>> 1) (UNDEF 2) (3 UNDEF) } }"
    ox.Store().query(query).serialize(buffer, RESULT_FORMATS[name])
    assert {count(name, buffer.getvalue(), size) for size in range(1, 40)} == {3}


@pytest.mark.parametrize("form", [CSV, TURTLE], ids=lambda form: form.name)
def test_a_format_whose_bytes_do_not_tell_has_no_number(form) -> None:
    counter = RowCounter(form)
    counter.add(b"a\r\nb\r\n")
    assert counter.rows is None
