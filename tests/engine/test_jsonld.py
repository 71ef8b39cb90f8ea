"""JSON-LD: what would be left out silently is an error with its place, and documents of nothing are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.load import DataFile, load_file, read_bytes
from computeatlas.model.errors import DataError

BASE = "http://e.example/base/"
BAD = [
    "not an iri",
    "http://e.example/a b",
    "<http://e.example/a>",
    'http://e.example/"a"',
    "http://e.example/{a}",
    "http://e.example/a|b",
    "http://e.example/a\\b",
    "http://e.example/a^b",
    "http://e.example/`a`",
    "http://e.example/a\tb",
    "http://e.example/%zz",
    "http://[bad",
    "http://e.example/a[b",
    "http://e.example/#a#b",
    "_:b c",
    "e:a b",
    " ",
]
GOOD = [
    "http://e.example/a",
    "http://e.example/%20a#b",
    "http://[::1]/a",
    "relative",
    "",
    "#part",
    "../up?a=b#c",
    "//[::1]/a",
    "e:a",
    "my_prefix:a",
    "_:b",
    "urn:isbn:1",
    "http://e.example/å日本😀",
]


def quads(document: object, **more: object) -> list[ox.Quad]:
    data = document if isinstance(document, bytes) else json.dumps(document, **more).encode()  # type: ignore[arg-type]
    return list(read_bytes(data, "jsonld", BASE))


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize(
    "around",
    [
        lambda node: node,
        lambda node: [{"@id": "http://e.example/good", "e:p": 1}, node],
        lambda node: {"@id": "http://e.example/good", "e:p": [1, node]},
        lambda node: {"@id": "http://e.example/good", "e:p": {"@id": node["@id"]}},
        lambda node: {"@id": node["@id"], "@graph": [{"@id": "http://e.example/good", "e:p": 1}]},
    ],
    ids=["alone", "beside another", "in another", "as an object", "as a graph"],
)
def test_an_id_that_is_no_iri_is_refused(name: str, around: Callable[[dict[str, object]], object]) -> None:
    for more in ({}, {"ensure_ascii": False}, {"indent": 2}):
        with pytest.raises(DataError, match="an @id is no IRI") as raised:
            quads(around({"@id": name, "e:p": 1}), **more)
        assert json.dumps(name, ensure_ascii=False) in raised.value.what


@pytest.mark.parametrize("name", GOOD)
def test_an_id_that_is_an_iri_is_taken(name: str) -> None:
    for more in ({}, {"ensure_ascii": False}):
        (quad,) = quads({"@context": {"my_prefix": "http://e.example/"}, "@id": name, "e:p": "x"}, **more)
        assert isinstance(quad.subject, ox.BlankNode if name == "_:b" else ox.NamedNode)


def test_the_place_is_that_of_the_name() -> None:
    data = '[{"@id": "e:å", "e:p": 1},\n {"e:p": "å", "@id": "a b", "e:q": 1}]'.encode()
    with pytest.raises(DataError) as raised:
        quads(data)
    assert (raised.value.line, raised.value.column) == (2, 22)
    assert raised.value.hint


def test_another_name_of_id_is_known_by_the_context() -> None:
    with pytest.raises(DataError, match="an @id is no IRI"):
        quads({"@context": {"id": "@id", "@vocab": "e:"}, "p": 1, "q": {"id": "a b"}})


@pytest.mark.parametrize(
    "document",
    [
        {"@context": {"p": {"@id": "e:p", "@type": "@json"}}, "@id": "e:s", "p": {"@id": "a b"}},
        {"@id": "e:s", "e:p": {"@type": "@json", "@value": {"@id": "a b"}}},
        {"@id": "e:s", "e:p": '"@id": "a b"'},
        {"@id": "e:s", "e:p": '\\"@id": "a b"'},
        {"@context": {"@vocab": "e:"}, "@id": "e:s", "id": "a b"},
        [
            {"@context": {"id": "@id"}, "id": "e:s", "e:p": 1},
            {"@context": {"@vocab": "e:"}, "@id": "e:s", "id": "a b"},
        ],
    ],
)
def test_what_only_looks_like_an_id_is_content(document: object) -> None:
    assert len(quads(document)) == len(document if isinstance(document, list) else [document])


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("e:p"), inner),
    )
)
def test_content_of_any_kind_is_no_id(value: object) -> None:
    """Members that are not named `@id` are never taken for one, whatever text they hold."""
    document = {"@id": "e:s", "e:q": json.dumps({"@id": "a b", "held": value})}
    (quad,) = quads(document)
    assert json.loads(quad.object.value) == {"@id": "a b", "held": value}


@pytest.mark.parametrize(
    "document",
    [
        {"name": "Ada"},
        {"@id": "e:s", "name": "Ada"},
        [{"@id": "e:s", "p": [{"@id": "e:o"}]}],
        {"@graph": [{"name": {"first": "Ada"}}]},
        {"@id": "e:s", "name": {"@value": "Ada"}},
        {"@id": "e:s", "@reverse": {"p": {"@id": "e:o"}}},
        {"@context": {"@base": None}, "@id": "relative", "e:p": 1},
        {"@id": "e:s", "@type": "a type"},
        [{"@value": "x"}],
        "text",
    ],
)
def test_content_of_which_no_triple_comes_is_refused(document: object) -> None:
    with pytest.raises(DataError, match="no triple comes of this JSON-LD") as raised:
        quads(document)
    assert "@context" in (raised.value.hint or "")


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        [{}],
        {"@graph": []},
        {"@graph": [{}]},
        {"@context": {"name": "e:name"}},
        {"@context": {"name": "e:name"}, "@graph": []},
        {"@id": "e:s"},
        {"@id": "e:s", "e:p": None},
        {"@id": "e:s", "e:p": []},
        {"@id": "e:s", "e:p": {"@value": None}},
        {"@id": "e:s", "e:p": [{"@set": [None]}]},
        {"@id": "e:s", "@type": []},
        json.dumps([]).encode("utf-8-sig"),
    ],
)
def test_a_document_of_nothing_is_an_empty_graph(document: object) -> None:
    assert quads(document) == []


@pytest.mark.parametrize(
    "data", [b'{"@id": "a b', b'{"@id": "a b\\', b'{"@id": "\\x y", "e:p": 1}', b'{"@id": "\xff \xff"}']
)
def test_malformed_json_is_the_error_of_the_parser(data: bytes) -> None:
    with pytest.raises(SyntaxError):
        quads(data)


@pytest.mark.parametrize("document", [{"@id": "a b", "e:p": 1}, {"name": "Ada"}])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_refused_as_an_upload_is(tmp_path: Path, document: object, mark: bytes) -> None:
    path = tmp_path / "data.jsonld"
    path.write_bytes(mark + json.dumps(document).encode())
    with pytest.raises(DataError, match=r"no IRI|no triple") as raised:
        load_file(ox.Store(), DataFile(str(path)))
    assert "data.jsonld" in str(raised.value)
