"""`/timeline` on the real server, and on a graph where a plan slipped."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from html import unescape
from typing import TYPE_CHECKING

import pytest

from computeatlas.model.namespaces import PREFIXES
from computeatlas.web.http.urls import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def get(url: str, language: str = "en") -> str:
    headers = {"Accept": "text/html,*/*;q=0.5", "Accept-Language": language}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        return response.read().decode()


def pages(site: str, path: str) -> Iterator[str]:
    """Yield the page at `path` and those after it, as their links lead."""
    while path:
        text = get(site + path)
        yield text
        found = re.search(r'<a rel="next" href="/([^"#]*)', text)
        path = unescape(found[1]) if found else ""


def test_the_pages_have_each_thing_once_and_say_how_many_there_are(site: str) -> None:
    told = list(pages(site, "timeline"))
    assert len(told) > 1
    rows = [row for text in told for row in re.findall(r'<th scope="row"><a href="([^"]*)"', text)]
    assert len(rows) == len(set(rows))
    assert f"{len(rows)} things" in told[0].replace(",", "")
    # By the year for which each begins, and in each year as many as its heading says.
    years = [(year, int(n)) for text in told for year, n in re.findall(r'id="from-(\d+)">.*?>(\d+) thing', text)]
    assert [year for year, _ in years] == sorted(year for year, _ in years)
    assert all(len(text.encode()) < 250_000 for text in told)


def test_a_year_a_stage_and_slipped_plans_choose(site: str) -> None:
    every = set(re.findall(r'<th scope="row"><a href="([^"]*)"', "".join(pages(site, "timeline"))))
    for query, sign in (("year=2027", "2027"), ("stage=selected", "selected"), ("slipped=yes", 'class="slip"')):
        for text in pages(site, f"timeline?{query}"):
            rows = [row for row in text.split("<tr")[1:] if '<th scope="row">' in row]
            assert rows
            assert all(sign in row for row in rows), query
            found = set(re.findall(r'<th scope="row"><a href="([^"]*)"', text))
            assert found < every


@pytest.mark.parametrize("query", ["year=1", "year=x", "stage=nonsense", "slipped=no", "page=0", "page=999"])
def test_what_there_is_not_is_refused(site: str, query: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(site + "timeline?" + query)
    refused.value.close()
    assert refused.value.code in (400, 404)


def test_each_claim_on_a_stage_or_year_is_linked_in_the_drawing_and_beside_it(site: str, engine) -> None:
    from computeatlas.engine.embedded import Query

    query = """PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
        SELECT ?c ?dated {
          VALUES ?p { atlas:status atlas:operationalFrom }
          ?c atlas:predicate ?p ; atlas:object|atlas:value ?v
          BIND(?p = atlas:operationalFrom || EXISTS { ?c atlas:asOf ?d }
            || EXISTS { ?c atlas:evidence/atlas:inSource/<http://purl.org/dc/terms/issued> ?d } AS ?dated) }"""
    claims = {row["c"].value: row["dated"].value == "true" for row in engine.table(Query(query)).records()}
    assert any(claims.values())
    text = "".join(pages(site, "timeline"))
    drawn = "".join(re.findall(r'<svg class="strip" role="group".*?</svg>\n</?t?d?', text, re.DOTALL))
    for claim in claims:
        # What has no date at all has no place on the scale.
        assert not claims[claim] or f'href="{path_of(claim)}" aria-label=' in drawn, claim
        assert f'<a href="{path_of(claim)}">' in text


def test_the_page_is_in_the_language_of_the_reader(site: str) -> None:
    text = get(site + "timeline", "sv")
    assert "Planer som har förskjutits" in text
    assert re.search(r"\d+ (januari|februari|maj|juni|juli|augusti|oktober) 20\d\d", text)
    assert "Plans that slipped" not in text


def test_dates_that_the_curators_inferred_say_so(site: str) -> None:
    for path in ("timeline", "doc/claim/borlange-status", "doc/infrastructure/borlange", "sources"):
        assert "(date inferred by the curators)" in get(site + path), path
        assert "(datum härlett av redaktionen)" in get(site + path, "sv"), path


@pytest.mark.slow
def test_a_plan_that_slipped_a_cancelled_site_and_one_without_a_date_are_shown_and_nothing_is_markup(
    serving, tmp_path: Path
) -> None:
    header = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    (tmp_path / "made.ttl").write_text(
        header
        + """infra:shed a atlas:Infrastructure ; rdfs:label "Shed"@en .
        claim:shed atlas:subject infra:shed ; atlas:predicate atlas:status ; atlas:object status:selected ;
            atlas:modality modality:reported ; atlas:rank rank:normal .
        infra:hall a atlas:Infrastructure ; rdfs:label "<b>Hall</b>"@en ; atlas:status status:cancelled .
        claim:one atlas:subject infra:hall ; atlas:predicate atlas:operationalFrom ; atlas:value 2026 ;
            atlas:asOf "2024-12" ; atlas:modality modality:announced-plan ; atlas:rank rank:normal .
        claim:two atlas:subject infra:hall ; atlas:predicate atlas:operationalFrom ; atlas:value 2028 ;
            atlas:asOf "2025-12" ; atlas:modality modality:announced-plan ; atlas:rank rank:normal .
        claim:three atlas:subject infra:hall ; atlas:predicate atlas:status ; atlas:object status:cancelled ;
            atlas:asOf "2026" ; atlas:modality modality:reported ; atlas:rank rank:normal .""",
        encoding="utf-8",
    )
    with serving("--data", str(tmp_path / "made.ttl"), "--log", "off") as url:
        text = get(url + "timeline")
    slips = text[text.index('<ul class="slips">') :].split("</ul>")[0]
    assert 'href="/doc/claim/one">2026</a>' in slips
    assert 'href="/doc/claim/two"><strong>2028</strong></a>' in slips
    assert 'class="strike"' in text
    assert "<b>Hall" not in text
    row = next(part for part in text.split("<tr") if "Shed" in part)
    assert "No date is known." in row
    assert "undated" in row
