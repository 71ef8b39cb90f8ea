"""Processes that are killed: what each takes with it, what comes back by itself, what a restart finds."""

from __future__ import annotations

import json
import random
import re
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .harness import ENDLESS, LIMITS, PREFIX, SOON, TOKEN, Reply, Server, kill, wait_until
from .kills import check_store, kill_while_writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Start

pytestmark = pytest.mark.slow

LOOKUP = PREFIX + "SELECT ?l { :i7 :label ?l }"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . }"
#: What a client may be told whose query was in a process that is gone.
LOST = frozenset({"500 engine-fault", "503 query-memory", "504 query-timeout", "503 overloaded"})


@pytest.fixture
def server(start: Start) -> Iterator[Server]:
    with start("--workers", "4", *ENDLESS) as found:
        yield found


class Asking:
    """A query that is asked in a thread of its own; `reply` is None until it is answered."""

    def __init__(self, server: Server, text: str):
        self.reply: Reply | None = None

        def run() -> None:
            with server.client() as client:
                self.reply = client.query(text)

        self._thread = threading.Thread(target=run)
        self._thread.start()

    def wait(self) -> Reply:
        self._thread.join(SOON)
        assert self.reply is not None, "the query has no answer: it hangs"
        return self.reply


def busy_worker(server: Server) -> int:
    """Return the process id of the worker that works, by the processor time that the workers use."""
    wait_until(lambda: server.health().get("busy") == 1, "a worker is busy")
    before = server.processor_times()
    found: list[int] = []

    def look() -> bool:
        # A worker that waits uses next to nothing.
        workers, now = server.workers(), server.processor_times()
        found[:] = [pid for pid in workers if now.get(pid, 0) - before.get(pid, 0) > 0.2]
        return bool(found)

    wait_until(look, "a worker works")
    (pid,) = found
    return pid


def answers(server: Server) -> bool:
    with server.client() as client:
        return b"item number 7" in client.query(LOOKUP).body


def test_a_killed_worker_takes_its_own_query_with_it_and_nothing_else(server: Server) -> None:
    first = Asking(server, LONG)
    victim = busy_worker(server)
    second = Asking(server, LONG)
    wait_until(lambda: server.health().get("busy") == 2, "both are busy")
    assert kill(victim)
    assert first.wait().outcome == "503 query-memory"
    assert second.reply is None
    assert answers(server)
    wait_until(lambda: server.health().get("workers") == 4, "the worker is replaced")
    for pid in server.workers():
        kill(pid)
    assert second.wait().outcome in LOST
    wait_until(server.is_whole, "all workers are there")


def test_a_fault_of_the_engine_has_a_number_that_the_log_has_too(server: Server) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-500-internal-server-error: a worker ended for no known reason."""
    asking = Asking(server, LONG)
    assert kill(busy_worker(server), signal.SIGABRT)
    reply = asking.wait()
    assert reply.outcome == "500 engine-fault"
    number = json.loads(reply.body)["id"]
    assert re.fullmatch(r"[\w-]{6,}", number)
    wait_until(lambda: f"fault {number} of the engine" in server.words, "the log has the number")
    assert answers(server)


def test_workers_killed_at_random_moments_fail_at_most_the_query_in_each(server: Server) -> None:
    outcomes: list[str] = []
    over = threading.Event()

    def ask(source: str) -> None:
        with server.client(source) as client:
            while not over.is_set():
                reply = client.query(LOOKUP)
                outcomes.append(reply.outcome if b"item number 7" in reply.body or reply.status != 200 else "wrong")

    threads = [threading.Thread(target=ask, args=(f"127.0.0.{number}",)) for number in (2, 3)]
    for thread in threads:
        thread.start()
    chance = random.Random(4)
    kills = 0
    for _ in range(20):
        time.sleep(chance.uniform(0.01, 0.1))
        if workers := server.workers():
            kills += kill(chance.choice(workers))
    over.set()
    for thread in threads:
        thread.join()
    failed = [outcome for outcome in outcomes if outcome != "200"]
    assert set(failed) <= LOST
    # A worker is given four small queries at once, of which it can take one with it.
    assert len(failed) <= kills
    assert len(outcomes) > kills
    wait_until(server.is_whole, "all workers are there")


def test_a_killed_fork_server_comes_back_by_itself(server: Server) -> None:
    query = Asking(server, LONG)
    wait_until(lambda: server.health().get("busy") == 1, "the query runs")
    (before,) = server.fork_servers()
    assert kill(before)
    assert query.wait().outcome in LOST
    wait_until(server.is_whole, "all workers are there")
    (after,) = server.fork_servers()
    assert after != before
    assert answers(server)


def test_a_query_does_not_hang_when_its_worker_and_the_fork_server_die_together(server: Server) -> None:
    query = Asking(server, LONG)
    victim = busy_worker(server)
    (fork_server,) = server.fork_servers()
    # Stopped, it cannot tell how the worker ended before it is killed itself.
    assert kill(fork_server, signal.SIGSTOP)
    assert kill(victim)
    time.sleep(0.3)
    assert kill(fork_server)
    assert query.wait().outcome in LOST
    wait_until(server.is_whole, "all workers are there")
    assert answers(server)


@pytest.mark.parametrize("busy", [False, True])
def test_nothing_outlives_a_killed_parent_and_a_restart_serves(server: Server, busy: bool) -> None:
    if busy:
        query = Asking(server, LONG)
        wait_until(lambda: server.health().get("busy") == 1, "the query runs")
    server.kill_parent()
    wait_until(lambda: server.processes() == [], "all its processes are gone")
    if busy:
        assert query.wait().broken
    server.start()
    assert answers(server)


def test_a_terminated_server_leaves_no_process(server: Server) -> None:
    assert kill(server.pid, signal.SIGTERM)
    wait_until(lambda: server.processes() == [], "all its processes are gone")
    server.start()
    assert answers(server)


@pytest.mark.parametrize("engine", ["memory", "disk"])
def test_a_killed_fork_server_after_a_write_comes_back_with_the_data_that_are_kept(
    data: Path, tmp_path: Path, engine: str
) -> None:
    where = "memory" if engine == "memory" else f"disk:{tmp_path / 'store'}"
    with Server("--data", str(data), *LIMITS, "--workers", "2", "--engine", where) as server:
        with server.client() as client:
            assert client.update("INSERT DATA { <x:a> <x:b> <x:c> }").status == 204
            assert b"true" in client.query("ASK { <x:a> <x:b> <x:c> }").body
        wait_until(server.is_whole, "all workers are there")
        for fork_server in server.fork_servers():
            kill(fork_server)
        wait_until(lambda: server.fork_servers() and server.is_whole(), "all workers are there")
        with server.client() as client:
            kept = b"true" in client.query("ASK { <x:a> <x:b> <x:c> }").body
        # In memory a write is gone with the process that holds it, and the files are served again.
        assert kept == (engine == "disk")
        assert answers(server)


def test_no_acknowledged_write_is_lost_by_kills_at_random_moments(tmp_path: Path) -> None:
    found = kill_while_writing(tmp_path, kills=8, seed=1)
    assert found.acknowledged >= 8
    assert found.lost == []
    assert found.corrupt == []


@pytest.mark.parametrize("engine", ["memory", "disk"])
@pytest.mark.parametrize("failure", ["malformed", "time", "memory"])
def test_a_write_that_fails_half_way_leaves_nothing_behind(
    data: Path, tmp_path: Path, engine: str, failure: str
) -> None:
    where = "memory" if engine == "memory" else f"disk:{tmp_path / 'store'}"
    # Each limit is out of reach where it is not the one to be met.
    options = ("--workers", "2", "--memory", "30", "--write-timeout", "150")
    if failure == "time":
        options = ("--workers", "2", "--memory", "2000", "--write-timeout", "1.5")
    cross = "INSERT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    count = "INSERT { <x:a> <x:n> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } }"
    with Server("--data", str(data), *LIMITS, *options, "--engine", where) as server, server.client() as client:
        quads = server.health()["quads"]
        first = "DELETE WHERE { ?s ?p ?o } ; INSERT DATA { <x:a> <x:b> <x:c> } ;\n"
        if failure == "malformed":
            boundary = (
                "--x\r\nContent-Disposition: form-data; name=a; filename=a.ttl\r\nContent-Type: text/turtle\r\n\r\n"
                "<x:a> <x:b> <x:c> .\r\n"
                "--x\r\nContent-Disposition: form-data; name=b; filename=b.ttl\r\nContent-Type: text/turtle\r\n\r\n"
                "<x:d> oops .\r\n--x--\r\n"
            )
            reply = client.send(
                "PUT",
                "/store?default",
                boundary.encode(),
                Content_Type="multipart/form-data; boundary=x",
                Authorization=f"Bearer {TOKEN}",
            )
            assert reply.outcome == "400 data"
        else:
            # The work comes first: what follows would leave nothing to multiply.
            text = (count if failure == "time" else cross) + " ;\n" + first.rstrip(" ;\n")
            reply = client.update("INSERT DATA { <x:a> <x:b> <x:c> } ;\n" + text)
            assert reply.outcome in ({"504 query-timeout"} if failure == "time" else {"503 query-memory"})
        assert server.health()["quads"] == quads
        assert b"false" in client.query("ASK { <x:a> ?b ?c }").body
        # And the next write is made as if nothing had been.
        assert client.update("INSERT DATA { <x:d> <x:e> <x:f> }").status == 204
        assert server.health()["quads"] == quads + 1
        assert answers(server)
    if engine == "disk":
        check_store(tmp_path / "store")


def test_a_write_that_runs_out_of_time_says_so_behind_one_that_failed(start: Start) -> None:
    # The end of the first writer is told after the second has begun; it must not be taken for the second's.
    with start("--workers", "2", "--write-timeout", "0.7") as server, server.client() as client:
        for _ in range(4):
            assert client.update("INSERT DATA { ?v }").outcome == "400 query-syntax"
            late = "INSERT { <x:a> <x:n> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } }"
            assert client.update(late).outcome == "504 query-timeout"
