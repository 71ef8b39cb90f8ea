"""The gateway over HTTP with an engine that is no pool of processes: whatever keeps to the protocol will do."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import uvicorn

from computeatlas.model.limits import Limits
from computeatlas.model.queryfile import read_query
from computeatlas.web.http.settings import Settings
from computeatlas.web.pages.app import create_app
from computeatlas.web.serve.access_log import RequestLog
from computeatlas.web.serve.connection import connection_class
from computeatlas.web.serve.gateway import Gateway

from ...engine.rdflib_engine import ENDLESS, STREAMED, RdflibEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.model.project import Project

DATA = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://w3id.org/compute-atlas/id/actor/ada> rdfs:label "Ada of the rdflib engine"@en .
"""
ALL = "SELECT * { ?s ?p ?o }"
BROWSER = "text/html,*/*;q=0.8"
TOKEN = "a-token-for-these-tests"


class Served:
    """A gateway on a free port, in an event loop of its own."""

    def __init__(self, engine: RdflibEngine, url: str, port: int, metrics: Gateway):
        self.engine = engine
        self.url = url
        self.port = port
        self.gateway = metrics

    def get(self, path: str, accept: str = "*/*", body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Return status and text."""
        fields = {"Accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}}
        request = urllib.request.Request(self.url + path, body, fields)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def begin(self, path: str, accept: str = BROWSER) -> socket.socket:
        """Send a request and return its connection, unread."""
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: h\r\nAccept: {accept}\r\n\r\n".encode())
        return connection


@contextmanager
def served(project: Project) -> Iterator[Served]:
    found: list[Served] = []
    ready = threading.Event()
    limits = Limits(rate=None, cache=0)
    server: list[uvicorn.Server] = []

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        engine = RdflibEngine(DATA)
        settings = Settings(limits=limits, token=TOKEN, views={path.stem: read_query(path) for path in project.views()})
        gateway = Gateway(engine, settings, create_app(engine, settings, loop), RequestLog("off", loop))
        config = uvicorn.Config(
            gateway, http=connection_class(limits), ws="none", lifespan="off", log_config=None, server_header=False
        )
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        server.append(uvicorn.Server(config))
        found.append(Served(engine, f"http://127.0.0.1:{port}/", port, gateway))
        ready.set()
        await server[0].serve([listening])

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(60)
    try:
        yield found[0]
    finally:
        server[0].should_exit = True
        thread.join(60)


@pytest.fixture
def other(project: Project) -> Iterator[Served]:
    """A server on the engine over rdflib."""
    with served(project) as found:
        yield found


def until(condition, what: str) -> None:
    """Wait for `condition`, as long as a busy machine may take."""
    pause = threading.Event()
    for _ in range(3000):
        if condition():
            return
        pause.wait(0.02)
    pytest.fail(f"not so: {what}")


def test_any_engine_answers_queries(other: Served) -> None:
    status, text = other.get("sparql?" + urlencode({"query": ALL}), "application/sparql-results+json")
    assert status == 200
    assert json.loads(text)["results"]["bindings"][0]["o"]["value"] == "Ada of the rdflib engine"
    assert other.get("sparql?" + urlencode({"query": ALL + STREAMED}), "text/csv")[1].count("\n") == 2
    assert other.get("sparql?" + urlencode({"query": "SELECT nonsense"}))[0] == 400
    assert {client for client, _ in other.engine.asked} == {"127.0.0.1"}


def test_any_engine_answers_on_pages_and_as_linked_data(other: Served) -> None:
    assert "Ada of the rdflib engine" in other.get("sparql?" + urlencode({"query": ALL}), BROWSER)[1]
    assert "Ada of the rdflib engine" in other.get("ontology", "text/turtle")[1]
    assert other.get("problems", BROWSER)[0] == 200


def test_any_engine_is_changed(other: Served) -> None:
    text = b"INSERT DATA { <http://e/new> <http://e/p> 1 }"
    status, _ = other.get(
        "update", body=text, Content_Type="application/sparql-update", Authorization=f"Bearer {TOKEN}"
    )
    assert status == 204
    assert "http://e/new" in other.get("sparql?" + urlencode({"query": ALL}), "text/csv")[1]


def test_health_and_metrics_show_what_the_engine_tells(other: Served) -> None:
    state = json.loads(other.get("healthz")[1])
    assert (state["status"], state["quads"], state["questions"]) == ("ok", 1, 0)
    assert "computeatlas_questions_asked_total 0.0" in other.get("metrics")[1]


@pytest.mark.parametrize(
    "path",
    [
        "sparql?" + urlencode({"query": ALL + ENDLESS}),
        "sparql?" + urlencode({"query": ALL + ENDLESS, "cite": "true"}),
    ],
    ids=["form", "sources"],
)
def test_a_browser_that_leaves_gives_up_its_question(other: Served, path: str) -> None:
    connection = other.begin(path)
    until(lambda: other.engine.waiting == 1, "the question waits")
    connection.close()
    until(lambda: other.engine.waiting == 0, "it was given up")
    assert other.engine.abandoned == 1
    until(lambda: 'status="499"' in other.get("metrics")[1], "it was logged as a client that had gone")


def test_the_questions_of_a_page_are_given_up_and_its_thread_stops(
    other: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = other.engine._answer

    async def endless(question, delivery):
        return await answer(question._replace(text=question.text + ENDLESS), delivery)

    monkeypatch.setattr(other.engine, "_answer", endless)
    connections = [other.begin(f"doc/actor/a{number}") for number in range(4)]
    until(lambda: other.engine.waiting >= 4, "four pages wait for their first questions")
    # One client has as many threads as it may have; another is still served.
    for connection in connections:
        connection.close()
    until(lambda: other.engine.waiting == 0, "all were given up")
    asked = len(other.engine.asked)
    assert other.get("problems", BROWSER)[0] == 200
    assert len(other.engine.asked) == asked
    until(lambda: 'endpoint="linked-data",status="499"} 4.0' in other.get("metrics")[1], "four clients had gone")


def test_health_is_told_while_every_thread_of_the_pages_waits(other: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = other.engine._answer

    async def endless(question, delivery):
        return await answer(question._replace(text=question.text + ENDLESS), delivery)

    monkeypatch.setattr(other.engine, "_answer", endless)
    connections = [other.begin(f"doc/actor/a{number}") for number in range(20)]
    connections += [other.begin("sparql?" + urlencode({"query": ALL})) for _ in range(20)]
    until(lambda: other.engine.waiting >= 24, "as many wait as may")
    assert other.get("healthz")[0] == 200
    assert "computeatlas_requests" in other.get("metrics")[1]
    for connection in connections:
        connection.close()
    until(lambda: other.engine.waiting == 0, "all were given up")
