"""The pages for people, on the real server."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from flask import Flask

from computeatlas.model.errors import AtlasError
from computeatlas.web.http.problem_kinds import KINDS
from computeatlas.web.http.problems import KIND_OF
from computeatlas.web.pages import errors as page_problems

if TYPE_CHECKING:
    from pathlib import Path

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def get(url: str, accept: str = BROWSER) -> tuple[int, str, dict[str, str]]:
    """Return status, text and headers of a page, errors too."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept})) as response:
            return response.status, response.read().decode(), dict(response.headers.items())
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers.items())


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        if tag == "a":
            self.found.append(dict(attributes)["href"])


def test_front_page_leads_to_its_questions_and_its_counts_run(site: str, project) -> None:
    status, text, _headers = get(site)
    assert status == 200
    links = Links(text).found
    chosen = [path.stem for path in project.questions() if "#+ front:" in path.read_text("utf-8")]
    assert len(chosen) > 0
    assert {f"/questions/{name}" for name in chosen} <= set(links)
    queries = [link for link in links if link.startswith("/sparql?query=") and "&format=" not in link]
    assert len(queries) > 0
    for link in queries:
        status, table, _headers = get(site[:-1] + link, "text/csv")
        assert status == 200
        assert len(table.splitlines()) > 1


def test_a_browser_without_a_query_gets_a_form(site: str) -> None:
    status, text, headers = get(site + "sparql")
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    assert "<textarea" in text


def test_a_browser_gets_a_table(site: str) -> None:
    query = "SELECT ?s { ?s a <https://w3id.org/compute-atlas/ontology#Country> } ORDER BY STR(?s)"
    status, text, _headers = get(site + "sparql?" + urlencode({"query": query}))
    assert status == 200
    assert "place:sweden" in text
    assert re.search(r"<h2[^>]*>\d+ rows", text)


def test_a_truth_value_and_a_graph_are_shown_too(site: str) -> None:
    assert "<td>true</td>" in get(site + "sparql?" + urlencode({"query": "ASK {}"}))[1]
    graph = get(site + "sparql?" + urlencode({"query": "CONSTRUCT { <http://e/a> <http://e/b> 1 } {}"}))[1]
    assert "&lt;http://e/a&gt; &lt;http://e/b&gt; 1 ." in graph


def test_in_a_table_nothing_is_markup(site: str) -> None:
    query = 'SELECT ("<script>alert(1)</script>" AS ?x) (<javascript:alert(1)> AS ?y) {}'
    status, text, _headers = get(site + "sparql?" + urlencode({"query": query}))
    assert status == 200
    assert "&lt;script&gt;" in text
    assert "<script>" not in text
    assert 'href="javascript' not in text


def test_a_form_with_format_gets_that_format(site: str) -> None:
    status, text, headers = get(site + "sparql?" + urlencode({"query": "SELECT (1 AS ?n) {}", "format": "csv"}))
    assert (status, text.split()) == (200, ["n", "1"])
    assert headers["content-type"].startswith("text/csv")


def test_a_browser_with_a_malformed_query_gets_a_page_that_says_where(site: str) -> None:
    status, text, headers = get(site + "sparql?" + urlencode({"query": "SELECT * {\n ?s ?p <b>oops</b> }"}))
    assert status == 400
    assert headers["content-type"].startswith("text/html")
    assert "line 2" in text
    assert "<b>" not in text


def test_a_runaway_in_a_browser_gets_an_honest_page(site: str) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    status, text, _headers = get(site + "sparql?" + urlencode({"query": query, "timeout": "0.5"}))
    assert status == 504
    assert "query-timeout" in text


def test_pages_load_nothing_from_elsewhere(site: str) -> None:
    for path in ("", "sparql", "problems", "nowhere"):
        _status, text, headers = get(site + path)
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<(?:script|img|link)[^>]+(?:src|href)=\"(?:https?:)?//", text)


def test_healthz_names_the_release_and_the_limits(site: str, serving, release: Path, manifest) -> None:
    body = json.loads(get(site + "healthz", "*/*")[1])
    found = {name: body[name] for name in ("status", "version", "digest", "quads", "writable", "federation")}
    assert found == {
        "status": "ok",
        "version": manifest.version,
        "digest": manifest.digest,
        "quads": manifest.quads,
        "writable": False,
        "federation": False,
    }
    assert body["workers"] == body["limits"]["workers"]
    # The limit that a server has by default.
    with serving("--release", str(release), "--log", "off") as url:
        assert json.loads(get(url + "healthz", "*/*")[1])["limits"]["timeout"] == 30


def test_an_unknown_page_is_a_problem(site: str) -> None:
    status, text, headers = get(site + "nowhere", "application/json")
    assert status == 404
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(text)["status"] == 404


@pytest.fixture
def faulty() -> Flask:
    """Pages that fail, with our handlers of errors."""
    app = Flask("faulty")
    page_problems.register(app)

    @app.get("/fault")
    def fault() -> str:
        raise ZeroDivisionError("secret")

    @app.get("/unmapped")
    def unmapped() -> str:
        raise AtlasError("not for users")

    return app


def test_a_fault_of_ours_is_a_500_with_a_number_that_is_in_the_log(faulty: Flask, caplog) -> None:
    response = faulty.test_client().get("/fault")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert json.loads(response.data)["id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_an_error_of_ours_that_no_table_maps_is_a_500(faulty: Flask, caplog) -> None:
    assert faulty.test_client().get("/unmapped").status_code == 500
    assert "not for users" in caplog.text


def test_every_problem_that_is_answered_is_explained(site: str, repository: Path) -> None:
    page = get(site + "problems")[1]
    assert sorted(kind for kind in KINDS if f'id="{kind}"' not in page) == []
    assert set(KIND_OF.values()) <= set(KINDS)
    used = set()
    for path in (repository / "server/computeatlas/web").rglob("*.py"):
        used |= set(re.findall(r"(?:RequestError|Problem)\(\s*\"([a-z-]+)\"", path.read_text("utf-8")))
    assert {"not-acceptable", "rate", "internal", "bad-iri"} <= used <= set(KINDS)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
@pytest.mark.parametrize("path", ["", "doc/infrastructure/mimer", "map"])
def test_a_page_is_the_same_when_it_is_kept(site: str, path: str, coding: str) -> None:
    """The second time it comes from the cache, compressed as it was kept."""
    headers = {"Accept": BROWSER, "Accept-Encoding": coding, "Accept-Language": "sv"}
    answers = []
    for _ in range(2):
        with urllib.request.urlopen(urllib.request.Request(site + path, headers=headers)) as response:
            answers.append((response.status, response.headers["Content-Encoding"], response.read()))
    assert answers[0][:2] == (200, coding)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("path", ["//sparql?query=ASK%7B%7D&format=html", "//sparql/cite?query=ASK%7B%7D", "//sparql"])
def test_an_odd_path_to_an_answer_is_not_found(site: str, path: str) -> None:
    assert get(site[:-1] + path)[0] == 404
