"""The front page, on the real server."""

from __future__ import annotations

import gzip
import re
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest


@pytest.fixture(scope="module")
def pages(site: str) -> dict[str, str]:
    found = {}
    for language in ("en", "sv"):
        request = urllib.request.Request(site, headers={"Accept": "text/html", "Accept-Language": language})
        with urllib.request.urlopen(request) as response:
            found[language] = response.read().decode()
    return found


def test_each_count_links_to_a_query_with_so_many_rows(pages: dict[str, str], site: str, ask) -> None:
    counts = re.findall(r'<a href="([^"]+)"><span class="figure">([\d,]+)</span>', pages["en"])
    assert len(counts) == 6
    for link, number in counts:
        query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["query"][0]
        assert len(ask(site, query).splitlines()) - 1 == int(number.replace(",", ""))


def test_release_licence_and_citation_are_there(pages: dict[str, str], manifest) -> None:
    text = pages["en"]
    assert manifest.version in text
    assert text.count(manifest.digest) >= 3
    assert "@misc{compute-atlas-" in text
    assert 'rel="license"' in text
    assert 'href="/download/"' in text


def test_the_page_is_in_swedish_for_who_reads_swedish(pages: dict[str, str]) -> None:
    assert '<html lang="sv">' in pages["sv"]
    assert "Vem bygger vad, var, med vems pengar?" in pages["sv"]
    assert "Senaste påståendena" in pages["sv"]
    assert "Latest claims" not in pages["sv"]


def test_the_map_is_there(pages: dict[str, str]) -> None:
    assert "<svg" in pages["en"]
    assert "map-drawing" in pages["en"]


def test_the_page_is_under_60_kb_compressed(pages: dict[str, str]) -> None:
    for text in pages.values():
        assert len(gzip.compress(text.encode())) < 60_000
