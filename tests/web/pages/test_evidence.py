"""The grade of evidence, shown wherever evidence is; and archived texts, shown on the pages of passages alone."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import urllib.request
from html import unescape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: What no answer but the page of the passage may hold.
SECRET = "builds <b>a hall</b> & a tower"
BEFORE, AFTER = "Nobody knows quinces.", "Nobody eats medlars."
TEXT = f"{BEFORE} The Builder {SECRET} here. {AFTER}"
LOCATOR = "stands in a state-of-the-art hall"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


DATA = f"""
@prefix actor: <https://w3id.org/compute-atlas/id/actor/> .
@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .
@prefix claim: <https://w3id.org/compute-atlas/id/claim/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix fund: <https://w3id.org/compute-atlas/id/funding/> .
@prefix graph: <https://w3id.org/compute-atlas/graph/> .
@prefix infra: <https://w3id.org/compute-atlas/id/infrastructure/> .
@prefix kind: <https://w3id.org/compute-atlas/id/source-kind/> .
@prefix modality: <https://w3id.org/compute-atlas/id/modality/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix psg: <https://w3id.org/compute-atlas/id/passage/> .
@prefix qty: <https://w3id.org/compute-atlas/id/quantity/> .
@prefix rank: <https://w3id.org/compute-atlas/id/rank/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix reliability: <https://w3id.org/compute-atlas/id/reliability/> .
@prefix src: <https://w3id.org/compute-atlas/id/source/> .
@prefix status: <https://w3id.org/compute-atlas/id/status/> .
graph:ontology {{
  kind:news rdfs:label "news"@en , "nyhet"@sv . reliability:b rdfs:label "B: edited"@en .
}}
graph:entities {{
  infra:hall a atlas:DataCentre ; rdfs:label "Hall"@en . actor:builder a atlas:Company ; rdfs:label "Builder"@en .
  fund:money a atlas:FundingCommitment ; rdfs:label "Money"@en .
  qty:eur-10 a atlas:MonetaryAmount ; atlas:minValue 10.0 ; atlas:maxValue 10.0 ; atlas:currency "EUR" .
}}
graph:sources {{
  src:paper a atlas:Source ; dcterms:title "Paper"@en ; dcterms:publisher actor:builder ; dcterms:language "en" ;
    dcterms:issued "2024" ; foaf:page <https://example.org/paper> ; atlas:sha256 "{digest(TEXT)}" ;
    atlas:sourceKind kind:news ; atlas:reliability reliability:b .
  src:web a atlas:Source ; dcterms:title "Web"@en ; dcterms:publisher actor:builder ; dcterms:language "de" ;
    dcterms:issued "2025" ; foaf:page <https://example.org/web#top> ; atlas:sourceKind kind:news .
  src:copy a atlas:Source ; dcterms:title "Copy"@en ; dcterms:publisher actor:builder ; dcterms:language "fr-CH" ;
    dcterms:issued "2025" ; foaf:page <https://example.org/copy> ; atlas:copyOf src:web .
  psg:paper a atlas:Passage ; atlas:inSource src:paper ; oa:start {TEXT.index(SECRET)} ;
    oa:end {TEXT.index(SECRET) + len(SECRET)} ; atlas:sha256 "{digest(SECRET)}" .
  psg:wrong a atlas:Passage ; atlas:inSource src:paper ; oa:start 1 ; oa:end 9 ; atlas:sha256 "{digest(SECRET)}" .
  psg:web a atlas:Passage ; atlas:inSource src:web ; atlas:locator "{LOCATOR}" ; atlas:seenOn "2026-11-20" .
  psg:copy a atlas:Passage ; atlas:inSource src:copy ; atlas:locator "est debout ici" ; atlas:seenOn "2026-11-21" .
}}
graph:claims {{
  claim:archived a atlas:Claim ; rdfs:label "Builder builds it"@en ; atlas:subject infra:hall ;
    atlas:predicate atlas:builtBy ; atlas:object actor:builder ; atlas:modality modality:reported ;
    atlas:rank rank:normal ; atlas:evidence psg:paper .
  claim:located a atlas:Claim ; rdfs:label "It is in operation"@en ; atlas:subject infra:hall ;
    atlas:predicate atlas:status ; atlas:object status:operational ; atlas:modality modality:reported ;
    atlas:rank rank:normal ; atlas:asOf "2025" ; atlas:evidence psg:web , psg:copy .
  claim:rival a atlas:Claim ; rdfs:label "It is planned"@en ; atlas:subject infra:hall ;
    atlas:contradicts claim:located ; atlas:predicate atlas:status ; atlas:object status:planned ;
    atlas:modality modality:reported ; atlas:rank rank:normal ; atlas:asOf "2024" ; atlas:evidence psg:paper .
  claim:amount a atlas:Claim ; rdfs:label "It is ten"@en ; atlas:subject fund:money ; atlas:predicate atlas:amount ;
    atlas:object qty:eur-10 ; atlas:modality modality:reported ; atlas:rank rank:normal ; atlas:evidence psg:web .
}}
graph:current {{
  infra:hall atlas:builtBy actor:builder ; atlas:status status:operational .
  fund:money atlas:amount qty:eur-10 .
  <urn:a> a owl:Axiom ; owl:annotatedSource infra:hall ; owl:annotatedProperty atlas:builtBy ;
    owl:annotatedTarget actor:builder ; atlas:supportedBy claim:archived .
  <urn:b> a owl:Axiom ; owl:annotatedSource infra:hall ; owl:annotatedProperty atlas:status ;
    owl:annotatedTarget status:operational ; atlas:supportedBy claim:located .
  <urn:c> a owl:Axiom ; owl:annotatedSource fund:money ; owl:annotatedProperty atlas:amount ;
    owl:annotatedTarget qty:eur-10 ; atlas:supportedBy claim:amount .
}}
"""
QUERY = """PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
SELECT ?value { <https://w3id.org/compute-atlas/id/infrastructure/hall> atlas:status|atlas:builtBy ?value }"""


class Answer(NamedTuple):
    """An answer of the server: its headers, by names in small letters, and its text."""

    headers: dict[str, str]
    text: str


def get(url: str, path: str, accept: str = "text/html, */*;q=0.1", **headers: str) -> Answer:
    headers = {"Accept": accept, **headers}
    with urllib.request.urlopen(urllib.request.Request(url + path.lstrip("/"), headers=headers)) as response:
        return Answer({name.lower(): value for name, value in response.headers.items()}, response.read().decode())


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the data, and the archive in a folder of it."""
    root = tmp_path_factory.mktemp("evidence")
    (root / "data.trig").write_text(DATA, encoding="utf-8")
    (root / "archive").mkdir()
    (root / "archive" / "paper.txt").write_text(TEXT, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def graded(serving, directory: Path) -> Iterator[str]:
    """A server of evidence of both grades, whose operator holds the archive."""
    options = ["--data", str(directory / "data.trig"), "--union-default-graph", "--archive", str(directory / "archive")]
    with serving(*options, "--rate", "off", "--log", "off") as url:
        yield url


PAGES = [
    "/doc/infrastructure/hall", "/doc/claim/located", "/doc/passage/web", "/doc/source/web", "/conflicts", "/money",
    "/timeline", "/sources", "/sparql?" + urlencode({"query": QUERY, "cite": "true"}),
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_the_grade_is_shown_in_both_languages(graded: str, path: str) -> None:
    english = get(graded, path, **{"Accept-Language": "en"}).text
    swedish = get(graded, path, **{"Accept-Language": "sv"}).text
    assert '<span class="grade located">located, not archived</span>' in english
    assert '<span class="grade located">utpekat, inte arkiverat</span>' in swedish
    assert "archived, verified" in english or path in (
        "/doc/passage/web",
        "/doc/source/web",
        "/doc/claim/located",
        "/money",
    )


def test_languages_have_their_names_with_script_and_country(graded: str) -> None:
    assert "in French (Switzerland)" in get(graded, "/sources", **{"Accept-Language": "en"}).text
    assert "på franska (Schweiz)" in get(graded, "/sources", **{"Accept-Language": "sv"}).text


def test_a_fact_on_located_evidence_alone_says_so(graded: str) -> None:
    assert "located evidence only" in get(graded, "/money").text
    claim = get(graded, "/doc/claim/located").text
    assert "Rests on 1 independent document (1 copy is not counted)" in claim
    assert "No text is archived that it could be verified against." in claim
    assert "Rests on 1 independent document (1 copy is not counted)." in get(graded, "/doc/infrastructure/hall").text


def test_links_lead_to_the_document_at_the_passage(graded: str) -> None:
    encoded = "stands%20in%20a%20state%2Dof%2Dthe%2Dart%20hall"
    address = f'href="https://example.org/web#top:~:text={encoded}"'
    for path in ("/doc/passage/web", "/doc/claim/located", "/doc/infrastructure/hall", "/conflicts", "/money"):
        assert address in get(graded, path).text, path
    page = get(graded, "/doc/passage/web").text
    assert f'<q dir="auto" lang="de">{LOCATOR}</q>, seen on 20 November 2026' in page


def test_the_sources_of_an_answer_have_their_grades(graded: str) -> None:
    def cited(form: str) -> str:
        return get(graded, "/sparql?" + urlencode({"query": QUERY, "cite": "true", "format": form})).text

    data = json.loads(cited("json"))
    assert data["evidence"] == {
        "grade": "archived",
        "independent": [f"https://w3id.org/compute-atlas/id/source/{name}" for name in ("paper", "web")],
    }
    claims = {claim["iri"].rpartition("/")[2]: claim for claim in data["claims"]}
    assert claims["archived"]["grade"] == "archived"
    assert claims["located"]["grade"] == "located"
    (web,) = (one for one in claims["located"]["passages"] if one["iri"].endswith("/web"))
    assert web == {
        "iri": "https://w3id.org/compute-atlas/id/passage/web",
        "document": "https://w3id.org/compute-atlas/id/source/web",
        "grade": "located",
        "locator": LOCATOR,
        "seenOn": "2026-11-20",
        "address": "https://example.org/web#top:~:text=stands%20in%20a%20state%2Dof%2Dthe%2Dart%20hall",
    }
    documents = {document["iri"].rpartition("/")[2]: document for document in data["documents"]}
    assert [documents[name]["grade"] for name in ("paper", "web", "copy")] == ["archived", "located", "located"]
    assert documents["copy"]["origins"] == ["https://w3id.org/compute-atlas/id/source/web"]
    assert documents["paper"]["kind"]["labels"]["en"] == "news"
    text = cited("text")
    assert "Independent documents: 2\n" in text
    assert "Claims on located evidence alone: 1\n" in text
    assert f"at “{LOCATOR}”, seen 2026-11-20 <https://example.org/web#top:~:text=stands" in text
    assert "a copy of src:web" in text
    assert "located, text not archived" in cited("bibtex")
    notes = [item["note"] for item in json.loads(cited("csl"))]
    assert sum("text archived and verified; news; B: edited" in note for note in notes) == 1


@pytest.mark.parametrize("path", ["/conflicts", "/money", "/timeline"])
def test_the_tables_of_pages_have_the_grade(graded: str, path: str) -> None:
    links = re.findall(r'href="(/sparql\?[^"]*format=csv[^"]*)"', get(graded, path).text)
    rows = list(csv.DictReader(io.StringIO(get(graded, unescape(links[0])).text)))
    located = [row for row in rows if row["grade"] == "located"]
    assert {row["locator"] for row in located} >= {LOCATOR}
    assert {row["seenOn"] for row in located} >= {"2026-11-20"}
    assert all(row["start"] for row in rows if row.get("grade") == "archived" and "start" in row)


# ---------- archived texts


def test_an_archived_passage_is_shown_in_its_context_escaped_and_not_kept(graded: str) -> None:
    answer = get(graded, "/doc/passage/paper")
    assert (
        f"{BEFORE} The Builder <mark>builds &lt;b&gt;a hall&lt;/b&gt; &amp; a tower</mark> here. {AFTER}" in answer.text
    )
    assert answer.headers["cache-control"] == "private, no-store"
    assert "etag" not in answer.headers
    assert "https://example.org/paper#:~:text=builds%20%3Cb%3Ea%20hall%3C%2Fb%3E%20%26%20a%20tower" in answer.text


def test_a_stretch_with_another_digest_is_not_shown(graded: str) -> None:
    page = get(graded, "/doc/passage/wrong").text
    assert "The text at this place does not have the digest of the passage." in page
    assert "quinces" not in page


def test_nothing_of_an_archived_text_is_in_any_other_answer(graded: str) -> None:
    assert "quinces" in get(graded, "/doc/passage/paper").text
    forms = ["ttl", "nt", "jsonld", "rdf", "trig", "nq"]
    everything = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    paths = list(PAGES)
    paths += [f"/doc/passage/paper.{form}" for form in forms]
    paths += [
        "/",
        "/doc/source/paper",
        "/doc/claim/archived",
        "/search?q=medlars",
        "/sparql",
        "/download/",
        "/ontology",
    ]
    paths += ["/sparql?" + urlencode({"query": everything, "format": form}) for form in ("csv", "json", "xml", "tsv")]
    paths += ["/sparql?" + urlencode({"query": QUERY, "cite": "true", "format": f}) for f in ("json", "text", "bibtex")]
    paths += ["/describe?" + urlencode({"iri": "urn:a"})]
    for path in paths:
        assert not re.search("quinces|a tower", unescape(get(graded, path).text)), path


def test_without_an_archive_no_text_is_shown(site: str) -> None:
    page = get(site, "/doc/passage/vr-mimer-178-278")
    assert "characters 178–278" in page.text
    assert "archived, verified" in page.text
    assert "<mark>" not in page.text
    assert "no-store" not in page.headers["cache-control"]


def test_a_file_that_changed_or_went_is_said(serving, directory: Path, tmp_path: Path) -> None:
    file = tmp_path / "paper.txt"
    file.write_text(TEXT, encoding="utf-8")
    options = ["--data", str(directory / "data.trig"), "--union-default-graph", "--archive", str(tmp_path)]
    with serving(*options, "--rate", "off", "--log", "off") as url:
        assert "<mark>" in get(url, "/doc/passage/paper").text
        file.write_text(TEXT + " More.", encoding="utf-8")
        changed = get(url, "/doc/passage/paper").text
        assert "has changed since the server was started" in changed
        assert "<mark>" not in changed
        file.unlink()
        assert "The archive has no file with the digest of this document." in get(url, "/doc/passage/paper").text
