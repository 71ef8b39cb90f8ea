"""Bodies that clients send compressed, at every endpoint that takes one, over HTTP."""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable
from urllib.parse import quote, urlencode

import brotli
import pytest
import zstandard

pytestmark = pytest.mark.slow

MIB = 1024 * 1024
ENCODE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "zstd, gzip": lambda data: gzip.compress(zstandard.ZstdCompressor().compress(data)),
}
FORM = "application/x-www-form-urlencoded"
TURTLE = "text/turtle"
COUNT = itertools.count()
BOMB = gzip.compress(bytes(512 * MIB), 1)
#: Endpoint → method and media type of a request that carries a body.
WRITES = {
    "store?default": ("PUT", TURTLE),
    "store?graph=http%3A%2F%2Fe.example%2Fnone": ("POST", TURTLE),
    "update": ("POST", "application/sparql-update"),
    "sparql": ("POST", "application/sparql-query"),
}


@pytest.fixture
def fresh(writable):
    """The name of a graph that is not there, and will not be there afterwards."""
    iri = f"http://e.example/compressed/{next(COUNT)}"
    yield iri
    writable.update(f"DROP SILENT GRAPH <{iri}>")


@pytest.mark.parametrize("coding", ENCODE)
def test_a_graph_is_put_and_added_to_compressed(writable, fresh: str, coding: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#section-8.4"""
    target, how = "store?graph=" + quote(fresh, safe=""), ("Content-Encoding", coding)
    assert writable.put(target, TURTLE, ENCODE[coding](b"<e:s> <e:p> 1 ."), how).status == 201
    assert writable.post(target, TURTLE, ENCODE[coding](b"<e:s> <e:p> 2 ."), how).status == 204
    values = f"SELECT ?o {{ GRAPH <{fresh}> {{ <e:s> <e:p> ?o }} }} ORDER BY ?o"
    assert writable.column(values) == ["1", "2"]


@pytest.mark.parametrize("coding", ENCODE)
def test_an_update_comes_compressed(writable, fresh: str, coding: str) -> None:
    text = f"INSERT DATA {{ GRAPH <{fresh}> {{ <e:s> <e:p> 3 }} }}".encode()
    how = ("Content-Encoding", coding)
    assert writable.post("update", "application/sparql-update", ENCODE[coding](text), how).status == 204
    assert writable.column(f"SELECT ?o {{ GRAPH <{fresh}> {{ ?s ?p ?o }} }}") == ["3"]


@pytest.mark.parametrize("coding", ENCODE)
@pytest.mark.parametrize("media_type", [FORM, "application/sparql-query"])
def test_a_query_comes_compressed(readonly, coding: str, media_type: str) -> None:
    text = "ASK { ?s ?p 42 }"
    body = (urlencode({"query": text}) if media_type == FORM else text).encode()
    answer = readonly.post("sparql", media_type, ENCODE[coding](body), ("Content-Encoding", coding))
    assert (answer.status, answer.json["boolean"]) == (200, True)


def test_a_body_of_unknown_length_comes_compressed(readonly) -> None:
    """https://www.rfc-editor.org/rfc/rfc9112#section-7.1: chunks, which may end anywhere in the stream."""
    body = gzip.compress(b"ASK { ?s ?p 42 }")
    chunks = b"".join(b"1\r\n%b\r\n" % body[at : at + 1] for at in range(len(body))) + b"0\r\n\r\n"
    how = (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))
    answer = readonly.post("sparql", "application/sparql-query", chunks, *how)
    assert (answer.status, answer.json["boolean"]) == (200, True)


@pytest.mark.parametrize("target", WRITES)
def test_a_bomb_is_too_large(narrow, target: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#section-15.5.14: what counts is what it decodes to."""
    method, media_type = WRITES[target]
    fields = [("Content-Type", media_type), ("Content-Encoding", "gzip, gzip")]
    answer = narrow.send(method, target, fields, gzip.compress(BOMB))
    assert answer.status == 413
    assert answer.json["type"].endswith("#body-too-large")


@pytest.mark.parametrize("target", WRITES)
@pytest.mark.parametrize("coding", ENCODE)
@pytest.mark.parametrize("spoil", [lambda body: body[:-3], lambda _: b"ASK {}"], ids=["cut off", "not coded"])
def test_what_cannot_be_decoded_is_the_fault_of_the_request(writable, target: str, coding: str, spoil) -> None:
    method, media_type = WRITES[target]
    fields = [("Content-Type", media_type), ("Content-Encoding", coding)]
    answer = writable.send(method, target, fields, spoil(ENCODE[coding](b"<e:s> <e:p> 1 .")))
    assert answer.status == 400
    assert answer.json["type"].endswith("#content-coding")
    assert coding.rpartition(", ")[2] in answer.json["detail"]


@pytest.mark.parametrize("target", WRITES)
@pytest.mark.parametrize("coding", ["compress", "x", "gzip, bzip2", "gzip, gzip, gzip"])
def test_a_coding_that_is_not_taken_is_unsupported(writable, target: str, coding: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3: the answer says which codings are."""
    method, media_type = WRITES[target]
    answer = writable.send(method, target, [("Content-Type", media_type), ("Content-Encoding", coding)], b"x")
    assert answer.status == 415
    assert answer.items("Accept-Encoding") >= {"gzip", "deflate", "br", "zstd"}
