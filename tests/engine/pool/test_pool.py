"""Fork server, fork server client and pool together: real processes, real deaths."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from computeatlas.engine import disk
from computeatlas.engine.base import ClientGoneError
from computeatlas.engine.changes import Change
from computeatlas.engine.load import DataFile
from computeatlas.engine.pool import pool as module
from computeatlas.engine.pool import wire
from computeatlas.engine.pool.exit_diagnosis import diagnose
from computeatlas.engine.pool.fork_server import Start
from computeatlas.engine.pool.pending_query import PendingQuery
from computeatlas.engine.pool.pool import Pool
from computeatlas.engine.pool.spool import Spool
from computeatlas.engine.pool.wire import Job
from computeatlas.engine.pool.worker_handle import WorkerHandle
from computeatlas.engine.pool.worker_states import WorkerState
from computeatlas.model.errors import (
    AtlasError,
    DataError,
    EngineFaultError,
    GraphMissingError,
    MixedOrderError,
    NestingError,
    OverloadedError,
    QueryError,
    QueryEvaluationError,
    QueryMemoryError,
    QuerySyntaxError,
    QueryTimeoutError,
    ResultTooLargeError,
    UsageError,
)
from computeatlas.model.limits import MIB, Limits

pytestmark = pytest.mark.slow

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
#: Takes longer than any test.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p }"
ROWS = 300
FORMATS = {"bindings": "json", "boolean": "json", "graph": "nt"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "data.nt"
    path.write_text("".join(f'<a:{number}> <a:p> "{number}" .\n' for number in range(ROWS)))
    return path


@pytest.fixture
def start(data: Path) -> Start:
    return Start((DataFile(str(data)),), origin="first", memory=512 * MIB)


@asynccontextmanager
async def opened(start: Start, **limits: Any) -> AsyncIterator[Pool]:
    pool = Pool(start, Limits(**{"workers": 2, "timeout": 90.0, "queue_timeout": 90.0, **limits}))
    await pool.open()
    try:
        yield pool
    finally:
        pool.close()


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 100))


def job(text: str, **more: Any) -> Job:
    return Job("query", text, **{"formats": FORMATS, "timeout": 90.0, **more})


def number(body: bytes | Spool) -> int:
    assert isinstance(body, bytes)
    return int(json.loads(body)["results"]["bindings"][0]["n"]["value"])


async def count(pool: Pool, text: str = COUNT, client: str = "c") -> int:
    return number((await pool.submit(client, job(text)).future).body)


def alive(pool: Pool) -> set[int]:
    """Return the numbers of the workers that can answer, or will."""
    workers = pool._lifecycle.workers.values()
    return {worker.number for worker in workers if worker.state is not WorkerState.KILLED}


def by_pid(pool: Pool) -> dict[int, WorkerHandle]:
    """Return the workers whose process ids are known."""
    return {worker.process.pid: worker for worker in pool._lifecycle.workers.values() if worker.process.pid}


async def until(true: Callable[[], object]) -> None:
    """Wait until something is true; the time limit of the test ends it otherwise."""
    while not true():
        await asyncio.sleep(0.005)


async def change(pool: Pool, verb: str, data: bytes = b"", name: str = "nt", **more: Any) -> bool:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return (await pool.change(Change(verb, parts=((name, 0, len(data)),), **more), file.fileno())).created


# --- answers ----------------------------------------------------------------------------------------------------------


def test_answers(start: Start) -> None:
    async def work() -> None:
        async with opened(start) as pool:
            assert (pool.version, pool.quads) == ("first", ROWS)
            await until(lambda: pool.alive == 2)
            answer = await pool.submit("c", job("SELECT * { ?s ?p ?o } LIMIT 7")).future
            assert (answer.form.name, answer.coding, answer.rows) == ("json", "identity", 7)
            texts = [f"SELECT ({value} AS ?n) {{}}" for value in range(40)]
            queries = [pool.submit(f"client {value % 3}", job(text)) for value, text in enumerate(texts)]
            assert pool.waiting == 40
            assert [number((await query.future).body) for query in queries] == list(range(40))
            await until(lambda: pool.running == 0)
            assert (pool.waiting, pool.alive, pool.tally.deaths) == (0, 2, {})

    run(work())


def test_each_error_is_that_of_its_query_alone(start: Start) -> None:
    async def work() -> None:
        async with opened(start) as pool:
            good = pool.submit("c", job(COUNT))
            bad = [
                (pool.submit("c", job("SELEC")), QuerySyntaxError),
                (pool.submit("c", job("SELECT (<a:f>(1) AS ?x) {}")), QueryEvaluationError),
                (pool.submit("c", job("SELECT * {?s ?p ?o}", max_result=50)), ResultTooLargeError),
                (pool.submit("c", Job("graph", named=("a:no",), formats={"graph": "nt"})), GraphMissingError),
                (pool.submit("c", Job("graph", named=("http://[no",), formats={"graph": "nt"})), QueryEvaluationError),
            ]
            for query, kind in bad:
                with pytest.raises(kind):
                    await query.future
            assert number((await good.future).body) == ROWS
            assert pool.tally.deaths == {}

    run(work())


LONG = "SELECT * { ?s ?p ?o . ?t ?q ?x } LIMIT 20000"


def test_a_long_answer_is_read_as_slowly_as_the_client_likes(start: Start) -> None:
    async def work() -> None:
        async with opened(start, workers=1) as pool:
            answer = await pool.submit("c", job(LONG)).future
            assert isinstance(answer.body, Spool)
            # The worker is done before anything is read.
            await until(lambda: pool.running == 0)
            assert await count(pool) == ROWS
            body = b"".join([piece async for piece in answer.body.pieces()])
            assert len(json.loads(body)["results"]["bindings"]) == 20_000
            assert answer.body.rows == 20_000

    run(work())


def test_an_error_after_the_beginning_breaks_the_answer_off(start: Start) -> None:
    async def work() -> None:
        async with opened(start) as pool:
            answer = await pool.submit("c", job(LONG, max_result=500_000)).future
            assert isinstance(answer.body, Spool)
            with pytest.raises(ResultTooLargeError):
                async for _piece in answer.body.pieces():
                    pass

    run(work())


# --- deaths -----------------------------------------------------------------------------------------------------------


def test_a_time_out_ends_the_worker_and_another_takes_its_place(start: Start) -> None:
    async def work() -> None:
        async with opened(start) as pool:
            await count(pool)
            before = alive(pool)
            slow = pool.submit("c", job(ENDLESS, timeout=0.2))
            assert await count(pool, client="d") == ROWS
            with pytest.raises(QueryTimeoutError, match=r"longer than 0\.2 seconds"):
                await slow.future
            await until(lambda: pool.alive == 2)
            assert len(before & alive(pool)) == 1
            assert [await count(pool) for _ in range(4)] == [ROWS] * 4
            assert pool.tally.deaths == {"QueryTimeoutError": 1}

    run(work())


def test_lack_of_memory_is_told_and_ends_no_other_query(start: Start) -> None:
    doubling = " ".join(f"BIND(CONCAT(?x{step}, ?x{step}, ?x{step}, ?x{step}) AS ?x{step + 1})" for step in range(17))
    greedy = f"SELECT (STRLEN(?x17) AS ?n) {{ BIND('0123456789' AS ?x0) {doubling} }}"

    async def work() -> None:
        async with opened(start) as pool:
            queries = [pool.submit("c", job(text)) for text in (greedy, COUNT, COUNT)]
            with pytest.raises(QueryMemoryError):
                await queries[0].future
            assert [number((await query.future).body) for query in queries[1:]] == [ROWS, ROWS]
            assert pool.tally.deaths == {"QueryMemoryError": 1}

    run(work())


MIXED = " ".join(f'{7 * n % 600} "{11 * n % 600}"' for n in range(600))


def test_a_sort_that_ends_the_worker_is_done_again_by_kind(start: Start) -> None:
    text = f"SELECT ?v {{ VALUES ?v {{ {MIXED} }} }} ORDER BY ?v"

    async def work() -> None:
        async with opened(start) as pool:
            answer = await pool.submit("c", job(text)).future
            assert pool.tally.deaths == {"MixedOrderError": 1}
            rows = [row["v"] for row in json.loads(await answer.whole(MIB))["results"]["bindings"]]
            assert [int(row["value"]) for row in rows[:600]] == sorted(7 * n % 600 for n in range(600))
            assert [row["value"] for row in rows[600:]] == sorted(str(11 * n % 600) for n in range(600))
            # A query that was asked by kind from the beginning ends no worker.
            await pool.submit("c", job(text)._replace(sort_by_kind=True)).future
            assert await count(pool) == ROWS
            assert pool.tally.deaths == {"MixedOrderError": 1}

    run(work())


def test_a_query_is_asked_again_once_and_not_after_its_answer_began() -> None:
    async def work() -> None:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        query = PendingQuery("c", b"first", 1.0, 0.0, future, by_kind=lambda: b"second")
        query.spool = Spool()
        assert not query.sort_by_kind(5.0)
        query.spool = None
        assert query.sort_by_kind(5.0)
        assert (query.data, query.began) == (b"second", 5.0)
        assert not query.sort_by_kind(6.0)

    run(work())


def test_a_client_that_leaves_while_its_query_is_asked_again_frees_the_worker(start: Start) -> None:
    text = ENDLESS.replace("{", f"{{ {{ SELECT ?v {{ VALUES ?v {{ {MIXED} }} }} ORDER BY ?v }}")

    async def work() -> None:
        async with opened(start, workers=1) as pool:
            query = pool.submit("c", job(text))
            while not pool.tally.deaths:
                await asyncio.sleep(0.01)
            pool.abandon(query)
            with pytest.raises(ClientGoneError):
                await query.future
            assert await count(pool) == ROWS

    run(work())


def test_the_time_of_the_first_attempt_counts(start: Start) -> None:
    text = ENDLESS.replace("{", f"{{ {{ SELECT ?v {{ VALUES ?v {{ {MIXED} }} }} ORDER BY ?v }}")

    async def work() -> None:
        async with opened(start) as pool:
            with pytest.raises(QueryTimeoutError):
                await pool.submit("c", job(text)._replace(timeout=5.0)).future
            assert pool.tally.deaths == {"MixedOrderError": 1, "QueryTimeoutError": 1}

    run(work())


@pytest.mark.parametrize(
    "status, stderr, kind",
    [
        (-6, "memory allocation of 9 bytes failed", QueryMemoryError),
        (1, "MemoryError: ", QueryMemoryError),
        (1, "OSError: [Errno 12] Cannot allocate memory", QueryMemoryError),
        (-6, "terminate called after throwing an instance of 'std::bad_alloc'", QueryMemoryError),
        (-6, "'std::system_error'\n  what():  Resource temporarily unavailable", QueryMemoryError),
        (-9, "", QueryMemoryError),
        (-6, "thread 'x' has overflowed its stack\nfatal runtime error: stack overflow", NestingError),
        (-11, "", NestingError),
        (-6, "user-provided comparison function does not correctly implement a total order", MixedOrderError),
        (-14, "", QueryTimeoutError),
        (-6, "assertion failed", EngineFaultError),
        (0, "", EngineFaultError),
    ],
)
def test_status_and_stderr_of_a_process_tell_why_it_ended(status: int, stderr: str, kind: type[AtlasError]) -> None:
    error = diagnose(status, stderr)
    assert type(error) is kind
    assert "\n" not in str(error)


def test_a_worker_that_is_killed_from_outside_fails_its_query_only(start: Start) -> None:
    async def work() -> None:
        async with opened(start) as pool:
            slow = pool.submit("c", job(ENDLESS))
            await until(lambda: pool.running == 1)
            (pid,) = [pid for pid, worker in by_pid(pool).items() if worker.assigned]
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(QueryMemoryError):
                await slow.future
            assert await count(pool) == ROWS

    run(work())


def test_the_fork_server_is_started_again_and_what_ran_has_failed(start: Start) -> None:
    async def work() -> None:
        async with opened(start) as pool:
            await change(pool, "post", b"<a:x> <a:p> <a:y> .")
            assert await count(pool) == ROWS + 1
            slow = pool.submit("c", job(ENDLESS))
            await until(lambda: pool.running == 1)
            # The changed data are in a fork server that was forked; its workers tell who it is.
            (worker, *_) = by_pid(pool)
            os.kill(parent_of(worker), signal.SIGKILL)
            with pytest.raises(EngineFaultError, match="the engine ended"):
                await slow.future
            await until(lambda: pool.is_ready)
            # The change was in memory only.
            assert await count(pool) == ROWS
            assert pool.version == "first"
            assert pool.tally.restarts == 1

    run(work())


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[1])


def test_signals_that_a_whole_group_of_processes_gets_end_no_query(start: Start) -> None:
    async def work() -> None:
        async with opened(start) as pool:
            slow = pool.submit("slow", job(ENDLESS))
            await until(lambda: pool.running == 1 and len(by_pid(pool)) == 2)
            pids = list(by_pid(pool))
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                for pid in (parent_of(pids[0]), *pids):
                    os.kill(pid, number)
            assert await count(pool) == ROWS
            await change(pool, "post", b"<a:x> <a:p> <a:y> .")
            assert await count(pool) == ROWS + 1
            assert not slow.future.done()
            assert (pool.tally.restarts, pool.tally.deaths) == (0, {})
            pool.abandon(slow)
            with pytest.raises(ClientGoneError):
                await slow.future

    run(work())


def test_no_query_is_forgotten_when_worker_and_fork_server_end_together(start: Start) -> None:
    async def work() -> None:
        async with opened(start, workers=1) as pool:
            slow = pool.submit("c", job(ENDLESS))
            await until(lambda: pool.running == 1 and by_pid(pool))
            ((pid, worker),) = by_pid(pool).items()
            fork_server = parent_of(pid)
            os.kill(fork_server, signal.SIGSTOP)
            os.kill(pid, signal.SIGKILL)
            await until(lambda: worker.state is WorkerState.KILLED)
            # So nobody says how the worker died.
            os.kill(fork_server, signal.SIGKILL)
            with pytest.raises(EngineFaultError):
                await slow.future
            await until(lambda: pool.is_ready)
            assert await count(pool) == ROWS

    run(work())


class OneWorker:
    """A fork server that has one channel to give, of a worker whose process never comes to be known."""

    def __init__(self, channel: socket.socket):
        self._channels = [channel]

    def start_worker(self, number: int) -> socket.socket:
        if not self._channels:
            raise BlockingIOError
        return self._channels.pop()

    def close(self) -> None:
        pass


GARBAGE = {
    "no error": wire.frame(wire.ERROR, b"\xff"),
    "no answer": wire.frame(wire.WHOLE, b"\xff" * 20),
    "short answer": wire.frame(wire.WHOLE, b""),
    "no beginning": wire.frame(wire.START, b"\xff"),
    "no letter": wire.frame(b"?", b"{}"),
    "an end without a beginning": wire.frame(wire.END, bytes(8)),
    "two beginnings": wire.frame(wire.START, bytes(10)) * 2,
    "a whole answer after a beginning": wire.frame(wire.START, bytes(10)) + wire.frame(wire.WHOLE, bytes(10)),
    "ready a second time": wire.frame(wire.READY, bytes(4)),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_a_worker_gone_wrong_fails_its_query(garbage: bytes) -> None:
    async def work() -> None:
        pool = Pool(Start(), Limits(workers=1))
        ours, theirs = socket.socketpair()
        with theirs:
            pool._lifecycle.serve(OneWorker(ours))
            theirs.sendall(wire.frame(wire.READY, bytes(4)))
            query = pool.submit("c", job(COUNT))
            await until(lambda: pool.running == 1)
            theirs.sendall(garbage)
            with pytest.raises(EngineFaultError):
                await broken(query)
            pool.close()

    run(work())


async def broken(query: PendingQuery) -> None:
    answer = await query.future
    assert isinstance(answer.body, Spool)
    async for _piece in answer.body.pieces():
        pass


def test_an_answer_of_a_worker_that_was_asked_nothing_ends_it() -> None:
    async def work() -> None:
        pool = Pool(Start(), Limits(workers=1))
        ours, theirs = socket.socketpair()
        with theirs:
            pool._lifecycle.serve(OneWorker(ours))
            (worker,) = pool._lifecycle.workers.values()
            theirs.sendall(wire.frame(wire.END, bytes(8)))
            await until(lambda: worker.state is WorkerState.KILLED)
            assert pool.alive == 0
            pool.close()

    run(work())


# --- who waits --------------------------------------------------------------------------------------------------------


def test_nobody_waits_for_it_so_it_is_not_done(start: Start) -> None:
    async def work() -> None:
        async with opened(start, workers=1) as pool:
            await count(pool)
            running = pool.submit("c", job(ENDLESS))
            await until(lambda: pool.running == 1)
            waiting = pool.submit("c", job(COUNT))
            pool.abandon(waiting)
            assert pool.waiting == 0
            with pytest.raises(ClientGoneError):
                await waiting.future
            started = pool.tally.started
            pool.abandon(running)
            with pytest.raises(ClientGoneError):
                await running.future
            # Its worker is ended, and the next one answers.
            assert await count(pool) == ROWS
            assert pool.tally.started == started + 1
            assert pool.tally.deaths == {}

    run(work())


def test_a_client_that_leaves_in_the_middle_of_a_long_answer_frees_the_worker(start: Start) -> None:
    async def work() -> None:
        async with opened(start, workers=1) as pool:
            query = pool.submit("c", job("SELECT * { ?s ?p ?o . ?t ?q ?x . ?u ?r ?y }"))
            answer = await query.future
            assert isinstance(answer.body, Spool)
            pool.abandon(query)
            assert answer.body.abandoned
            assert await count(pool) == ROWS

    run(work())


def test_what_waits_behind_a_slow_query_is_given_to_another_worker(start: Start) -> None:
    async def work() -> None:
        async with opened(start, workers=2, per_client=2) as pool:
            await until(lambda: len(pool._dispatcher.ready) == 2)
            # On one core all are given to one worker, once its client is known to ask what is quick. How quick the
            # queries of this test are depends on the machine.
            pool._dispatcher.cores = frozenset({0})
            await pool.submit("c", job("ASK {}")).future
            for _ in range(50):
                pool._dispatcher.note_duration("c", 0.0, pool.loop.time())
            slow = pool.submit("c", job(ENDLESS))
            behind = [pool.submit("c", job(f"SELECT ({value} AS ?n) {{}}")) for value in range(3)]
            await until(lambda: pool.running)
            assert max(len(worker.assigned) for worker in pool._lifecycle.workers.values()) == 4
            assert [number((await query.future).body) for query in behind] == [0, 1, 2]
            assert not slow.future.done()
            pool.abandon(slow)
            with pytest.raises(ClientGoneError):
                await slow.future

    run(work())


def test_queries_of_a_client_whose_queries_are_long_do_not_share_a_worker(start: Start) -> None:
    """A query that is taken from behind another has been sent already, and is evaluated for nobody."""

    async def work() -> None:
        async with opened(start, workers=2, per_client=2) as pool:
            await until(lambda: len(pool._dispatcher.ready) == 2)
            pool._dispatcher.cores = frozenset({0})
            pool._dispatcher.note_duration("c", 0.03, pool.loop.time())
            slow = [pool.submit("c", job(ENDLESS)) for _ in range(4)]
            await until(lambda: pool.running)
            assert max(len(worker.assigned) for worker in pool._lifecycle.workers.values()) == 1
            for query in slow:
                pool.abandon(query)
                with pytest.raises(ClientGoneError):
                    await query.future

    run(work())


def test_one_client_keeps_no_more_workers_busy_than_it_may(start: Start) -> None:
    async def work() -> None:
        async with opened(start, workers=3, per_client=1) as pool:
            greedy = [pool.submit("greedy", job(ENDLESS)) for _ in range(3)]
            assert [await count(pool, client="modest") for _ in range(3)] == [ROWS] * 3
            await until(lambda: (pool.running, pool.waiting) == (1, 2))
            for query in greedy:
                pool.abandon(query)
                with pytest.raises(ClientGoneError):
                    await query.future

    run(work())


def test_a_queue_that_is_full_or_too_slow_is_told(start: Start) -> None:
    async def work() -> None:
        async with opened(start, workers=1, queue=4, queue_timeout=0.2) as pool:
            slow = pool.submit("c", job(ENDLESS))
            await until(lambda: pool.running == 1)
            waiting = [pool.submit("c", job(COUNT)) for _ in range(3)]
            with pytest.raises(OverloadedError, match="too many"):
                pool.submit("c", job(COUNT))
            waiting.append(pool.submit("d", job(COUNT)))
            with pytest.raises(OverloadedError, match="too many"):
                pool.submit("e", job(COUNT))
            for query in waiting:
                with pytest.raises(OverloadedError, match="no worker became free"):
                    await query.future
            pool.abandon(slow)
            with pytest.raises(ClientGoneError):
                await slow.future
            assert await count(pool) == ROWS

    run(work())


# --- changes ----------------------------------------------------------------------------------------------------------

engines = pytest.mark.parametrize("engine", ["memory", "disk"])


def on(start: Start, engine: str, tmp_path: Path) -> Start:
    if engine == "memory":
        return start
    # Through a link, as an operator may name a volume.
    (tmp_path / "volume").mkdir(exist_ok=True)
    if not (tmp_path / "link").is_symlink():
        (tmp_path / "link").symlink_to(tmp_path / "volume")
    return Start(start.files, str(tmp_path / "link"), start.origin, start.memory)


@engines
def test_a_change_is_seen_by_all_that_come_after_it(start: Start, engine: str, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(on(start, engine, tmp_path)) as pool:
            versions = {pool.version}
            old = pool.submit("c", job(LONG))
            assert await change(pool, "put", b'<a:x> <a:p> "x" .', graph="a:g") is True
            versions.add(pool.version)
            graph = "SELECT (COUNT(*) AS ?n) { GRAPH <a:g> { ?s ?p ?o } }"
            assert await asyncio.gather(*(count(pool, graph) for _ in range(6))) == [1] * 6
            assert await change(pool, "post", b'<a:y> <a:p> "y" .', graph="a:g") is False
            versions.add(pool.version)
            assert await count(pool, graph) == 2
            assert pool.quads == ROWS + 2
            assert await change(pool, "update", b"DELETE WHERE { GRAPH <a:g> { ?s ?p ?o } }") is False
            versions.add(pool.version)
            assert await count(pool, graph) == 0
            assert await change(pool, "delete", graph="a:g") is False
            versions.add(pool.version)
            assert len(versions) == 5
            assert pool.tally.changes == 4
            # What was asked before is answered on the data of before.
            body = (await old.future).body
            assert isinstance(body, Spool)
            whole = b"".join([piece async for piece in body.pieces()])
            assert len(json.loads(whole)["results"]["bindings"]) == 20_000
            await until(lambda: pool.alive == 2)

    run(work())


def test_a_query_that_ends_its_worker_after_a_change_is_told(start: Start) -> None:
    async def work() -> None:
        async with opened(start) as pool:
            old = pool.submit("c", job(ENDLESS))
            await until(lambda: pool.running == 1)
            (pid,) = [pid for pid, worker in by_pid(pool).items() if worker.assigned]
            former = pool._fork_server
            await change(pool, "post", b'<a:x> <a:p> "x" .')
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(QueryMemoryError):
                await old.future
            assert former is not None
            await until(lambda: not former.is_open)
            assert await count(pool) == ROWS + 1

    run(work())


@engines
def test_a_change_that_fails_leaves_the_data_and_their_version(start: Start, engine: str, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(on(start, engine, tmp_path), write_timeout=0.5) as pool:
            failing = [
                (DataError, "post", b'<a:x> <a:p> "x" .\n<a:x> a:p "x" .', {"graph": "a:g"}),
                (QuerySyntaxError, "update", b"DELETE", {}),
                (QueryEvaluationError, "update", b"CLEAR ALL ; CLEAR GRAPH <a:none>", {}),
                (GraphMissingError, "delete", b"", {"graph": "a:none"}),
                (QueryEvaluationError, "put", b"", {"graph": "http://[no"}),
                (
                    QueryTimeoutError,
                    "update",
                    b"INSERT DATA { <a:x> <a:p> 1 } ; DELETE { <a:x> <a:p> ?n } WHERE { { %s } }" % ENDLESS.encode(),
                    {},
                ),
            ]
            for kind, verb, text, more in failing:
                with pytest.raises(kind):
                    await change(pool, verb, text, **more)
                assert (pool.version, pool.tally.changes) == ("first", 0)
                assert await count(pool) == ROWS
            assert await change(pool, "post", b'<a:x> <a:p> "x" .') is False
            assert await count(pool) == ROWS + 1

    run(work())


@pytest.mark.slow
def test_a_writer_on_disk_may_open_files_while_it_works(start: Start, tmp_path: Path) -> None:
    # What RocksDB keeps in memory is full after so much, and it has to begin new files.
    rows = b"".join(b'<a:%d> <a:p> "%d %s" .\n' % (row, row, b"long " * 300) for row in range(50_000))

    async def work() -> None:
        async with opened(replace(on(start, "disk", tmp_path), memory=1 << 30), workers=1) as pool:
            await change(pool, "put", rows)
            assert pool.quads == 50_000
            more = b"INSERT { ?s <a:q> ?n } WHERE { ?s <a:p> ?o BIND(CONCAT('new ', ?o) AS ?n) }"
            await change(pool, "update", more)
            for step in range(8):
                await change(pool, "post", b'<a:s> <a:p> "%d" .' % step)
            assert pool.quads == 100_008

    run(work())


def test_changes_on_disk_are_there_to_stay(start: Start, tmp_path: Path) -> None:
    where = on(start, "disk", tmp_path)

    async def work() -> None:
        async with opened(where) as pool:
            for step in range(3):
                await change(pool, "post", f'<a:x> <a:p> "{step} new" .'.encode())
            last = pool.version
        async with opened(where) as pool:
            assert await count(pool) == pool.quads == ROWS + 3
            # Nobody knows whether the data are those of before.
            assert pool.version not in ("first", last)
        other = Start(where.files, where.directory, "other", where.memory)
        with pytest.raises(DataError, match="holds 3 changes of other data"):
            await Pool(other, Limits(workers=1)).open()

    run(work())


def test_old_generations_are_removed_but_never_while_one_is_made(start: Start, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0.05)
    where = on(start, "disk", tmp_path)
    purged = []

    async def work() -> None:
        async with opened(where, workers=1) as pool:
            original = disk.purge

            def purge(directory: Path, keep: Path) -> None:
                purged.append(pool._changing.locked())
                original(directory, keep)

            monkeypatch.setattr(disk, "purge", purge)
            await count(pool)
            for step in range(4):
                # A reader of the generation of before delays the removal until the next change is under way.
                reader = pool.submit("c", job(ENDLESS))
                await until(lambda: pool.running == 1)
                await change(pool, "post", f'<a:x> <a:p> "{step} new" .'.encode())
                pool.abandon(reader)
                with pytest.raises(ClientGoneError):
                    await reader.future
            await until(lambda: len(purged) == 4)
            await until(lambda: len(list((tmp_path / "volume").glob("[!.]*"))) == 2)
            assert await count(pool) == ROWS + 4
        assert purged == [True] * 4

    run(work())


def test_a_directory_that_holds_the_data_is_used_as_it_is_and_other_data_are_loaded(data: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.nt"
    mine.write_bytes(data.read_bytes())
    where = str(tmp_path / "db")

    async def work() -> None:
        async with opened(Start((DataFile(str(mine)),), where, "first")) as pool:
            assert await count(pool) == ROWS
        mine.write_bytes(b"no longer read")
        async with opened(Start((DataFile(str(mine)),), where, "first")) as pool:
            assert await count(pool) == ROWS
        mine.write_bytes(b"<a:s> <a:p> <a:o> .")
        async with opened(Start((DataFile(str(mine)),), where, "second")) as pool:
            assert (await count(pool), pool.version) == (1, "second")

    run(work())


@engines
def test_other_data_take_the_place_of_those_that_are_served(start: Start, engine: str, tmp_path: Path) -> None:
    other = tmp_path / "other.ttl"
    first = on(start, engine, tmp_path)

    async def work() -> None:
        async with opened(first) as pool:
            assert await count(pool) == ROWS
            other.write_text("<a:s> <a:p> broken")
            following = Start((DataFile(str(other)),), first.directory, "second")
            with pytest.raises(DataError, match="line 1, column 13"):
                await pool.replace(following)
            assert (await count(pool), pool.version) == (ROWS, "first")
            other.write_text("<a:s> <a:p> 1, 2 .")
            await pool.replace(following)
            assert (await count(pool), pool.version, pool.quads) == (2, "second", 2)
            # What is changed now are the new data.
            await change(pool, "post", b"<a:s> <a:p> <a:o> .")
            assert await count(pool) == 3

    run(work())


# --- processes that have ended ----------------------------------------------------------------------------------------


def zombies() -> set[int]:
    """Return the children of this process that have ended and that nobody has waited for."""
    found = set()
    for path in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            fields = (path / "stat").read_text().rpartition(") ")[2].split()
            if fields[0] == "Z" and int(fields[1]) == os.getpid():
                found.add(int(path.name))
    return found


@engines
def test_every_process_is_waited_for(start: Start, engine: str, tmp_path: Path) -> None:
    before = zombies()

    async def work() -> None:
        async with opened(on(start, engine, tmp_path)) as pool:
            slow = pool.submit("slow", job(ENDLESS))
            for step in range(4):
                await until(lambda: pool.alive >= 2)
                await change(pool, "post", f'<a:x> <a:p> "{step} new" .'.encode())
            pool.abandon(slow)
            with pytest.raises(ClientGoneError):
                await slow.future
            await until(lambda: pool.alive == 2 and len(pool._dispatcher.ready) == 2 and len(by_pid(pool)) == 2)
            pid = next(pid for pid, worker in by_pid(pool).items() if worker.state is WorkerState.READY)
            os.kill(parent_of(pid), signal.SIGKILL)
            await until(lambda: pool.tally.restarts == 1 and pool.is_ready)
            assert await count(pool) >= ROWS
            await until(lambda: zombies() <= before)

    run(work())
    # What was left when the pool was closed was waited for before the event loop ended.
    assert zombies() <= before


# --- the start --------------------------------------------------------------------------------------------------------


@engines
def test_data_that_cannot_be_loaded(engine: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.nt"
    bad.write_text("<a:s> <a:p> <a:o> .\n<a:s> p <a:o> .\n")

    async def work() -> None:
        where = str(tmp_path / "db") if engine == "disk" else None
        for path, says in ((bad, "bad.nt, line 2, column 7"), (tmp_path / "none.nt", "No such file")):
            with pytest.raises(DataError, match=says):
                await Pool(Start((DataFile(str(path)),), where, "x"), Limits(workers=1)).open()

    run(work())


def test_a_directory_of_somebody_else(start: Start, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")

    async def work() -> None:
        with pytest.raises(UsageError, match="is not a directory of this program"):
            await Pool(Start(start.files, str(tmp_path), "x"), Limits(workers=1)).open()

    run(work())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


# --- no way out -------------------------------------------------------------------------------------------------------


@engines
def test_no_request_leaves_a_worker_or_a_writer(start: Start, engine: str, tmp_path: Path) -> None:
    async def work() -> None:
        heard: list[object] = []
        server = await asyncio.start_server(lambda reader, _writer: heard.append(reader), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, opened(on(start, engine, tmp_path)) as pool:
            service = f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"
            with pytest.raises(QueryError):
                await pool.submit("c", job(service)).future
            with pytest.raises(QueryError):
                await change(pool, "update", f"LOAD <http://127.0.0.1:{port}/data.ttl>".encode())
            assert await count(pool) == ROWS
        assert heard == []

    run(work())


def test_a_start_survives_its_way_to_the_fork_server() -> None:
    start = Start((DataFile("a"), DataFile("b", "digest")), "dir", "origin", 7, False)
    assert Start.from_data(json.loads(json.dumps(start.as_data()))) == start
