"""Each hostile request ends in an honest status within its limit, and the server goes on as if nothing had been."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .harness import PREFIX, TOKEN, Listener, Server, wait_until
from .hostile import Hostile, hostile_queries, hostile_writes, nested_queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Start
    from .harness import Reply

pytestmark = pytest.mark.slow

#: Seconds that a query, and a write, may take here.
LIMIT, WRITE_LIMIT = 1.0, 1.5
#: How much later than its limit a request may end, in seconds: told apart from one that hangs, on a machine that is
#: busy with other things. The strict figures are those of benchmarks/faults.py on a quiet machine.
GRACE = 10.0
LIMITED = ("--timeout", str(LIMIT), "--write-timeout", str(WRITE_LIMIT))
OPTIONS = ("--workers", "4", "--memory", "400", "--max-result", "4000000")
#: What may run out of time. All else is asked of a server that gives it more than any machine needs.
LATE = "504 query-timeout"
PATIENT = ("--timeout", "60", "--write-timeout", "60")
LOOKUP = PREFIX + "SELECT ?l { :i7 :label ?l }"


@pytest.fixture(scope="module")
def ear() -> Iterator[Listener]:
    """The server that must not be called."""
    with Listener() as found:
        yield found


@pytest.fixture(scope="module")
def servers(start: Start) -> Iterator[dict[bool, Server]]:
    """Whether what is asked may run out of time → the server to ask."""
    with start(*OPTIONS, *LIMITED) as limited, start(*OPTIONS, *PATIENT) as patient:
        yield {True: limited, False: patient}


@pytest.fixture(scope="module")
def deep_servers(start: Start) -> Iterator[dict[bool, Server]]:
    """Servers whose operator has turned off the limit on nesting: only the operating system holds it."""
    deep = ("--max-nesting", "100000")
    with start(*OPTIONS, *LIMITED, *deep) as limited, start(*OPTIONS, *PATIENT, *deep) as patient:
        yield {True: limited, False: patient}


def send(server: Server, hostile: Hostile) -> Reply:
    with server.client() as client:
        return client.send(
            "PUT" if hostile.path.startswith("/store") else "POST",
            hostile.path,
            hostile.body,
            Content_Type=hostile.content_type,
            Accept=hostile.accept,
            Authorization=f"Bearer {TOKEN}",
        )


def check(server: Server, hostile: Hostile, reply: Reply) -> None:
    """Check the outcome of `hostile`, how long it took by the server's own log, and that the server is well."""
    assert reply.outcome in hostile.expected, reply.body[:500]
    if reply.headers and LATE in hostile.expected:
        most = LIMIT if hostile.path == "/sparql" else WRITE_LIMIT
        assert server.seconds(reply) < most + GRACE
    with server.client() as client:
        assert b"item number 7" in client.query(LOOKUP).body
    wait_until(server.is_whole, "all workers are there, and idle")


def by_name(queries: list[Hostile]) -> dict[str, Hostile]:
    found = {query.name: query for query in queries}
    assert len(found) == len(queries)
    return found


@pytest.mark.parametrize("name", by_name(nested_queries()))
def test_what_is_nested_is_contained(servers: dict[bool, Server], name: str) -> None:
    query = by_name(nested_queries())[name]
    server = servers[LATE in query.expected]
    check(server, query, send(server, query))


@pytest.mark.parametrize("name", by_name(nested_queries()))
def test_what_is_nested_is_contained_without_a_limit_on_nesting(deep_servers: dict[bool, Server], name: str) -> None:
    query = by_name(nested_queries())[name]
    server = deep_servers[LATE in query.expected]
    check(server, query, send(server, query))


@pytest.mark.parametrize("name", by_name(hostile_queries(0)))
def test_a_hostile_query_ends_in_an_honest_status(servers: dict[bool, Server], ear: Listener, name: str) -> None:
    query = by_name(hostile_queries(ear.port))[name]
    server = servers[LATE in query.expected]
    check(server, query, send(server, query))
    assert ear.calls == []


@pytest.mark.parametrize("name", by_name(hostile_writes(0)))
def test_a_hostile_write_ends_in_an_honest_status_and_changes_nothing(
    servers: dict[bool, Server], ear: Listener, name: str
) -> None:
    write = by_name(hostile_writes(ear.port))[name]
    server = servers[LATE in write.expected]
    before = server.health()["quads"]
    reply = send(server, write)
    assert reply.outcome in write.expected, reply.body[:500]
    if LATE in write.expected:
        assert server.seconds(reply) < WRITE_LIMIT + GRACE
    if reply.status >= 400:
        check(server, write, reply)
        assert server.health()["quads"] == before
        with server.client() as client:
            assert b"true" not in client.query("ASK { <x:a> <x:b> ?c }").body
    else:
        wait_until(server.is_whole, "all workers are there, and idle")
        with server.client() as client:
            gone = client.send("DELETE", write.path, Authorization=f"Bearer {TOKEN}")
            assert gone.status == 204
        assert server.health()["quads"] == before
    assert ear.calls == []


def test_there_are_enough_of_them() -> None:
    names = {query.name for query in [*nested_queries(), *hostile_queries(0), *hostile_writes(0)]}
    assert len(names) >= 60
