"""Readers of the pages that leave, read slowly, write slowly or come in crowds: none of them holds others up."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from .harness import LIMITS, Server, wait_until
from .test_connections import receive, statuses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
#: Takes longer than any test.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p }"
MIMER = "https://w3id.org/compute-atlas/id/infrastructure/mimer"
STATUS = "https://w3id.org/compute-atlas/ontology#status"
#: Pages that ask queries each time they are asked for.
PAGES = (
    "/map",
    "/timeline",
    "/money",
    "/conflicts",
    "/sources",
    "/doc/infrastructure/mimer",
    "/describe?" + urlencode({"iri": "http://www.w3.org/2000/01/rdf-schema#label"}),
    "/sparql/cite?" + urlencode({"query": f"SELECT ?o {{ <{MIMER}> <{STATUS}> ?o }}"}),
)
FORM = urlencode({"query": f"SELECT * {{ <{MIMER}> ?p ?o }}"}).encode()
#: The clients of these tests, by their addresses.
HOLDERS, CROWD, OTHER = ("127.0.0.5", "127.0.0.6"), "127.0.0.3", "127.0.0.2"


@pytest.fixture(scope="module")
def server(release: Path) -> Iterator[Server]:
    """A server of the release with two workers, whose queries may take longer than any test."""
    with Server(
        "--release", str(release), *LIMITS, "--workers", "2", "--timeout", "600", "--queue-timeout", "600"
    ) as found:
        with found.client() as client:
            # What is made when it is first asked for is there.
            assert client.send("GET", "/search?q=falun", Accept=BROWSER).status == 200
        yield found


def request(path: str, method: str = "GET", more: str = "") -> bytes:
    """Return the head of a request of a browser."""
    return f"{method} {path} HTTP/1.1\r\nHost: h\r\nAccept: {BROWSER}\r\n{more}\r\n".encode()


def begin(server: Server, data: bytes, source: str, buffer: int = 0) -> socket.socket:
    """Send `data` over a new connection, and return it unread; `buffer` is how many bytes it takes in meanwhile."""
    connection = socket.socket()
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.bind((source, 0))
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(data)
    return connection


def waiting(server: Server) -> int:
    return int(str(server.health().get("waiting", -1)))


@contextmanager
def held(server: Server) -> Iterator[None]:
    """Keep every worker busy."""
    with ExitStack() as stack:
        for source in HOLDERS:
            path = "/sparql?" + urlencode({"query": ENDLESS})
            stack.enter_context(begin(server, request(path), source))
        wait_until(lambda: server.health().get("busy") == 2, "both workers are busy")
        yield
        # Nothing that was done meanwhile has ended what they do.
        assert server.health().get("busy") == 2
    wait_until(server.is_whole, "all workers are there, and idle")


@pytest.mark.parametrize("path", PAGES)
def test_who_leaves_a_page_takes_its_queries_along(server: Server, path: str) -> None:
    with held(server):
        with begin(server, request(path), CROWD):
            wait_until(lambda: waiting(server) > 0, "the queries of the page wait")
        wait_until(lambda: waiting(server) == 0, "they are given up")


def test_who_leaves_a_form_that_was_sent_by_post_takes_its_query_along(server: Server) -> None:
    more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(FORM)}\r\n"
    with held(server):
        with begin(server, request("/sparql", "POST", more) + FORM, CROWD):
            wait_until(lambda: waiting(server) == 1, "the query waits")
        wait_until(lambda: waiting(server) == 0, "it is given up")


def test_a_crowd_of_one_client_leaves_room_for_pages_of_others(server: Server) -> None:
    with ExitStack() as stack:
        crowd = [
            stack.enter_context(begin(server, request(PAGES[number % len(PAGES)], more="Connection: close\r\n"), CROWD))
            for number in range(80)
        ]
        with server.client(OTHER) as other:
            for path in ("/", "/map", "/doc/infrastructure/mimer", "/search?q=falun", "/problems"):
                assert other.send("GET", path, Accept=BROWSER).status == 200
            assert other.query("ASK {}", BROWSER).status == 200
            assert other.query("ASK {}").status == 200
        # And the crowd gets what it asked for, but for those of it that were too many to wait.
        answers = [receive(connection, first=180, quiet=60) for connection in crowd]
        found = [status for answer in answers for status in statuses(answer)]
        assert len(found) == len(crowd)
        assert set(found) <= {200, 503}
        assert found.count(200) > len(crowd) // 2
        assert all(b"/problems#overloaded" in answer for answer in answers if answer.startswith(b"HTTP/1.1 503"))
    wait_until(server.is_whole, "all workers are there, and idle")
    assert "Traceback" not in server.words


def test_a_crowd_that_leaves_at_once_is_not_served_on(server: Server) -> None:
    with held(server), ExitStack() as stack:
        for number in range(80):
            stack.enter_context(begin(server, request(PAGES[number % len(PAGES)]), CROWD))
        wait_until(lambda: waiting(server) > 0, "queries of pages wait")
        stack.close()
        wait_until(lambda: waiting(server) == 0, "they are given up")
        with server.client(OTHER) as other:
            assert other.send("GET", "/problems", Accept=BROWSER).status == 200
    assert "Traceback" not in server.words


@pytest.mark.parametrize(
    "path", ["/ontology", "/map", "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o } LIMIT 20000"})]
)
def test_slow_readers_of_pages_keep_no_thread_and_get_them_whole(server: Server, path: str) -> None:
    with server.client(OTHER) as other, ExitStack() as stack:
        whole = other.send("GET", path, Accept=BROWSER)
        assert whole.status == 200
        data = request(path, more="Connection: close\r\n")
        # More than there are threads for pages.
        slow = [stack.enter_context(begin(server, data, CROWD, buffer=4096)) for _ in range(12)]
        for connection in slow:
            assert connection.recv(12) == b"HTTP/1.1 200"
        assert other.send("GET", "/problems", Accept=BROWSER).status == 200
        assert other.send("GET", "/doc/infrastructure/mimer", Accept=BROWSER).status == 200
        wait_until(server.is_whole, "no worker waits for them")
        for connection in slow[:2]:
            answer = receive(connection, first=60, quiet=60)
            head, _, body = answer.partition(b"\r\n\r\n")
            if b"chunked" in head:
                assert body.endswith(b"0\r\n\r\n")
            else:
                assert len(body) == len(whole.body)


def test_forms_that_are_sent_byte_by_byte_stop_nobody(server: Server) -> None:
    more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(FORM)}\r\nConnection: close\r\n"
    data = request("/sparql", "POST", more)
    with ExitStack() as stack:
        slow = [stack.enter_context(begin(server, data, CROWD)) for _ in range(100)]
        for step in range(3):
            for connection in slow:
                connection.sendall(FORM[step : step + 1])
            with server.client(OTHER) as other:
                assert other.send("GET", "/map", Accept=BROWSER).status == 200
                assert other.query("ASK {}", BROWSER).status == 200
        for connection in slow[:20]:
            connection.sendall(FORM[3:])
        for connection in slow[:20]:
            answer = receive(connection, first=60, quiet=60)
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"text/html" in answer.partition(b"\r\n\r\n")[0]
    wait_until(server.is_whole, "all workers are there, and idle")
    assert "Traceback" not in server.words
