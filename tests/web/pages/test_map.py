"""`/map` and `/map.geojson` on the real server."""

from __future__ import annotations

import csv
import io
import json
import re
import urllib.error
import urllib.request
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from computeatlas.model.namespaces import ATLAS, ID
from computeatlas.web.http.urls import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class Page(HTMLParser):
    """The links of a page, those of its SVG apart, and the identifiers of its elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.drawn: list[dict[str, str]] = []
        self.ids: set[str] = set()
        self.inline: list[str] = []
        self._depth = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        found = dict(attributes)
        self.ids |= {found["id"]} if "id" in found else set()
        self.inline += [name for name in found if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in found):
            self.inline.append(tag)
        if tag == "a":
            (self.drawn if self._depth else self.links).append(found)
        self._depth += tag == "svg"

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "svg"


def get(url: str, language: str = "en") -> tuple[int, str, dict[str, str]]:
    headers = {"Accept": "text/html,*/*;q=0.5", "Accept-Language": language}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
            return response.status, response.read().decode(), dict(response.headers.items())
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers.items())


@pytest.fixture(scope="module")
def facilities(engine) -> set[str]:
    from computeatlas.engine.embedded import Query

    return {row["x"].value for row in engine.table(Query(f"SELECT ?x {{ ?x a <{ATLAS}Infrastructure> }}")).records()}


def tables(site: str, path: str) -> Iterator[str]:
    """Yield the tables of the page at `path` and of those after it, as their links lead."""
    while path:
        status, text, _headers = get(site + path)
        assert status == 200
        yield text[text.index("<table") :]
        found = re.search(r'<a rel="next" href="/([^"#]*)', text)
        path = unescape(found[1]) if found else ""


def test_the_table_has_every_facility(site: str, facilities: set[str]) -> None:
    found = list(tables(site, "map"))
    assert len(found) > 1
    assert {link["href"] for table in found for link in Page(table).links} >= {path_of(iri) for iri in facilities}
    assert sum(table.count("<tr>\n<th scope") for table in found) == len(facilities)


def test_the_page_is_light_and_what_is_in_no_list_is_a_link_away(site: str, facilities: set[str]) -> None:
    text = get(site + "map")[1]
    assert len(text.encode()) < 250_000
    listed = {link["href"] for link in Page(text[text.index('class="map-side"') : text.index("<table")]).links}
    for path in sorted(link for link in listed if link.startswith("/map?place=")):
        listed |= {link["href"] for table in tables(site, path.removeprefix("/")) for link in Page(table).links}
    single = {link["href"] for link in Page(text).drawn if "member" not in link["class"]}
    assert listed | single >= {path_of(iri) for iri in facilities}


def test_a_place_chooses_what_is_just_there(site: str) -> None:
    everything = json.loads(get(site + "map.geojson")[1])["features"]
    chosen = json.loads(get(site + "map.geojson?place=falun")[1])["features"]
    falun = ID + "place/falun"
    assert chosen == [item for item in everything if falun in item["properties"]["place"]]
    nowhere = json.loads(get(site + "map.geojson?place=not-stated")[1])["features"]
    assert nowhere == [item for item in everything if not item["properties"]["place"]]
    (link,) = (one["href"] for one in Page(get(site + "map?place=falun")[1]).links if one["href"].endswith("=csv"))
    rows = list(csv.DictReader(io.StringIO(get(site[:-1] + link)[1])))
    assert {row["facility"] for row in rows} == {item["id"] for item in chosen}


def test_each_sign_is_a_link_with_a_name_that_leads_to_a_facility_or_a_list(site: str, facilities: set[str]) -> None:
    page = Page(get(site + "map")[1])
    assert page.drawn
    for link in page.drawn:
        assert link["aria-label"]
        target = link["href"]
        assert target.removeprefix("#") in page.ids if target.startswith("#") else target in map(path_of, facilities)


def test_nothing_on_the_page_is_inline(site: str) -> None:
    for path in ("map", "timeline"):
        assert Page(get(site + path)[1]).inline == []


def test_a_filter_shows_what_was_chosen(site: str) -> None:
    everything = json.loads(get(site + "map.geojson")[1])["features"]
    chosen = json.loads(get(site + "map.geojson?kind=DataCentre&status=not-stated")[1])["features"]
    assert [item["id"] for item in chosen] == [
        item["id"]
        for item in everything
        if item["properties"]["kind"] == [ATLAS + "DataCentre"] and item["properties"]["status"] is None
    ]
    assert 0 < len(chosen) < len(everything)
    text = get(site + "map?kind=DataCentre&status=not-stated")[1]
    found = tables(site, "map?kind=DataCentre&status=not-stated")
    rows = [row for table in found for row in table[table.index("<tbody") :].split("<tr>")[1:]]
    assert len(rows) == len(chosen)
    # The form remembers what was chosen.
    checked = re.findall(r'name="(\w+)" value="([\w-]+)" checked', text)
    assert checked == [("kind", "DataCentre"), ("status", "not-stated")]


@pytest.mark.parametrize(
    "query", ["kind=nonsense", "status=nonsense", "kind=%3Cscript%3E", "kind=AIFactory&kind=x", "place=nonsense"]
)
def test_a_value_that_there_is_not_is_a_bad_request(site: str, query: str) -> None:
    for path in ("map", "map.geojson"):
        status, text, _headers = get(f"{site}{path}?{query}")
        assert status == 400
        assert "AIFactory" in text or "selected" in text or "not-stated" in text
        assert "<script>" not in text


def test_empty_values_choose_nothing(site: str) -> None:
    # But for the addresses that name the page itself.
    assert get(site + "map?kind=&status=")[1].count("<tr>") == get(site + "map")[1].count("<tr>")


def test_geojson_is_what_rfc_7946_asks_for(site: str, facilities: set[str]) -> None:
    status, text, headers = get(site + "map.geojson")
    assert status == 200
    assert headers["content-type"].split(";")[0] == "application/geo+json"
    data = json.loads(text)
    assert data["type"] == "FeatureCollection"
    assert {feature["id"] for feature in data["features"]} == facilities
    placed = 0
    for feature in data["features"]:
        assert feature["type"] == "Feature"
        assert {"iri", "label", "kind", "status", "certainty"} <= feature["properties"].keys()
        if feature["geometry"] is not None:
            placed += 1
            at = feature["geometry"]["coordinates"]
            for longitude, latitude in [at] if feature["geometry"]["type"] == "Point" else at:
                assert -25 < longitude < 45
                assert 30 < latitude < 75
    assert 0 < placed < len(data["features"])


def test_geojson_is_in_the_language_of_the_reader(site: str) -> None:
    def label(language: str) -> str:
        features = json.loads(get(site + "map.geojson", language)[1])["features"]
        return next(item["properties"]["label"] for item in features if item["id"].endswith("/coreweave-falun"))

    assert label("en") == "CoreWeave site in Falun"
    assert label("sv") == "CoreWeaves anläggning i Falun"


def test_the_page_is_in_the_language_of_the_reader(site: str) -> None:
    text = get(site + "map", "sv")[1]
    assert "Anläggningar på kartan" in text
    assert "Facilities on the map" not in text
    assert "Någonstans i" in text


def test_csv_behind_the_page_has_the_same_facilities(site: str, facilities: set[str]) -> None:
    link = next(link["href"] for link in Page(get(site + "map")[1]).links if link["href"].endswith("format=csv"))
    rows = list(csv.DictReader(io.StringIO(get(site[:-1] + link)[1])))
    assert {row["facility"] for row in rows} == facilities


def test_what_is_known_by_country_is_listed_and_has_no_point(site: str) -> None:
    data = json.loads(get(site + "map.geojson")[1])
    unplaced = [feature["id"] for feature in data["features"] if feature["geometry"] is None]
    assert unplaced
    text = get(site + "map")[1]
    aside = text[text.index('class="map-side"') : text.index("<table")]
    listed = {link["href"] for link in Page(aside).links}
    for path in sorted(link for link in listed if link.startswith("/map?place=")):
        listed |= {link["href"] for table in tables(site, path.removeprefix("/")) for link in Page(table).links}
    assert {path_of(iri) for iri in unplaced} <= listed
    drawn = {link["href"] for link in Page(text).drawn}
    assert not drawn & {path_of(iri) for iri in unplaced}
