"""A crawler follows every link of the site from the front page, as a reader or a search engine may."""

from __future__ import annotations

import http.client
import re
from collections import deque
from html.parser import HTMLParser
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import BASE
from computeatlas.web.http.urls import path_of

pytestmark = pytest.mark.slow

#: The same pages in the other language; another test looks at some of them.
LANGUAGE = re.compile(r"[?&]lang=")
#: Which attribute of which element is an address.
ADDRESSES = {
    "a": "href",
    "link": "href",
    "script": "src",
    "img": "src",
    "form": "action",
    "use": "href",
    "source": "src",
}


class Page(HTMLParser):
    """What a page refers to, and the names of its parts."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.parts: set[str] = set()
        self.inline: list[str] = []
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if value := values.get(ADDRESSES.get(tag, "")):
            self.links.append(value)
        if name := values.get("id"):
            self.parts.add(name)
        if tag == "style" or "style" in values or any(key.startswith("on") for key in values):
            self.inline.append(f"<{tag} {values}>")
        self._script = tag == "script" and "src" not in values and "json" not in (values.get("type") or "")

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.inline.append(data)


class Crawl:
    """All that was found: address → status and content type, who links to it, and which parts are linked to."""

    def __init__(self, site: str):
        self._site = site
        self._connection = http.client.HTTPConnection(urlsplit(site).hostname or "", urlsplit(site).port)
        self.found: dict[str, tuple[int, str]] = {}
        self.linked_from: dict[str, str] = {}
        self.parts: dict[str, set[str]] = {}
        self.wanted_parts: dict[tuple[str, str], str] = {}
        self.inline: list[str] = []
        self.shapes: set[str] = set()
        self.queue: deque[str] = deque([site])

    def run(self) -> None:
        while self.queue:
            address = self.queue.popleft()
            if address not in self.found:
                self._visit(address)
        self._connection.close()

    def _visit(self, address: str) -> None:
        target = address.removeprefix(self._site.rstrip("/"))
        self._connection.request("GET", target, headers={"Accept": "text/html,*/*;q=0.1", "Accept-Language": "en"})
        response = self._connection.getresponse()
        body = response.read()
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        self.found[address] = (response.status, kind)
        if response.status in (301, 302, 303, 307, 308):
            self._add(response.headers["Location"], address)
        elif kind == "text/html":
            page = Page(body.decode())
            self.parts[address] = page.parts
            self.inline += [f"{address}: {item}" for item in page.inline]
            for link in page.links:
                self._add(link, address)

    def _add(self, link: str, source: str) -> None:
        address, part = urldefrag(urljoin(source, link))
        if not address.startswith(self._site) or LANGUAGE.search(address):
            return
        if (shape := _shape(address)) is not None:
            if shape in self.shapes:
                return
            self.shapes.add(shape)
        self.linked_from.setdefault(address, source)
        if part:
            self.wanted_parts.setdefault((address, part), source)
        self.queue.append(address)


def _shape(address: str) -> str | None:
    """Return the query whose sources `address` tells, without the thing that it asks of; None for other addresses.

    There are some three thousand such addresses, which differ in that thing only and take a third of a second each.
    """
    if not address.endswith("cite=true"):
        return None
    return re.sub(r"VALUES (\?\w+) \{[^}]*\}", r"VALUES \1 {}", parse_qs(urlsplit(address).query)["query"][0])


@pytest.fixture(scope="module")
def crawl(site: str) -> Crawl:
    done = Crawl(site)
    done.run()
    return done


def test_no_link_is_dead(crawl: Crawl) -> None:
    dead = {address: (status, crawl.linked_from.get(address)) for address, (status, _) in crawl.found.items()}
    assert {address: found for address, found in dead.items() if found[0] not in (200, 303)} == {}
    assert len(crawl.found) > 1000


def test_every_part_that_is_linked_to_is_there(crawl: Crawl) -> None:
    missing = {
        (address, part): source
        for (address, part), source in crawl.wanted_parts.items()
        if address in crawl.parts and part not in crawl.parts[address]
    }
    assert missing == {}


def test_every_thing_of_the_graph_is_reached(crawl: Crawl, site: str, engine: EmbeddedEngine) -> None:
    table = engine.table(
        Query(
            "SELECT DISTINCT ?x WHERE { GRAPH ?g { ?x a ?type }"
            f' FILTER(isIRI(?x) && STRSTARTS(STR(?x), "{BASE}id/")) }}'
        )
    )
    things = [row[0].value for row in table.rows if row[0] is not None]
    assert len(things) > 500
    reached = {urlsplit(address).path for address in crawl.found}
    assert [thing for thing in things if path_of(thing) not in reached] == []


def test_no_page_has_script_or_style_of_its_own(crawl: Crawl) -> None:
    assert crawl.inline == []


def test_every_view_is_among_what_is_reached(crawl: Crawl) -> None:
    reached = {urlsplit(address).path for address in crawl.found}
    views = {"/map", "/timeline", "/money", "/conflicts", "/sources", "/ontology", "/sparql", "/search", "/download/"}
    assert views <= reached
