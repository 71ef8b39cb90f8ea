"""Each page, in both languages, on data in which every property that it reads has every kind of malformed value."""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
import pytest

from computeatlas.model.namespaces import ATLAS, DATASET_IRI, ID, RDF
from computeatlas.web.http.urls import path_of

from . import malformed
from .html import faults_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

ANNOUNCED = ID + "status/announced"
STATUSES = f"SELECT * {{ ?s <{ATLAS}status> ?o }} ORDER BY STR(?s) LIMIT 200"
#: Page → what it still shows of the well-formed things.
PAGES = {
    "/": 'class="counts"',
    "/map": "/doc/infrastructure/good",
    "/map?status=announced&kind=DataCentre": "/doc/infrastructure/good",
    "/timeline": "/doc/claim/good",
    "/money": "/doc/funding/good",
    "/conflicts": "/doc/claim/good",
    "/sources": "/doc/source/good",
    "/quality": "/doc/place/country",
    "/ontology": "Well-formed code",
    "/search?q=well-formed": "Well-formed",
    "/dataset": "Somebody",
    "/describe?" + urlencode({"iri": "http://e/unknown"}): "/doc/",
    "/why?" + urlencode({"s": ID + "infrastructure/good", "p": ATLAS + "status", "o": ANNOUNCED}): path_of(ANNOUNCED),
    "/sparql/cite?" + urlencode({"query": STATUSES}): path_of(ANNOUNCED),
}
#: One of so many things has its page looked at: every property, and every value on most kinds of thing, is among them.
SHARE = 16


class Site:
    """A server, asked over a new connection each time: it closes one that is idle while a long page is read."""

    def __init__(self, url: str):
        self._parts = urlsplit(url)

    def get(self, path: str, language: str = "en", accept: str = "text/html") -> tuple[int, str]:
        """Return status and text."""
        connection = http.client.HTTPConnection(self._parts.hostname or "", self._parts.port)
        try:
            connection.request("GET", path, headers={"Accept": accept, "Accept-Language": language})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def bad(serving, tmp_path_factory) -> Iterator[Site]:
    """A server of the malformed data."""
    path: Path = tmp_path_factory.mktemp("malformed") / "malformed.nq"
    path.write_bytes(ox.serialize(malformed.quads(), format=ox.RdfFormat.N_QUADS))
    # Much data: no query of the pages may run out of time, however busy the machine is.
    patience = ("--timeout", "300", "--queue-timeout", "300")
    with serving("--data", str(path), "--union-default-graph", "--rate", "off", "--log", "off", *patience) as url:
        yield Site(url)


def follow(site: Site, path: str, language: str) -> Iterator[str]:
    """Yield the page at `path` and those after it, as their links lead."""
    while path:
        status, words = site.get(path, language)
        assert status == 200, f"{path}: {status} {words[:300]}"
        yield words
        found = re.search(r'<a rel="next" href="([^"]*)"', words)
        path = unescape(found[1]) if found else ""


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_shows_what_is_well_formed(bad: Site, path: str, language: str) -> None:
    pages = list(follow(bad, path, language))
    assert any(PAGES[path] in words for words in pages)
    for number, words in enumerate(pages):
        # The texts differ by language, not the elements; a few megabytes take the parser half a minute.
        if language == "en" or (not number and len(words) < 1_000_000):
            assert faults_of(words) == []
        assert "<script>" not in words
        assert 'href="javascript' not in words


@pytest.mark.parametrize("path", ["/map.geojson", "/search/suggestions?q=well", "/sparql/completions"])
@pytest.mark.parametrize("language", ["en", "sv"])
def test_data_for_scripts_are_json(bad: Site, path: str, language: str) -> None:
    status, words = bad.get(path, language, "*/*")
    assert status == 200
    found = json.loads(words, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    if path == "/map.geojson":
        assert ID + "infrastructure/good" in {feature["id"] for feature in found["features"]}
        for feature in found["features"]:
            if feature["geometry"] and feature["geometry"]["type"] == "Point":
                longitude, latitude = feature["geometry"]["coordinates"]
                assert abs(longitude) <= 180
                assert abs(latitude) <= 90


def test_the_csv_of_each_page_is_had(bad: Site) -> None:
    links = set()
    for path in ("/", "/map", "/timeline", "/money", "/conflicts", "/sources", "/ontology", "/doc/infrastructure/good"):
        words = bad.get(path)[1]
        links |= {unescape(link) for link in re.findall(r'href="(/sparql\?[^"]*format=csv[^"]*)"', words)}
    assert len(links) > 7
    for link in links:
        # The query of one document among hundreds stands for those of the others.
        status, table = bad.get(link, accept="*/*")
        assert status == 200, f"{link[:200]}: {table[:300]}"
        assert next(csv.reader(io.StringIO(table)))


def test_the_page_of_each_thing_is_whole(bad: Site) -> None:
    things = [DATASET_IRI, *malformed.things()]
    chosen = [thing for number, thing in enumerate(things) if (number + number // len(malformed.VALUES)) % SHARE == 0]
    assert len(chosen) > 300
    wrong = {}
    for number, thing in enumerate(chosen):
        status, words = bad.get(path_of(thing), ("en", "sv")[number % 2])
        # A deprecated thing is gone, and says so on its page.
        if status not in (200, 410) or (faults := faults_of(words)):
            wrong[thing] = (status, faults[:2] if status in (200, 410) else words[:200])
    assert wrong == {}


@pytest.mark.parametrize("name", malformed.VALUES)
def test_the_page_of_each_value_that_is_a_thing_is_there(bad: Site, name: str) -> None:
    for value in malformed.VALUES[name]:
        if isinstance(value, ox.NamedNode):
            status, words = bad.get(path_of(value.value))
            assert status in (200, 303, 404)
            assert faults_of(words) == []


def test_what_ends_a_line_of_the_sitemap_is_escaped(bad: Site) -> None:
    status, words = bad.get("/sitemap.xml", accept="*/*")
    assert status == 200
    assert quote("/doc/infrastructure/good") in words
    assert RDF not in words
