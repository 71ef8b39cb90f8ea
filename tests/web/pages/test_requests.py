"""Malformed requests to every address: whatever method, parameters and headers, the answer is a clear one."""

from __future__ import annotations

import http.client
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from computeatlas.web.http.problem_kinds import KINDS
from computeatlas.web.pages import app as pages

from .html import faults_of

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
#: The addresses of the pages, from the blueprints themselves, with something in each of their slots.
SLOTS = {"path:name": ("infrastructure/mimer", "nothing", "a//b", "..", "%00", "%ff", "%2e%2e%2f", "x" * 3000)}
SLOTS |= {
    "name": ("manifest.json", "mimer_funding_shares", "none", "%2e%2e"),
    "int:number": ("1", "0", "99999999999999999999"),
}
NAMES = (
    "page",
    "funded",
    "claims",
    "lang",
    "kind",
    "status",
    "q",
    "iri",
    "s",
    "p",
    "o",
    "query",
    "format",
    "cite",
    "timeout",
    "v",
    "x",
)
VALUES = (
    "",
    "0",
    "1",
    "-1",
    "2",
    "999",
    "100000",
    "100001",
    "9" * 5000,
    "1.5",
    "1e9",
    "٣",
    "²",
    "+1",
    " 1",
    "%00",
    "%0D%0A",
    "%FF",
    "%C0%AF",
    "%",
    "%zz",
    "%u0041",
    "xx",
    "sv",
    "en",
    "sv%00",
    "html",
    "json",
    "true",
    "TRUE",
    "DataCentre",
    "claim",
    "a b",
    "<script>",
    "%3Cscript%3E",
    "%22%3E%3Cb%3E",
    "%E2%80%AE",
    "%ED%A0%80",
    "%EF%BF%BF",
    "%01",
    "http://e/x",
    "https://w3id.org/",
    "javascript:alert(1)",
    "http://e/%3E",
    "http://e/<",
    "x" * 3000,
    "SELECT * {}",
    "ASK {}",
    "{",
    "%7B" * 200,
    "../../etc/passwd",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")
ACCEPTS = (
    None,
    BROWSER,
    "text/html",
    "*/*",
    "",
    ";",
    "text/html;q=0",
    "text/html;q=x",
    "q=1",
    "application/json",
    "text/plain",
    "image/png",
    "text/*;q=0.1, application/problem+json",
    "\xff",
    "a/b/c",
    ",,,",
    "text/html" * 200,
)
LANGUAGES = (None, "sv", "en;q=0", "*", "xx-yy-zz", ";;q=", "sv;q=nan", "\xff", "sv," * 500)
BODIES = (b"", b"query=", b"query=ASK{}&query=ASK{}", b"\x00\xff", b"page=1", b"x" * 100_000, b"q=%FF")
TYPES = (
    None,
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "multipart/form-data",
    "text/plain",
    "x",
    "",
)


def addresses() -> list[str]:
    """Return every address that a page has, with each of the fillings of its slots."""
    app = Flask("routes")
    for page in pages.PAGES:
        app.register_blueprint(page.blueprint)
    found: set[str] = {"/nowhere", "/static/atlas.css", "/static/none", "/static/../app.py"}
    for rule in app.url_map.iter_rules():
        slots = re.findall(r"<([^>]+)>", rule.rule)
        if not slots:
            found.add(rule.rule)
        elif rule.endpoint != "static":
            (slot,) = slots
            found |= {rule.rule.replace(f"<{slot}>", filling) for filling in SLOTS[slot]}
    return sorted(found)


ADDRESSES = addresses()
#: What makes the bundle for ontology editors, which takes a minute, is asked for by the tests of downloads.
assert not any("protege" in address for address in ADDRESSES)


class Client:
    """Sends requests as they are given, over a connection that is made anew where the server has closed it."""

    def __init__(self, url: str):
        self.host = urlsplit(url).netloc
        self.connection = http.client.HTTPConnection(self.host)

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers by their names in small letters, and body."""
        self.connection.close()
        self.connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": self.host, "Content-Length": str(len(body)), **headers}.items():
            self.connection.putheader(name, value.encode("latin-1"))
        self.connection.endheaders(body)
        response = self.connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()


@pytest.fixture(scope="module")
def client(site: str) -> Iterator[Client]:
    made = Client(site)
    yield made
    made.connection.close()


def escaped(value: str) -> str:
    """Return a value as a request line can carry it, its own escapes as they are."""
    return quote(value, safe="%/:;+!$'()*,~-._@?")


parameters = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=4)


def check(method: str, target: str, answer: tuple[int, dict[str, str], bytes]) -> None:
    """Fail where an answer is not what a client can make sense of."""
    status, headers, body = answer
    text = body.decode()
    where = f"{method} {target[:300]}: {status} {text[:300]}"
    assert status < 500 or status in (501, 503, 504), where
    assert "Traceback" not in text, where
    kind = headers.get("content-type", "").partition(";")[0]
    if method == "HEAD" or status in (204, 304):
        assert body == b"", where
        return
    if kind == "text/html" and text:
        assert faults_of(text) == [], where
        assert "<script>" not in text, where
    if status >= 400:
        if kind == "application/problem+json":
            members = json.loads(text)
            assert members["status"] == status, where
            assert members["type"].rsplit("#", 1)[1] in KINDS, where
            assert members["detail"], where
        else:
            # The page of a thing that is not known is one of ours too, with hints.
            assert kind in ("text/html", "text/plain"), where
            assert len(text) > 60, where
    if status == 405:
        assert headers["allow"], where


@settings(max_examples=300)
@example("GET", "/money", [("page", "-1")], BROWSER, "sv", b"", None)
@example("GET", "/money", [("page", "1"), ("page", "2")], BROWSER, "sv", b"", None)
@example("GET", "/describe", [("iri", "%00")], BROWSER, None, b"", None)
@example("GET", "/search", [("q", "%FF")], BROWSER, None, b"", None)
@example("GET", "/map", [("kind", "%FF%00%01")], BROWSER, None, b"", None)
@example("GET", "/", [("lang", "xx")], BROWSER, "\xff", b"", None)
@given(
    st.sampled_from(METHODS),
    st.sampled_from(ADDRESSES),
    parameters,
    st.sampled_from(ACCEPTS),
    st.sampled_from(LANGUAGES),
    st.sampled_from(BODIES),
    st.sampled_from(TYPES),
)
def test_whatever_is_asked_the_answer_is_clear(
    client: Client,
    method: str,
    address: str,
    pairs: list[tuple[str, str]],
    accept: str | None,
    language: str | None,
    body: bytes,
    content_type: str | None,
) -> None:
    given_headers: dict[str, Any] = {"Accept": accept, "Accept-Language": language, "Content-Type": content_type}
    headers = {name: value for name, value in given_headers.items() if value is not None}
    target = escaped(address) + ("?" + "&".join(f"{name}={escaped(value)}" for name, value in pairs) if pairs else "")
    check(method, target, client.send(method, target, headers, body))


@pytest.mark.parametrize("address", ["/", "/map", "/money", "/search", "/ontology", "/doc/infrastructure/mimer"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_method_that_a_page_does_not_take_is_refused_with_those_that_it_does(
    client: Client, address: str, method: str
) -> None:
    status, headers, body = client.send(method, address, {"Accept": BROWSER}, b"a=b")
    assert status == 405
    assert {"GET", "HEAD"} <= set(re.split(r",\s*", headers["allow"]))
    assert b"method-not-allowed" in body


@pytest.mark.parametrize(
    "address", ["/", "/map", "/money?page=1", "/search?q=mimer", "/doc/infrastructure/mimer", "/nowhere"]
)
def test_head_has_the_status_and_headers_of_get(client: Client, address: str) -> None:
    get, head = (client.send(method, address, {"Accept": BROWSER}, b"") for method in ("GET", "HEAD"))
    assert (head[0], head[2]) == (get[0], b"")
    for name in ("content-type", "etag", "vary"):
        assert head[1].get(name) == get[1].get(name)


@pytest.mark.parametrize(
    "parameter", ["page=0", "page=-1", "page=x", "page=1&page=1", "page=%D9%A3", "page=", "page=100001"]
)
@pytest.mark.parametrize("address", ["/money", "/doc/infrastructure/mimer", "/doc/infrastructure/mimer.ttl", "/search"])
def test_page_numbers_are_read_alike_everywhere(client: Client, address: str, parameter: str) -> None:
    status, _headers, body = client.send("GET", f"{address}?{parameter}", {"Accept": BROWSER}, b"")
    assert (status, b"bad-parameter" in body) == (400, True)


@pytest.mark.parametrize("address", ["/money", "/doc/infrastructure/mimer", "/search"])
def test_no_page_is_the_first(client: Client, address: str) -> None:
    assert client.send("GET", address + "?" + urlencode({"page": "1"}), {"Accept": BROWSER}, b"")[0] == 200
