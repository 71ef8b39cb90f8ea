"""The page of terms, on the real server."""

from __future__ import annotations

import gzip
import re
import urllib.request
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from computeatlas.engine.embedded import Query
from computeatlas.model.namespaces import ATLAS

if TYPE_CHECKING:
    from computeatlas.engine.embedded import EmbeddedEngine

PREFIXES = """PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = dict(attributes)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])


@pytest.fixture(scope="module")
def text(site: str) -> str:
    request = urllib.request.Request(site + "ontology", headers={"Accept": "text/html", "Accept-Language": "en"})
    with urllib.request.urlopen(request) as response:
        return response.read().decode()


def test_every_term_of_ours_has_its_anchor(text: str, engine: EmbeddedEngine) -> None:
    query = f'SELECT DISTINCT ?t {{ ?t a ?k FILTER(STRSTARTS(STR(?t), "{ATLAS}")) }}'
    terms = {row["t"].value[len(ATLAS) :] for row in engine.table(Query(query)).records()}
    assert len(terms) > 50
    assert terms <= set(Page(text).ids)


def test_no_anchor_is_given_twice_and_each_link_within_the_page_has_its_target(text: str) -> None:
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    inner = {link[1:] for link in page.links if link.startswith("#")}
    assert len(inner) > 50
    assert inner <= set(page.ids)


def test_every_definition_stands_there_in_both_languages(text: str, engine: EmbeddedEngine) -> None:
    # Metrics of quality have definitions too, and stand on the page of quality.
    query = "SELECT ?d { ?t skos:definition ?d MINUS { ?t a <http://www.w3.org/ns/dqv#Metric> } }"
    rows = list(engine.table(Query(PREFIXES + query)).records())
    assert {row["d"].language for row in rows} == {"en", "sv"}
    plain = text.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    assert [row["d"].value for row in rows if row["d"].value not in plain] == []


def test_the_class_tree_nests_what_a_definition_says_too(text: str) -> None:
    tree = text[text.index('<ul class="tree">') : text.index('id="part-classes"')]
    centre, model = tree.index('href="#DataCentre"'), tree.index('href="#AIDataCentre"')
    assert "</ul>" not in tree[centre:model]


def test_properties_show_domain_range_chain_inverse_and_examples(text: str) -> None:
    section = re.search(r'<section class="term" id="fundedBy".*?</section>', text, re.DOTALL)[0]
    assert 'href="#hasFunding"' in section
    assert " → " in section
    assert "/doc/" in section
    section = re.search(r'<section class="term" id="underProgramme".*?</section>', text, re.DOTALL)[0]
    assert 'href="#Infrastructure"' in section
    assert 'href="#Call"' in section


def test_code_lists_show_their_codes(text: str, engine: EmbeddedEngine) -> None:
    rows = engine.table(Query(PREFIXES + "SELECT ?c { ?c a skos:Concept }")).records()
    paths = {"/doc/" + row["c"].value.split("/id/", 1)[1] for row in rows}
    assert paths <= set(Page(text).links)


def test_the_page_is_under_60_kb_compressed(text: str) -> None:
    assert len(gzip.compress(text.encode())) < 60_000
