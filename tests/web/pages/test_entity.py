"""The pages of things on the real server: what they show, and what becomes of addresses that name nothing."""

from __future__ import annotations

import gzip
import http.client
import re
from collections import defaultdict
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest

from computeatlas.engine.embedded import Query
from computeatlas.model.namespaces import ATLAS, ID
from computeatlas.web.http.urls import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMED = (
    "infrastructure/coreweave-falun",
    "place/falun",
    "infrastructure/borlange",
    "place/borlange",
    "infrastructure/mimer",
    "actor/eurohpc-ju",
    "programme/eu-ai-gigafactories",
)
KINDS = (
    "/doc/claim/falun-built-by-nvidia",
    "/doc/passage/vr-mimer-178-278",
    "/doc/source/vr-mimer",
    "/doc/modality/reported",
    "/doc/status/operational",
    "/doc/quantity/eur-20000000000",
    "/doc/scheme/modality",
    "/graph/claims",
    "/dataset",
    "/dataset/class/Claim",
    "/data/claims/falun",
    "/all",
    "/ontology/codes/status",
    "/describe?iri=http%3A%2F%2Fwww.w3.org%2Fns%2Fprov%23Entity",
    "/describe?iri=http%3A%2F%2Fwww.wikidata.org%2Fentity%2FQ26509",
)


class Reply:
    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        self.text = body.decode()


class Tags(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def get(site: str, path: str, **headers: str) -> Reply:
    host = urlsplit(site)
    connection = http.client.HTTPConnection(host.hostname or "", host.port)
    connection.request(
        "GET", path, headers={"Accept": "text/html", **{k.replace("_", "-"): v for k, v in headers.items()}}
    )
    try:
        return Reply(connection.getresponse())
    finally:
        connection.close()


def claims_on(site: str, path: str) -> set[str]:
    """Return the claims that the pages of a thing show with their notes, all pages of them."""
    found: set[str] = set()
    following: str | None = path
    while following:
        text = get(site, following).text
        found |= {attrs["data-claim"] for _, attrs in Tags(text).found if "data-claim" in attrs}
        more = [attrs["href"] for tag, attrs in Tags(text).found if tag == "a" and attrs.get("rel") == "next"]
        following = more[0].split("#")[0] if more else None
    return found


def test_the_pages_show_every_claim_that_the_graph_holds(site: str, engine) -> None:
    query = f"SELECT ?c ?x WHERE {{ ?c a <{ATLAS}Claim> ; <{ATLAS}subject>|<{ATLAS}object> ?x }}"
    held = defaultdict(set)
    for claim, thing in engine.table(Query(query)).rows:
        held[thing.value].add(claim.value)
    for name in NAMED:
        assert held[ID + name]
        assert claims_on(site, f"/doc/{name}") >= held[ID + name], name


@pytest.mark.parametrize("path", KINDS)
def test_each_kind_of_thing_has_a_page_in_both_languages(site: str, path: str) -> None:
    for language in ("en", "sv"):
        reply = get(site, path, Accept_Language=language)
        assert reply.status == 200
        assert f'<html lang="{language}">' in reply.text
        assert "<h1" in reply.text


def test_a_claim_says_what_who_how_sure_and_what_contradicts_it(site: str) -> None:
    text = get(site, "/doc/claim/falun-built-by-nvidia").text
    for part in ("CoreWeave site in Falun", "built by", "NVIDIA", "reported", "deprecated", "June 2024"):
        assert part in text
    assert 'href="/doc/claim/falun-built-by-coreweave"' in text
    assert "nothing: the claim has not entered it" in text
    assert 'href="/doc/passage/petterhedman-falun-195-234"' in text


def test_the_data_set_links_its_counts_to_queries_that_give_them(site: str) -> None:
    tags = Tags(get(site, "/dataset").text).found
    queries = [attrs["href"] for tag, attrs in tags if tag == "a" and attrs.get("href", "").startswith("/sparql?")]
    mine = next(link for link in queries if "%23Claim%3E" in link)
    rows = get(site, mine + "&format=csv", Accept="text/csv").text.strip().splitlines()
    shown = re.search(r'href="/ontology#Claim">[^<]*</a></th><td class="number">([\d,]+)<', get(site, "/dataset").text)
    assert len(rows) - 1 == int(shown[1].replace(",", "")) > 100


def test_notes_lead_to_passage_and_document(site: str) -> None:
    text = get(site, "/doc/infrastructure/mimer").text
    cited = set(re.findall(r'href="#note-(\d+)"', text))
    listed = set(re.findall(r'<li id="note-(\d+)"', text))
    assert cited == listed != set()
    assert "characters 178–278" in text
    assert 'rel="external" href="https://' in text


def test_inferred_values_are_marked_and_say_why(site: str) -> None:
    text = get(site, "/doc/infrastructure/coreweave-falun").text
    links = [unescape(link) for link in re.findall(r'href="(/why\?[^"]+)"', text)]
    assert len(links) > 3
    europe = next(link for link in links if "place%2Feurope" in link)
    why = get(site, europe)
    assert why.status == 200
    assert "prp_spo2" in why.text
    assert 'href="/doc/claim/falun-located-in"' in why.text


def test_why_of_a_statement_that_is_not_there_says_so(site: str) -> None:
    reply = get(site, "/why?" + urlencode({"s": ID + "place/falun", "p": ATLAS + "within", "o": ID + "place/norway"}))
    assert reply.status == 200
    assert "not in the graph" in reply.text


@pytest.mark.parametrize("query", ["", "s=x&p=y&o=z", "s=http://e/&p=http://e/"])
def test_why_of_nothing_is_refused(site: str, query: str) -> None:
    assert get(site, "/why?" + query).status == 400


def test_labels_follow_the_language_of_the_reader(site: str) -> None:
    english = get(site, "/doc/infrastructure/coreweave-falun", Accept_Language="en").text
    swedish = get(site, "/doc/infrastructure/coreweave-falun", Accept_Language="sv").text
    assert ">CoreWeave site in Falun</h1>" in english
    assert ">CoreWeaves anläggning i Falun</h1>" in swedish
    assert "byggs av" in swedish
    assert "juni 2024" in swedish
    assert 'lang="en"' in swedish


def test_downloads_lead_to_the_data(site: str) -> None:
    text = get(site, "/doc/place/falun").text
    for suffix, media in [("ttl", "text/turtle"), ("jsonld", "application/ld+json")]:
        assert f'href="/doc/place/falun.{suffix}"' in text
        reply = get(site, f"/doc/place/falun.{suffix}")
        assert reply.headers["content-type"].startswith(media)


def test_the_ending_html_names_the_page(site: str) -> None:
    for path in ("/doc/place/falun", "/dataset", "/all"):
        named = get(site, path + ".html", Accept="*/*")
        assert named.status == 200
        assert named.text.replace(path + ".html?", path + "?") == get(site, path).text


def test_describe_leads_to_the_page_of_a_thing_of_ours(site: str) -> None:
    reply = get(site, "/describe?" + urlencode({"iri": ID + "place/falun"}))
    assert (reply.status, reply.headers["location"]) == (303, "/doc/place/falun")
    reply = get(site, "/describe?" + urlencode({"iri": ATLAS + "builtBy"}))
    assert (reply.status, reply.headers["location"]) == (303, "/ontology#builtBy")


def test_a_name_that_is_not_known_gets_suggestions(site: str) -> None:
    reply = get(site, "/doc/infrastructure/mimmer-supercomputer")
    assert reply.status == 404
    assert 'href="/doc/infrastructure/mimer-supercomputer"' in reply.text
    assert 'href="/search?q=mimmer' in reply.text


@pytest.mark.parametrize(
    "path",
    [
        "/doc/infrastructure/%2E%2E%2F%2E%2E%2Fetc%2Fpasswd",
        "/doc/infrastructure%2F",
        "/doc/a%20b",
        "/doc/%3Cscript%3Ealert(1)%3C/script%3E",
        "/doc/%D7%A9%D7%9C%D7%95%D7%9D",
        "/doc/" + "x" * 1900,
        "/doc/%00",
        "/graph/none",
        "/dataset/class/None",
        "/ontology/9.9.9",
        "/describe?iri=http%3A%2F%2Fexample.org%2Fnothing",
        "/describe?iri=javascript%3Aalert(1)",
        "/describe?iri=no+iri",
    ],
)
def test_addresses_that_name_nothing_are_404_with_help(site: str, path: str) -> None:
    reply = get(site, path)
    assert reply.status == 404
    assert "<h1" in reply.text
    assert "<script>" not in reply.text
    assert 'href="javascript' not in reply.text
    assert "Traceback" not in reply.text


@pytest.mark.parametrize("query", ["page=-1", "page=x", "page=0", "page=2", "page=1&page=2", "claims=-1", "claims=9"])
def test_pages_that_are_none_are_refused(site: str, query: str) -> None:
    assert get(site, "/doc/place/falun?" + query).status == 400


def test_a_page_runs_and_styles_nothing_inline(site: str) -> None:
    for name in NAMED:
        tags = Tags(get(site, f"/doc/{name}").text).found
        assert not [
            tag for tag, attrs in tags if tag == "style" or "style" in attrs or any(k[:2] == "on" for k in attrs)
        ]
        assert all("src" in attrs for tag, attrs in tags if tag == "script")


def test_identifiers_are_unique_in_a_page(site: str) -> None:
    for path in [*(f"/doc/{name}" for name in NAMED), *KINDS]:
        names = [attrs["id"] for _, attrs in Tags(get(site, path).text).found if "id" in attrs]
        assert len(names) == len(set(names)), path


def test_pages_are_small_and_take_few_queries(site: str) -> None:
    for name in NAMED:
        reply = get(site, f"/doc/{name}?lang=en", Accept_Encoding="gzip")
        assert len(reply.body) < 60_000
        if asked := re.search(r'desc="(\d+) queries"', reply.headers.get("server-timing", "")):
            assert int(asked[1]) <= 9


HUB = """
@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <https://w3id.org/compute-atlas/id/> .
<place/hub> rdfs:label "<script>alert('hub')</script>"@en ; skos:altLabel "\u0645\u0631\u0643\u0632"@ar ;
    atlas:purpose "\u05e9\u05dc\u05d5\u05dd <b>bold</b>"@he ; skos:exactMatch <javascript:alert(1)> .
<place/old> owl:deprecated true ; rdfs:label "Old"@en ; dcterms:isReplacedBy <place/hub> .
<place/gone> owl:deprecated true .
<source/d> a atlas:Source ; dcterms:title "<img src=x onerror=alert(1)>" ; foaf:page <javascript:alert(2)> .
<passage/d-0-1> atlas:inSource <source/d> .
<claim/wild> a atlas:Claim ; atlas:subject <place/hub> ; atlas:predicate atlas:costEstimate ;
    atlas:object <quantity/q> ; atlas:evidence <passage/d-0-1> ; atlas:rankReason "<script>alert(3)</script>" .
<quantity/q> atlas:minValue "many" ; atlas:maxValue 10.5 .
"""


@pytest.fixture(scope="module")
def wild(serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of data that nobody checked, with 10 000 links to one thing and 450 claims on it."""
    path: Path = tmp_path_factory.mktemp("wild") / "wild.ttl"
    links = "".join(f"<infrastructure/i{n}> atlas:locatedIn <place/hub> .\n" for n in range(9_999))
    claims = "".join(
        f"<claim/c{n}> a atlas:Claim ; atlas:subject <place/hub> ; "
        f"atlas:predicate atlas:assessment ; atlas:value 'v{n}' .\n"
        for n in range(449)
    )
    path.write_text(HUB + links + claims, encoding="utf-8")
    with serving("--data", str(path), "--rate", "off", "--log", "off") as url:
        yield url


def test_ten_thousand_links_are_shown_fifty_at_a_time(wild: str) -> None:
    # One page has, besides, what is replaced by the thing.
    first, last = get(wild, "/doc/place/hub").text, get(wild, "/doc/place/hub?page=200").text
    assert "Page 1 of 200" in first
    assert "Page 200 of 200" in last
    seen = [set(re.findall(r'<p class="value"><a href="(/doc/infrastructure/i\d+)"', text)) for text in (first, last)]
    assert [len(names) for names in seen] == [49, 50]
    assert not seen[0] & seen[1]
    assert get(wild, "/doc/place/hub?page=201").status == 400


def test_the_claims_on_one_thing_are_paged_too(wild: str) -> None:
    found: set[str] = set()
    for page in (1, 2, 3):
        tags = Tags(get(wild, f"/doc/place/hub?claims={page}").text).found
        found |= {attrs["data-claim"] for _, attrs in tags if "data-claim" in attrs}
    assert len(found) == 450
    assert get(wild, "/doc/place/hub?claims=4").status == 400


def test_no_script_comes_from_data(wild: str) -> None:
    for path in ("/doc/place/hub", "/doc/claim/wild", "/doc/source/d", "/doc/quantity/q", "/doc/place/old"):
        reply = get(wild, path)
        tags = Tags(reply.text).found
        assert all("src" in attrs for tag, attrs in tags if tag == "script"), path
        assert not [attrs for tag, attrs in tags if tag in ("img", "b")], path
        assert not [attrs for _, attrs in tags if attrs.get("href", "").lower().startswith("javascript")], path


def test_texts_have_the_direction_of_their_letters(wild: str) -> None:
    text = get(wild, "/doc/place/hub").text
    assert re.search(r'<span dir="auto" lang="he">\s*שלום', text)
    assert re.search(r'<span dir="auto" lang="ar">\s*مركز', text)


def test_a_deprecated_thing_is_410_and_names_its_successor(wild: str) -> None:
    reply = get(wild, "/doc/place/old")
    assert reply.status == 410
    assert 'href="/doc/place/hub"' in reply.text
    assert reply.headers["link"].startswith('</doc/place/hub>; rel="successor-version"')
    assert get(wild, "/doc/place/gone").status == 410


def test_path_of_a_thing_is_the_path_of_its_page(site: str) -> None:
    assert get(site, path_of(ID + "place/falun")).status == 200
