"""No way out: a worker can reach no other server, whatever got past the look at the text of its query."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from computeatlas.engine.pool import sandbox, wire
from computeatlas.engine.pool.wire import Job
from computeatlas.engine.pool.worker import run_worker

from .harness import Listener, wait_until
from .hostile import FEDERATION, hostile_queries, hostile_writes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Start

pytestmark = pytest.mark.slow

MEMORY = 1 << 29
FORMATS = {"bindings": "json", "boolean": "json", "graph": "nt"}


class Worker:
    """A worker without a server before it, so that nothing looks at what it is asked."""

    def __init__(self, *, offline: bool):
        ours, theirs = socket.socketpair()
        store = ox.Store()
        store.update("INSERT DATA { <x:a> <x:b> 'here' }")
        self.pid = os.fork()
        if not self.pid:
            ours.close()
            try:
                run_worker(lambda: store, theirs, MEMORY, offline=offline)
            finally:
                os._exit(1)
        theirs.close()
        ours.settimeout(120)
        self._channel = ours
        assert self._frame()[0] == wire.READY

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_error: object) -> None:
        self._channel.close()
        os.waitpid(self.pid, 0)

    def ask(self, text: str) -> tuple[bytes, bytes]:
        """Return letter and payload of the worker's answer."""
        self._channel.sendall(Job("query", text, formats=FORMATS, timeout=20).pack())
        return self._frame()

    def _frame(self) -> tuple[bytes, bytes]:
        head = self._exactly(wire.HEAD)
        return head[:1], self._exactly(int.from_bytes(head[1:], "little"))

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self._channel.recv(count - len(data))
            assert more, "the worker ended"
            data += more
        return data


@pytest.fixture
def confined() -> Iterator[Worker]:
    with Worker(offline=True) as worker:
        yield worker


SERVICES = {query.name: query for query in hostile_queries(0) if FEDERATION in query.expected}
LOADS = {write.name: write for write in hostile_writes(0) if FEDERATION in write.expected}


@pytest.mark.parametrize("name", SERVICES)
def test_a_confined_worker_calls_nobody(confined: Worker, listener: Listener, name: str) -> None:
    text = {query.name: query for query in hostile_queries(listener.port)}[name].text
    assert isinstance(text, str)
    confined.ask(text)
    # The worker is what it was: it answers, and so it has not died of the attempt.
    letter, payload = confined.ask("SELECT ?o { <x:a> <x:b> ?o }")
    assert (letter, b"here" in payload) == (wire.WHOLE, True)
    assert listener.calls == []


def test_a_worker_that_may_calls_the_other_server(listener: Listener) -> None:
    with Worker(offline=False) as worker:
        worker.ask(f"SELECT * {{ SERVICE SILENT <http://127.0.0.1:{listener.port}/sparql> {{ ?s ?p ?o }} }}")
        wait_until(lambda: listener.calls, "the listener was called")


UPDATE = """
import sys
import pyoxigraph as ox
from computeatlas.engine.pool import sandbox

store = ox.Store()
if sys.argv[2] == "confined":
    sandbox.forbid_descriptors(for_good=False)
try:
    store.update(sys.argv[1])
except Exception as error:
    sandbox.allow_descriptors()
    print(type(error).__name__, error)
sandbox.allow_descriptors()
store.update("INSERT DATA { <x:a> <x:b> 'here' }")
assert store.query("ASK { <x:a> <x:b> 'here' }")
"""


def run_update(text: str, how: str) -> None:
    subprocess.run([sys.executable, "-c", UPDATE, text, how], check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize("name", LOADS)
def test_a_confined_writer_calls_nobody(listener: Listener, name: str) -> None:
    text = {write.name: write for write in hostile_writes(listener.port)}[name].text
    assert isinstance(text, str)
    run_update(text, "confined")
    assert listener.calls == []


def test_a_writer_that_may_calls_the_other_server(listener: Listener) -> None:
    run_update(f"LOAD SILENT <http://127.0.0.1:{listener.port}/data.ttl>", "free")
    wait_until(lambda: listener.calls, "the listener was called")


def test_a_process_without_descriptors_opens_no_socket_in_any_thread() -> None:
    pid = os.fork()
    if not pid:
        code = 1
        try:
            sandbox.forbid_descriptors(for_good=True)
            refused = []

            def attempt() -> None:
                try:
                    socket.socket()
                except OSError:
                    refused.append(True)

            thread = threading.Thread(target=attempt)
            thread.start()
            thread.join()
            try:
                sandbox.allow_descriptors()
                socket.socket()
            except (OSError, ValueError):
                refused.append(True)
            # An ordinary user cannot raise a hard limit; root can, and is no worker.
            code = 0 if len(refused) == 2 or (os.geteuid() == 0 and refused) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_with_allow_service_a_query_reaches_the_other_server(start: Start, listener: Listener) -> None:
    there = f"http://127.0.0.1:{listener.port}/sparql"
    with start("--allow-service", "--workers", "2", "--timeout", "10") as server, server.client() as client:
        reply = client.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}")
        assert reply.status >= 400
        assert reply.kind != "internal"
        wait_until(lambda: listener.calls, "the listener was called")
        assert b"/sparql" in listener.calls[0]


def test_without_it_nobody_is_called_by_a_server(start: Start, listener: Listener) -> None:
    there = f"http://127.0.0.1:{listener.port}/sparql"
    with start("--workers", "2") as server, server.client() as client:
        assert client.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}").outcome == FEDERATION
    assert listener.calls == []
