"""`/timeline` on the real server, and on a graph where a plan slipped."""

from __future__ import annotations

import re
import urllib.request
from typing import TYPE_CHECKING

import pytest

from computeatlas.model.namespaces import PREFIXES
from computeatlas.web.http.urls import path_of

if TYPE_CHECKING:
    from pathlib import Path


def get(url: str, language: str = "en") -> str:
    headers = {"Accept": "text/html,*/*;q=0.5", "Accept-Language": language}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        return response.read().decode()


def test_each_claim_on_a_stage_or_year_is_linked_in_the_drawing_and_beside_it(site: str, engine) -> None:
    from computeatlas.engine.embedded import Query

    query = """PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
        SELECT ?c { VALUES ?p { atlas:status atlas:operationalFrom } ?c atlas:predicate ?p }"""
    claims = [row["c"].value for row in engine.table(Query(query)).records()]
    assert claims
    text = get(site + "timeline")
    drawn = "".join(re.findall(r'<svg class="strip" role="group".*?</svg>\n</?t?d?', text, re.DOTALL))
    for claim in claims:
        assert f'href="{path_of(claim)}" aria-label=' in drawn
        assert f'<a href="{path_of(claim)}">' in text


def test_the_page_is_in_the_language_of_the_reader(site: str) -> None:
    text = get(site + "timeline", "sv")
    assert "Planer som har förskjutits" in text
    assert "10 december 2024" in text
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
