"""What browsers send through the form: hostile, slow, many, leaving; and the server answers others meanwhile."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from .harness import PREFIX, Server, wait_until
from .hostile import Hostile, hostile_queries, nested_queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Start

pytestmark = pytest.mark.slow

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
#: Takes longer than any test.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
#: Seconds that a query may take where it is to come to its end.
LIMIT = 1.0


def begin(server: Server, source: str = "127.0.0.1", method: str = "GET", **more: str) -> socket.socket:
    """Send an endless query as a browser sends its form, and return the connection."""
    connection = socket.create_connection(("127.0.0.1", server.port), source_address=(source, 0))
    form = urlencode({"query": ENDLESS, **more})
    head = f"Host: h\r\nAccept: {BROWSER}\r\n"
    if method == "GET":
        connection.sendall(f"GET /sparql?{form} HTTP/1.1\r\n{head}\r\n".encode())
    else:
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n"
        connection.sendall(f"POST /sparql HTTP/1.1\r\n{head}\r\n{form}".encode())
    return connection


def busy(server: Server) -> int:
    health = server.health()
    return int(str(health.get("busy", -1)))


@pytest.fixture(scope="module")
def patient(start: Start) -> Iterator[Server]:
    """A server whose queries may take longer than any test."""
    with start("--timeout", "600", "--workers", "6", "--queue-timeout", "600") as found:
        yield found


@pytest.fixture(scope="module")
def hasty(start: Start) -> Iterator[Server]:
    """A server whose queries have little time."""
    with start("--timeout", str(LIMIT), "--workers", "4", "--memory", "400", "--max-result", "4000000") as found:
        yield found


def test_a_client_whose_queries_wait_stops_neither_health_nor_pages_of_others(patient: Server) -> None:
    with ExitStack() as stack:
        for _ in range(24):
            stack.enter_context(begin(patient))
        wait_until(lambda: busy(patient) > 0, "queries run")
        # These are told while the queries run: had they waited for them, none would.
        with patient.client() as same, patient.client("127.0.0.2") as another:
            assert same.send("GET", "/metrics").status == 200
            assert another.send("GET", "/problems", Accept=BROWSER).status == 200
            found = another.send("GET", "/sparql?" + urlencode({"query": "ASK {}"}), Accept=BROWSER)
            assert found.status == 200
        assert busy(patient) > 0
    wait_until(patient.is_whole, "their workers are free again")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("more", [{}, {"cite": "true"}], ids=["form", "sources"])
def test_a_browser_that_leaves_frees_its_worker(patient: Server, more: dict[str, str], method: str) -> None:
    connection = begin(patient, method=method, **more)
    wait_until(lambda: busy(patient) == 1, "the query runs")
    connection.close()
    wait_until(patient.is_whole, "the worker is free again")
    wait_until(lambda: '"status": 499' in patient.words, "the log tells of a client that had gone")


def chosen() -> dict[str, Hostile]:
    """Return one hostile query of each kind: those whose names begin alike are one kind."""
    found: dict[str, Hostile] = {}
    for query in [*nested_queries(), *hostile_queries(0)]:
        if query.path == "/sparql":
            found.setdefault(query.name.split(" ")[0], query)
    return found


@pytest.mark.parametrize("kind", chosen())
@pytest.mark.parametrize("cite", [False, True], ids=["form", "sources"])
def test_a_hostile_query_through_the_form_ends_in_an_honest_status(hasty: Server, kind: str, cite: bool) -> None:
    query = chosen()[kind].body.decode("utf-8", "replace")
    form = urlencode({"query": query, **({"cite": "true"} if cite else {})}).encode()
    with hasty.client() as client:
        reply = client.send("POST", "/sparql", form, Content_Type="application/x-www-form-urlencoded", Accept=BROWSER)
        assert reply.status in {200, 400, 403, 413, 503, 504} or (
            reply.status == 500 and b"engine-fault" in reply.body
        ), reply.body[:500]
        assert reply.headers["content-type"].startswith("text/html")
    assert "Traceback" not in hasty.words
    wait_until(hasty.is_whole, "all workers are there, and idle")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"query=%zz", "application/x-www-form-urlencoded", 400),
        (b"query=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded", 400),
        (b"query=ASK{}&query=ASK{}", "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=b"] * 5000), "application/x-www-form-urlencoded", 400),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x", 415),
        (b"ASK {}", "text/plain", 415),
        (b"\xff\xfe", "application/sparql-query", 400),
        (b"query=ASK{}&timeout=nan", "application/x-www-form-urlencoded", 400),
        (b"query=ASK{}&default-graph-uri=%3Cx%3E", "application/x-www-form-urlencoded", 400),
        (b"query=" + b"x" * 400_000, "application/x-www-form-urlencoded", 413),
    ],
)
@pytest.mark.parametrize("path", ["/sparql", "/sparql/cite"])
def test_a_malformed_form_gets_a_page_that_says_what_is_wrong(
    hasty: Server, path: str, body: bytes, content_type: str, status: int
) -> None:
    with hasty.client() as client:
        reply = client.send("POST", path, body, Content_Type=content_type, Accept=BROWSER)
        assert reply.status == status
        assert reply.headers["content-type"].startswith("text/html")
        assert b"/problems#" in reply.body
    assert "Traceback" not in hasty.words


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_flood_of_pages_of_one_client_leaves_room_for_others(patient: Server, method: str) -> None:
    with ExitStack() as stack:
        for _ in range(150):
            stack.enter_context(begin(patient, "127.0.0.3", method))
        wait_until(lambda: busy(patient) > 0, "queries run")
        with patient.client("127.0.0.2") as another:
            found = another.query(PREFIX + "SELECT ?l { :i7 :label ?l }", BROWSER)
            assert found.status == 200
            assert b"item number 7" in found.body
        assert patient.health()["status"] == "ok"
    wait_until(patient.is_whole, "their workers are free again")


def test_a_reader_who_does_not_read_keeps_no_thread(hasty: Server) -> None:
    query = "SELECT * { ?s ?p ?o }"
    with ExitStack() as stack:
        for _ in range(16):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", hasty.port))
            path = "/sparql?" + urlencode({"query": query})
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: h\r\nAccept: {BROWSER}\r\n\r\n".encode())
        with hasty.client() as client:
            assert client.send("GET", "/problems", Accept=BROWSER).status == 200
            assert client.query("ASK {}", BROWSER).status == 200
