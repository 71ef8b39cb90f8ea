"""Whether data, a page or sources are the answer: by the parameters as they are read, not by how their bytes look."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from urllib.parse import quote, urlencode

import pytest

from computeatlas.web.endpoints.operation import Operation
from computeatlas.web.endpoints.plan import Representation, choose_representation

JSON = "application/sparql-results+json"
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


def send(url: str, accept: str, body: str | None = None, content_type: str = FORM) -> tuple[int, str, str]:
    """Return status, media type and text."""
    data = None if body is None else body.encode()
    headers = {"Accept": accept} | ({} if body is None else {"Content-Type": content_type})
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as response:
            return response.status, response.headers.get_content_type(), response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read().decode()


def raw(query: str) -> str:
    """Return the query as a parameter, with what need not be escaped left as it is."""
    return "query=" + quote(query, safe='=&?"/:').replace('"', "%22").replace("&", "%26")


@pytest.mark.parametrize(
    "query",
    ['ASK{?s ?p "cite=true"}', 'ASK{?s ?p "format=html"}', 'ASK{?s ?p "x&cite=true&format=html"}'],
)
def test_what_a_query_says_is_no_parameter(site: str, query: str) -> None:
    direct = send(site + "sparql", JSON, query, DIRECT)
    assert direct[:2] == (200, JSON)
    for answer in (
        send(f"{site}sparql?{raw(query)}", JSON),
        send(site + "sparql", JSON, raw(query)),
        send(site + "sparql", JSON, urlencode({"query": query})),
    ):
        assert answer == direct


@pytest.mark.parametrize("graph", ["http://e/?format=html", "http://e/?cite=true", "http://e/?format=html&cite=true"])
@pytest.mark.parametrize("name", ["named-graph-uri", "default-graph-uri"])
def test_what_the_name_of_a_graph_says_is_no_parameter(site: str, name: str, graph: str) -> None:
    tail = f"query=ASK%7B%7D&{name}=" + graph.replace("&", "%26")
    assert send(f"{site}sparql?{tail}", JSON)[:2] == (200, JSON)
    assert send(site + "sparql", JSON, tail)[:2] == (200, JSON)


def test_a_parameter_counts_however_it_is_written(site: str) -> None:
    query = quote("ASK { ?s ?p ?o }")
    for tail in (f"query={query}&%66ormat=%68tml", f"%71uery={query}&format=html"):
        assert send(f"{site}sparql?{tail}", JSON)[:2] == (200, "text/html")
        assert send(site + "sparql", JSON, tail)[:2] == (200, "text/html")
    for tail in (f"query={query}&cite=%74rue", f"query={query}&%63ite=true"):
        assert json.loads(send(f"{site}sparql?{tail}", "application/json")[2])["traced"] is not None


def test_a_browser_that_posts_gets_its_page(site: str) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 1"
    assert send(site + "sparql", BROWSER, urlencode({"query": query}))[:2] == (200, "text/html")
    assert send(site + "sparql", BROWSER, query, DIRECT)[:2] == (200, "text/html")
    assert send(site + "sparql", BROWSER, urlencode({"query": query, "format": "csv"}))[:2] == (200, "text/csv")


def test_a_link_to_sources_leaves_out_the_format_however_it_is_written(site: str) -> None:
    query = quote("SELECT * { ?s ?p ?o } LIMIT 1")
    with urllib.request.urlopen(f"{site}sparql?query={query}&%66ormat=csv&x=format") as response:
        link = response.headers["Link"]
    assert "ormat=csv" not in link
    assert "x=format" in link


@pytest.mark.parametrize(
    ("pairs", "accept", "expected"),
    [
        ([], None, Representation.DATA),
        ([], BROWSER, Representation.PAGE),
        ([("format", "csv")], BROWSER, Representation.DATA),
        ([("format", "html")], JSON, Representation.PAGE),
        ([("cite", "true")], BROWSER, Representation.SOURCES),
        ([("cite", "false")], JSON, Representation.DATA),
        ([("x", "cite=true")], JSON, Representation.DATA),
        ([("default-graph-uri", "format=html")], JSON, Representation.DATA),
    ],
)
def test_one_decision(pairs: list[tuple[str, str]], accept: str | None, expected: Representation) -> None:
    assert choose_representation(Operation("ASK {}", tuple(pairs)), accept) is expected
