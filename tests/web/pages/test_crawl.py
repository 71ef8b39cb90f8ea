"""A crawler follows every link of a site from the front page, as a reader or a search engine may.

It goes through the whole site of a small graph, in which every kind of thing is. Of the site of the whole graph it
reads the main pages, each list from end to end, and some things of each class, and follows some of the links of each,
drawn at random, always the same of the same graph.
"""

from __future__ import annotations

import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import BASE, graph_iri
from computeatlas.web.http.urls import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.slow

#: The same pages in the other language; another test looks at some of them.
LANGUAGE = re.compile(r"[?&]lang=")
#: Of addresses that differ only in the thing they are about, so many are followed.
_VARIANTS = 3
_CONNECTIONS = 4
#: What is drawn of the whole graph: things of each class, and links of each page.
_SEED, _THINGS, _LINKS = 20, 2, 3
#: Main pages of the whole graph; those of a list are read up to its end.
LISTS = (
    "/",
    "/map",
    "/timeline",
    "/money",
    "/conflicts",
    "/sources",
    "/ontology",
    "/sparql",
    "/search?q=mimer",
    "/download/",
    "/dataset",
    "/problems",
)
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


#: How often an address is asked for before its server counts as one that does not answer.
_ATTEMPTS = 10


class Crawl:
    """All that was found: address → status and content type, who links to it, and which parts are linked to."""

    def __init__(self, site: str, variants: int = _VARIANTS):
        self._site = site
        self._most = variants
        server = urlsplit(site)
        self._connections = [HTTPConnection(server.hostname or "", server.port) for _ in range(_CONNECTIONS)]
        self.found: dict[str, tuple[int, str]] = {}
        self.linked_from: dict[str, str] = {}
        self.parts: dict[str, set[str]] = {}
        self.wanted_parts: dict[tuple[str, str], str] = {}
        self.inline: list[str] = []
        self._variants: dict[str, set[str]] = {}
        self._next: list[str] = [site]
        self.links: dict[str, list[str]] = {}

    def read(self, addresses: Iterable[str]) -> None:
        """Visit `addresses` and no more; what they lead to is in `links`."""
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            wanted = [address for address in dict.fromkeys(addresses) if address not in self.found]
            for address, visited in zip(wanted, pool.map(self._visit, wanted), strict=True):
                self._take(address, *visited)
        self._next = []

    def run(self) -> None:
        """Visit what one link leads to, then what two lead to, and so on: in an order that is always the same."""
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            while self._next:
                addresses, self._next = self._next, []
                for address, visited in zip(addresses, pool.map(self._visit, addresses), strict=True):
                    self._take(address, *visited)
        self.close()

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()

    def _visit(self, address: str) -> tuple[int, str, str | None, Page | None]:
        """Return status, media type, where it leads to, and the page."""
        # There are as many as threads.
        connection = self._connections.pop()
        target = address.removeprefix(self._site.rstrip("/"))
        for _attempt in range(_ATTEMPTS):
            connection.request("GET", target, headers={"Accept": "text/html,*/*;q=0.1", "Accept-Language": "en"})
            response = connection.getresponse()
            body = response.read()
            if response.status != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            # A server with much to do says when to come back.
            time.sleep(int(response.headers.get("Retry-After", "1")))
        self._connections.append(connection)
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        location = response.headers["Location"] if response.status in (301, 302, 303, 307, 308) else None
        return response.status, kind, location, Page(body.decode()) if kind == "text/html" else None

    def _take(self, address: str, status: int, kind: str, location: str | None, page: Page | None) -> None:
        self.found[address] = (status, kind)
        if location is not None:
            self._add(location, address)
        elif page is not None:
            self.parts[address] = page.parts
            self.inline += [f"{address}: {item}" for item in page.inline]
            for link in page.links:
                self._add(link, address)
            led = (urldefrag(urljoin(address, link))[0] for link in page.links)
            self.links[address] = [one for one in dict.fromkeys(led) if one.startswith(self._site)]

    def _add(self, link: str, source: str) -> None:
        address, part = urldefrag(urljoin(source, link))
        if not address.startswith(self._site) or LANGUAGE.search(address):
            return
        if address not in self.linked_from:
            if (shape := _shape(address)) is not None:
                followed = self._variants.setdefault(shape, set())
                if len(followed) == self._most:
                    return
                followed.add(address)
            self.linked_from[address] = source
            if address != self._site:
                self._next.append(address)
        if part:
            self.wanted_parts.setdefault((address, part), source)


def _shape(address: str) -> str | None:
    """Return what `address` has in common with others that differ in the thing they are about, None for a page of one.

    There are some ten thousand addresses of queries, of reasons for a statement, and of data about a thing.
    """
    parts = urlsplit(address)
    values = parse_qs(parts.query)
    if query := values.pop("query", None):
        text = re.sub(r"""<[^>]*>|"[^"]*"|'[^']*'""", "term", query[0])
        text = re.sub(r"VALUES (\?\w+) \{[^}]*\}", r"VALUES \1 {}", text)
        return f"{parts.path} {sorted(values.items())} {text}"
    if parts.path == "/why":
        return f"{parts.path} {values['p']}"
    if (data := re.fullmatch(r"(/doc/[\w-]+/).*(\.[a-z]+)", parts.path)) is not None:
        return f"{data[1]}{data[2]}"
    return None


@pytest.fixture(scope="module")
def crawl(small_site: str) -> Crawl:
    """The crawl of all of a small graph."""
    done = Crawl(small_site, variants=1)
    done.run()
    return done


@pytest.fixture(scope="module")
def sample(site: str, engine: EmbeddedEngine) -> Crawl:
    """The crawl of some of the whole graph: main pages, lists from end to end, things of each class, and some links."""
    draw = random.Random(_SEED)
    done = Crawl(site)
    for path in LISTS:
        address: str | None = site + path.removeprefix("/")
        while address is not None:
            done.read([address])
            address = next((one for one in done.links.get(address, ()) if _follows(one, address)), None)
    table = engine.table(Query(f'SELECT DISTINCT ?t ?x {{ ?x a ?t FILTER(STRSTARTS(STR(?x), "{BASE}id/")) }}'))
    classes: dict[str, list[str]] = {}
    for class_, thing in table.rows:
        classes.setdefault(class_.value, []).append(thing.value)
    assert len(classes) > 30
    things = [name for c in sorted(classes) for name in draw.sample(sorted(classes[c]), min(_THINGS, len(classes[c])))]
    done.read(urljoin(site, path_of(name)) for name in dict.fromkeys(things))
    led = [sorted(links) for _address, links in sorted(done.links.items())]
    done.read(one for links in led for one in draw.sample(links, min(_LINKS, len(links))) if not LANGUAGE.search(one))
    done.close()
    return done


def _follows(one: str, address: str) -> bool:
    """Say whether an address is that of the page of a list after `address`."""
    here, there = urlsplit(address), urlsplit(one)
    now, after = (int(parse_qs(parts.query).get("page", ["1"])[0]) for parts in (here, there))
    return here.path == there.path and there.query.startswith("page=") and after == now + 1


@pytest.mark.parametrize("which", ["crawl", "sample"])
def test_no_link_is_dead(which: str, request: pytest.FixtureRequest) -> None:
    crawl: Crawl = request.getfixturevalue(which)
    dead = {address: (status, crawl.linked_from.get(address)) for address, (status, _) in crawl.found.items()}
    assert {address: found for address, found in dead.items() if found[0] not in (200, 303)} == {}
    assert len(crawl.found) > 300


@pytest.mark.parametrize("which", ["crawl", "sample"])
def test_every_part_that_is_linked_to_is_there(which: str, request: pytest.FixtureRequest) -> None:
    crawl: Crawl = request.getfixturevalue(which)
    missing = {
        (address, part): source
        for (address, part), source in crawl.wanted_parts.items()
        if address in crawl.parts and part not in crawl.parts[address]
    }
    assert missing == {}


def test_every_thing_of_the_graph_is_reached(crawl: Crawl, small_engine: EmbeddedEngine) -> None:
    table = small_engine.table(
        Query(
            "SELECT DISTINCT ?x WHERE { GRAPH ?g { ?x a ?type }"
            f' FILTER(isIRI(?x) && STRSTARTS(STR(?x), "{BASE}id/")) }}'
        )
    )
    things = [row[0].value for row in table.rows if row[0] is not None]
    assert len(things) > 300
    reached = {urlsplit(address).path for address in crawl.found}
    assert [thing for thing in things if path_of(thing) not in reached] == []


def test_the_small_graph_has_every_kind_of_thing_of_the_whole(
    engine: EmbeddedEngine, small_engine: EmbeddedEngine
) -> None:
    """Every class that something is stated to be of; what follows by rules depends on more than a thing's kind."""
    stated = f'STRSTARTS(STR(?x), "{BASE}id/") && ?g != <{graph_iri("inferred")}>'
    text = f"SELECT DISTINCT ?t {{ GRAPH ?g {{ ?x a ?t }} FILTER({stated}) }}"
    whole, small = ({row[0].value for row in one.table(Query(text)).rows} for one in (engine, small_engine))
    assert whole - small == set()


@pytest.mark.parametrize("which", ["crawl", "sample"])
def test_no_page_has_script_or_style_of_its_own(which: str, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue(which).inline == []


def test_every_view_is_among_what_is_reached(crawl: Crawl) -> None:
    reached = {urlsplit(address).path for address in crawl.found}
    views = {"/map", "/timeline", "/money", "/conflicts", "/sources", "/ontology", "/sparql", "/search", "/download/"}
    assert views <= reached
