"""The page of the quality of the data, on the real server."""

from __future__ import annotations

import re
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SHARES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX dqv: <http://www.w3.org/ns/dqv#>
PREFIX metric: <https://w3id.org/compute-atlas/dataset/metric/>
SELECT ?value ?share WHERE {
  ?number dqv:isMeasurementOf metric:facilities-without-money ; dqv:value ?value .
  ?part dqv:isMeasurementOf metric:facilities-without-money-share ; dqv:value ?share .
  FILTER NOT EXISTS { ?number dcterms:subject ?kind } FILTER NOT EXISTS { ?part dcterms:subject ?any }
}"""


def get(url: str, language: str = "en") -> tuple[str, dict[str, str]]:
    request = urllib.request.Request(url + "quality", headers={"Accept": "text/html", "Accept-Language": language})
    with urllib.request.urlopen(request) as response:
        return response.read().decode(), {name.lower(): value for name, value in response.headers.items()}


def test_the_page_shows_what_a_query_of_the_metadata_gives(site: str, ask) -> None:
    (value, share) = ask(site, SHARES).splitlines()[1].split(",")
    text, headers = get(site)
    assert re.search(
        rf"Facilities without a sum of money</a></dt><dd>{value} <small>{round(float(share) * 100)}%", text
    )
    assert headers["cache-control"] == "no-store"
    query = parse_qs(urlsplit(re.search(r'href="(/sparql\?query=[^"]+)"', text)[1].replace("&amp;", "&")).query)
    assert "dataset/metric/facilities-without-money-share" in ask(site, query["query"][0])


@pytest.mark.parametrize(
    "language, words",
    [
        (
            "en",
            ["Quality of the data", "What the words mean", "Facilities that no source places", "Swedish", "Germany"],
        ),
        ("sv", ["Datas kvalitet", "Vad orden betyder", "Anläggningar som ingen källa placerar", "svenska", "Tyskland"]),
    ],
)
def test_figures_and_definitions_are_in_the_readers_language(site: str, language: str, words: list[str]) -> None:
    text, _headers = get(site, language)
    assert [word for word in words if word not in text] == []


def test_each_figure_leads_to_its_definition_and_each_page_to_this_one(site: str) -> None:
    text, _headers = get(site)
    leads = set(re.findall(r'<a href="#(about-\d+)">', text))
    assert len(leads) > 8
    assert leads == set(re.findall(r'<dt id="(about-\d+)">', text))
    with urllib.request.urlopen(site) as response:
        assert '<a href="/quality">' in response.read().decode()


def test_data_that_were_not_measured_say_so(serving, tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text("<urn:a> <urn:b> <urn:c> .")
    with serving("--data", str(path), "--rate", "off", "--log", "off") as url:
        assert "say nothing of their quality" in get(url)[0]
