"""Parameters as they are sent: the same as the standard library reads, and errors where it would guess."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, quote_plus, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.web.endpoints.operation import FORM, Operation, _decode, absolute, parameters, read_query, read_update
from computeatlas.web.http.problems import RequestError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
#: Pieces of which well-formed input is made, escaped or not.
pieces = st.one_of(
    texts.map(quote_plus),
    texts.map(lambda text: quote(text, safe="")),
    texts.map(lambda text: "".join(f"%{byte:02x}" for byte in text.encode())),
    st.text("abcXYZ019-._~*!'():/?@,$;\r\n\t\x00 \"<>", max_size=6),
    st.sampled_from(["+", "=", "&", "==", "&&", "%3D", "%26", "%2B", "%0A", "%0D%0A", "=%0A"]),
)
inputs = st.lists(pieces, max_size=12).map(lambda parts: "".join(parts).encode())


@given(inputs)
def test_parameters_are_those_of_the_standard_library(raw: bytes) -> None:
    expected = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict")
    assert parameters(raw, "query string") == expected


@given(
    st.lists(
        st.sampled_from(["=", "%", "\n", "\r", "_", " ", "\t", ".", "a", "%41", "%3d", "%0D"]) | pieces, max_size=15
    )
)
def test_percent_encoding_is_that_of_the_standard_library(parts: list[str]) -> None:
    # A percent sign that begins no escape is refused before.
    text = "".join(part for part in parts if part != "%").encode()
    assert _decode(text) == unquote_to_bytes(text).decode()


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        pairs = parameters(raw, "form")
    except RequestError as error:
        assert error.kind == "encoding"
    else:
        assert pairs == parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")


@pytest.mark.parametrize(
    "raw, kind",
    [
        (b"query=%", "encoding"),
        (b"query=%4", "encoding"),
        (b"query=%zz", "encoding"),
        (b"%u0041=x", "encoding"),
        (b"query=%ff", "encoding"),
        (b"query=%ed%a0%80", "encoding"),
        ("query=é".encode(), "encoding"),
        (b"a=1&" * 1001, "too-many-parameters"),
    ],
)
def test_what_cannot_be_read(raw: bytes, kind: str) -> None:
    with pytest.raises(RequestError) as caught:
        parameters(raw, "query string")
    assert caught.value.kind == kind
    assert "query string" in caught.value.what


def kind_of(method: str, content_type: str | None, query: bytes, body: bytes) -> str:
    with pytest.raises(RequestError) as caught:
        read_query(method, content_type, query, body)
    return caught.value.kind


def test_queries_that_are_none() -> None:
    assert kind_of("GET", None, b"query=a&query=b", b"") == "two-queries"
    assert kind_of("GET", None, b"query=a&update=b", b"") == "two-queries"
    assert kind_of("POST", FORM, b"", b"x=y") == "no-query"
    assert kind_of("POST", "application/sparql-query", b"query=a", b"ASK {}") == "two-queries"
    assert kind_of("POST", "application/sparql-query", b"", b"\xff") == "encoding"
    assert kind_of("POST", "application/sparql-query;charset=latin-1", b"", b"ASK {}") == "content-type"
    assert kind_of("POST", "text/plain", b"", b"ASK {}") == "content-type"
    assert kind_of("POST", None, b"", b"ASK {}") == "content-type"


@pytest.mark.parametrize(
    "content_type, query, body",
    [
        ("application/sparql-query", b"format=csv", b"ASK {}"),
        ("Application/SPARQL-Query; charset=UTF-8", b"format=csv", b"ASK {}"),
        (FORM, b"format=csv", b"query=ASK+%7B%7D"),
        (FORM + "; charset=utf-8", b"", b"query=ASK%20%7B%7D&format=csv"),
    ],
)
def test_a_query_by_post(content_type: str, query: bytes, body: bytes) -> None:
    operation = read_query("POST", content_type, query, body)
    assert (operation.text, operation.value("format")) == ("ASK {}", "csv")


def test_the_data_set_of_a_form_is_that_of_its_body() -> None:
    operation = read_query("POST", FORM, b"default-graph-uri=a:url&format=csv", b"query=x&default-graph-uri=a:body")
    assert operation.iris("default-graph-uri", "http://h/sparql") == ("a:body",)
    assert operation.value("format") == "csv"


def test_a_get_without_a_query_has_none() -> None:
    assert read_query("GET", None, b"format=ttl", b"").text is None


def test_updates() -> None:
    assert read_update("application/sparql-update", b"", b"CLEAR ALL").text == "CLEAR ALL"
    assert read_update(FORM, b"", b"update=CLEAR+ALL").text == "CLEAR ALL"
    for content_type, body, kind in (
        (FORM, b"query=x", "no-update"),
        ("application/sparql-query", b"", "content-type"),
    ):
        with pytest.raises(RequestError) as caught:
            read_update(content_type, b"", body)
        assert caught.value.kind == kind


@pytest.mark.parametrize(
    "iri, resolved",
    [
        ("http://e/x", "http://e/x"),
        ("urn:x:y", "urn:x:y"),
        ("x", "http://h/x"),
        ("?x", "http://h/sparql?x"),
        ("//e/x", "http://e/x"),
        ("#x", "http://h/sparql#x"),
    ],
)
def test_iris_are_resolved(iri: str, resolved: str) -> None:
    assert absolute(iri, "http://h/sparql", "graph") == resolved


@pytest.mark.parametrize("iri", ["", "a b", "<http://e/>", "http://e/\n", 'a"', "a{b}", "//[x", "//[::1"])
def test_what_is_no_iri(iri: str) -> None:
    with pytest.raises(RequestError) as caught:
        absolute(iri, "http://h/sparql", "graph")
    assert caught.value.kind == "bad-iri"


@given(st.text(max_size=20))
def test_any_text_is_an_iri_or_an_error_of_ours(text: str) -> None:
    try:
        assert absolute(text, "http://h/sparql", "graph")
    except RequestError as error:
        assert error.kind == "bad-iri"


def test_the_first_value_that_is_not_empty_counts() -> None:
    operation = Operation(None, (("format", ""), ("format", "csv"), ("format", "xml")))
    assert operation.value("format") == "csv"
    assert operation.values("format") == ("", "csv", "xml")
    assert operation.value("timeout") is None
