"""The sources behind an answer over HTTP, on the real server."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode, urljoin

import bibtexparser
import pytest
from babel.messages.pofile import read_po

import computeatlas.web
from computeatlas.provenance.gaps import Reason
from computeatlas.provenance.supports import Basis
from computeatlas.web.endpoints.cite import FORMATS

WEB = Path(computeatlas.web.__file__).parent
TEMPLATE = (WEB / "templates/cite.html").read_text(encoding="utf-8")
BROWSER = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
LOCATED = """PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
SELECT * { <https://w3id.org/compute-atlas/id/infrastructure/coreweave-falun> atlas:locatedIn ?where }"""


def send(url: str, accept: str | None = None, body: bytes | None = None, **headers: str) -> tuple[int, str, dict]:
    """Return status, text and headers, of errors too."""
    request = urllib.request.Request(url, body, {"Accept": accept} if accept else {})
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read().decode(), {k.lower(): v for k, v in response.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), {k.lower(): v for k, v in error.headers.items()}


def cited(site: str, query: str = LOCATED, accept: str | None = None, **more: str) -> tuple[int, str, dict]:
    return send(f"{site}sparql?" + urlencode({"query": query, "cite": "true", **more}), accept)


def test_a_program_gets_json(site: str) -> None:
    status, text, headers = cited(site)
    assert status == 200
    assert headers["content-type"] == "application/json"
    data = json.loads(text)
    assert data["claims"]
    assert {item["basis"] for item in data["traced"]} == {"claim", "inference"}
    assert data["weakest"]["labels"]["sv"]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_each_format_is_had_by_name_and_by_media_type(site: str, form) -> None:
    for status, text, headers in (cited(site, format=form.name), cited(site, accept=form.media_type)):
        assert status == 200
        assert headers["content-type"] == form.content_type
        assert text.strip()


def test_the_bibliographies_are_read_by_programs(site: str) -> None:
    documents = {item["iri"] for item in json.loads(cited(site)[1])["documents"]}
    assert {item["id"] for item in json.loads(cited(site, format="csl")[1])} == documents
    entries = bibtexparser.parse_string(cited(site, format="bibtex")[1]).entries
    assert {entry["note"].partition(". ")[0] for entry in entries} == documents


def test_a_browser_gets_a_page_with_claims_passages_and_reasons(site: str) -> None:
    status, text, headers = cited(site, accept=BROWSER)
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    data = json.loads(cited(site)[1])
    for claim in data["claims"]:
        assert claim["labels"]["en"].replace("'", "&#39;") in text
        for place in claim["passages"]:
            assert f"{place['start']}–{place['end']}" in text
    assert "prp_spo2" in text
    assert "style=" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


def test_the_page_is_in_swedish_for_who_reads_swedish(site: str) -> None:
    text = cited(site, accept=BROWSER, lang="sv")[1]
    assert "Svagaste säkerhet" in text
    assert "En kedja av två egenskaper" in text
    assert "Weakest" not in text


def test_an_answer_links_to_its_sources(site: str) -> None:
    _status, _text, headers = send(f"{site}sparql?" + urlencode({"query": LOCATED}), "text/csv")
    link = re.fullmatch(r'<([^>]*)>; rel="describedby"', headers["link"])
    assert link is not None
    status, text, _headers = send(urljoin(site, link[1]), "application/json")
    assert status == 200
    assert json.loads(text)["claims"]


def test_the_link_leaves_out_the_format_of_the_answer(site: str) -> None:
    _status, _text, headers = send(site + "sparql?" + urlencode({"query": LOCATED, "format": "csv"}))
    assert "format=" not in headers["link"]
    target = headers["link"].partition("<")[2].partition(">")[0]
    assert send(urljoin(site, target))[0] == 200


def test_a_long_query_has_no_link_that_a_proxy_would_choke_on(site: str) -> None:
    status, _text, headers = send(site + "sparql?" + urlencode({"query": LOCATED + "#" + "x" * 3000}))
    assert status == 200
    assert "link" not in headers


def test_a_posted_query_is_cited_too(site: str) -> None:
    form = urlencode({"query": LOCATED, "cite": "true"}).encode()
    assert json.loads(send(f"{site}sparql/cite", body=form)[1]) == json.loads(cited(site)[1])
    direct = send(f"{site}sparql?cite=true", body=LOCATED.encode(), Content_Type="application/sparql-query")
    assert json.loads(direct[1]) == json.loads(cited(site)[1])


def test_a_form_may_ask_for_sources_in_its_body(site: str) -> None:
    form = urlencode({"query": LOCATED, "cite": "true", "format": "bibtex"}).encode()
    status, text, headers = send(site + "sparql", None, form)
    assert (status, headers["content-type"].partition(";")[0]) == (200, "application/x-bibtex")
    assert "@" in text


def test_the_data_set_of_the_request_counts(site: str) -> None:
    graph = "https://w3id.org/compute-atlas/graph/current"
    data = json.loads(cited(site, **{"default-graph-uri": graph})[1])
    assert {item["basis"] for item in data["traced"]} == {"claim"}


def test_an_unchanged_answer_is_not_sent_again(site: str) -> None:
    tag = cited(site)[2]["etag"]
    url = f"{site}sparql?" + urlencode({"query": LOCATED, "cite": "true"})
    assert send(url, If_None_Match=tag)[0] == 304
    assert cited(site, format="text")[2]["etag"] != tag


def test_what_may_differ_each_time_is_not_kept(site: str) -> None:
    headers = cited(site, "SELECT * { ?x ?y ?z BIND(NOW() AS ?now) } LIMIT 1")[2]
    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ("SELECT * {", 400, "query-syntax"),
        ("SELECT * { SERVICE <http://e/> { ?s ?p ?o } }", 403, "federation"),
        ("SELECT * { FILTER(" + "(" * 500 + "1" + ")" * 500 + ") }", 400, "nesting"),
        ("SELECT * { ?s ?p ?o } #" + "x" * 70_000, 413, "query-too-long"),
        ("SELECT * { BIND(<http://e/none>(1) AS ?x) }", 400, "query-evaluation"),
    ],
)
def test_a_query_that_the_endpoint_refuses_is_refused_here(site: str, query: str, status: int, kind: str) -> None:
    form = urlencode({"query": query, "cite": "true"}).encode()
    answer = send(f"{site}sparql/cite", body=form)
    assert answer[0] == status
    assert json.loads(answer[1])["type"].endswith(f"#{kind}")


def test_no_query_and_an_unknown_format_are_refused(site: str) -> None:
    assert send(f"{site}sparql/cite")[0] == 400
    status, text, _headers = cited(site, format="odt")
    assert status == 406
    assert "format=bibtex" in text
    assert cited(site, accept="image/png")[0] == 406


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?x ?y <<( ?a ?b ?c )>> }",
        "SELECT * " + "{" * 150 + "?x ?y 1" + "}" * 150,
        "SELECT * { ?x a ?y } #" + "x" * 20_000,
        "CONSTRUCT WHERE { ?x a ?y }",
    ],
    ids=["triple terms", "nested", "long", "a graph"],
)
def test_what_cannot_be_taken_apart_says_so(site: str, query: str) -> None:
    form = urlencode({"query": query, "cite": "true"}).encode()
    status, text, _headers = send(f"{site}sparql/cite", body=form)
    assert status == 200
    data = json.loads(text)
    assert data["untraced"]
    assert data["traced"] == []


def test_nothing_of_the_query_is_markup(site: str) -> None:
    query = 'SELECT * { ?x ?y "<script>alert(1)</script>" FILTER NOT EXISTS { ?x ?y "<b>" } }'
    text = cited(site, query, accept=BROWSER)[1]
    assert "<script>alert" not in text
    assert "<b>" not in text


def test_a_page_of_very_many_triples_is_cut_and_says_so(site: str) -> None:
    text = cited(site, "SELECT * { ?s ?p ?o }", accept=BROWSER)[1]
    assert "the first 500 shown" in text
    assert "the rest is left out" in text


def test_the_page_has_a_text_for_each_reason_and_basis() -> None:
    for member in (*Reason, *Basis):
        assert re.search(rf'"{re.escape(member.value)}": _\("', TEMPLATE), member


def test_each_text_of_the_page_has_a_translation() -> None:
    known = set()
    for path in (WEB / "translations/sv").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                known |= {message.id} if isinstance(message.id, str) else set(message.id)
    texts = re.findall(r'(?:_|ngettext)\("([^"]+)"', TEMPLATE)
    assert len(texts) > 30
    assert [text for text in texts if text not in known] == []
