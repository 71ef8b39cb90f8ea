"""Dispatcher and life cycle without processes: a simulated system in which anything may happen at any moment.

`World` has clients, a clock, fork servers and worker processes, all simulated, and real `Dispatcher`, `Lifecycle` and
`WorkerHandle` objects. `World.event` lets one thing happen, chosen by a source of numbers; `World.check` holds what
the pool believes against what is so. Whatever depends on the answer of the system is delivered later, or never.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Any

from computeatlas.engine.base import Answer
from computeatlas.engine.pool import wire
from computeatlas.engine.pool.dispatch import Dispatcher
from computeatlas.engine.pool.lifecycle import ForkServerHandle, Host, Lifecycle
from computeatlas.engine.pool.pending_query import PendingQuery
from computeatlas.engine.pool.worker_handle import WorkerHandle
from computeatlas.engine.pool.worker_states import CURRENT, WORKING, ForkServerState, WorkerState
from computeatlas.model.errors import OverloadedError, QueryEvaluationError, QueryTimeoutError
from computeatlas.model.limits import Limits
from computeatlas.model.mediatypes import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = Limits(workers=3, per_client=2, queue=12, queue_timeout=2.0, timeout=1.0)
CLIENTS = ("ann", "bob", "cy")
ID = 4


class Query(PendingQuery):
    """A query that takes note of its one outcome, and of a second one."""

    def __init__(self, world: World, number: int, client: str):
        super().__init__(client, number.to_bytes(ID, "little"), LIMITS.timeout, world.now, None)  # type: ignore[arg-type]
        self.world = world
        self.number = number
        self.outcome: object = None

    def resolve(self, answer: Answer) -> None:
        assert self.outcome is None, "answered twice"
        if isinstance(answer.body, bytes):
            assert answer.body == self.data, "the answer of another query"
            self.end("answered")
        else:
            answer.body.query = self

    def reject(self, error: Exception) -> None:
        self.world.check_failure(self, error)
        self.end(error)

    def end(self, outcome: object) -> None:
        assert self.outcome is None, "answered twice"
        self.outcome = outcome
        del self.world.open[self.number]


class Spool:
    """A result in pieces."""

    query: Query

    def append(self, data: bytes) -> None:
        assert data == self.query.data, "a piece of another query's answer"

    def finish(self, rows: int | None) -> None:
        self.query.end("answered")


class Process:
    """A worker process as it is, and the channel to it: `inbox` is what it has to do, `outbox` what it has sent."""

    def __init__(self, worker: WorkerHandle):
        self.worker = worker
        self.inbox: deque[bytes] = deque()
        self.outbox: deque[tuple[bytes, bytes]] = deque()
        self.is_forked = False
        self.is_dead = False
        self.is_ready = False
        self.has_begun = False
        self.is_open = True
        self.is_known = False
        self.is_released = False
        self.has_grown = False
        self.may_restore = True
        self.is_corrupt = False

    def die(self) -> None:
        self.is_dead = True

    # --- what a worker handle calls ---

    def send(self, data: bytes) -> bool:
        assert self.is_open
        if self.is_dead:
            return False
        self.inbox.extend(data[at : at + ID] for at in range(0, len(data), ID))
        return True

    def drain(self) -> None:
        while self.is_open:
            self.deliver()

    def deliver(self) -> None:
        if self.outbox:
            self.worker.receive(*self.outbox.popleft(), self.worker._owner._host.now())  # type: ignore[attr-defined]
        else:
            self.worker.disconnected()

    def attach(self, pid: int) -> None:
        self.is_known = True

    def note_ready(self, thread: int) -> None:
        pass

    def kill(self) -> None:
        if self.is_known:
            self.die()

    def close(self) -> None:
        self.is_open = False

    def release(self) -> None:
        assert not self.is_released
        self.is_released = True

    def lower_priority(self, cores: frozenset[int]) -> None:
        pass

    def restore_priority(self, cores: frozenset[int]) -> bool:
        return self.may_restore


class ForkServer:
    """A fork server as it is: requests that it has not served, children that it has not waited for, its messages."""

    def __init__(self) -> None:
        self.requests: deque[Process] = deque()
        self.children: list[Process] = []
        self.messages: deque[tuple[str, int]] = deque()
        self.is_dead = False
        self.is_open = True
        self.handle: ForkServerHandle

    def die(self) -> None:
        self.is_dead = True
        for child in self.children:
            child.die()

    def close(self) -> None:
        assert self.is_open, "closed twice"
        self.is_open = False
        self.die()


class SimulatedHost(Host):
    """A host whose clock the simulated channels read."""

    def __init__(self, now: Callable[[], float], *functions: Any):
        super().__init__(*functions)
        object.__setattr__(self, "now", now)


class World:
    """`draw(n)` returns the next number below n: it decides what happens."""

    def __init__(self, draw: Callable[[int], int]):
        self.draw = draw
        self.now = 0.0
        self.number = 0
        self.open: dict[int, Query] = {}
        self.is_woken = False
        self.fills = 0
        self.restarts = 0
        self.fork_servers: list[ForkServer] = []
        self.processes: list[Process] = []
        #: Queries that a process worked on when it died by itself.
        self.lost: set[bytes] = set()
        self.before: list[tuple[WorkerHandle, list[PendingQuery]]] = []
        self.waited: set[PendingQuery] = set()
        self.is_closed = False
        #: The last worker that reads data which have been replaced.
        self.former = 0
        host = SimulatedHost(lambda: self.now, self.start_worker, self.fill_later, self.restart, Spool)
        self.dispatcher = Dispatcher(LIMITS, frozenset(range(1 + draw(3))), self.wake)
        self.lifecycle = Lifecycle(LIMITS.workers, self.dispatcher, host)
        self.serve()
        self.choices = [
            choice
            for choice, weight in (
                (self.submit, 12),
                (self.abandon, 2),
                (self.dispatch, 10),
                (self.tick, 6),
                (self.fork, 3),
                (self.report, 6),
                (self.hear, 6),
                (self.work, 14),
                (self.deliver, 16),
                (self.fill, 2),
                (self.load, 2),
                (self.kill_process, 1),
                (self.kill_fork_server_rarely, 1),
                (self.replace_rarely, 1),
                (self.corrupt_rarely, 1),
                (self.relieve_rarely, 1),
            )
            for _ in range(weight)
        ]

    # --- what the pool calls ---

    def wake(self) -> None:
        self.is_woken = True

    def start_worker(self, control: ForkServer, worker: WorkerHandle) -> Process:
        if control.is_dead:
            raise BrokenPipeError
        if not self.draw(20):
            raise BlockingIOError
        process = Process(worker)
        control.requests.append(process)
        self.processes.append(process)
        return process

    def fill_later(self) -> None:
        self.fills += 1

    def restart(self) -> None:
        self.restarts += 1

    # --- what may happen ---

    def event(self) -> None:
        """Let one thing happen, and check everything after it."""
        self.before = [
            (worker, [query for query in worker.assigned if query is not None])
            for worker in self.lifecycle.workers.values()
            if worker.assigned
        ]
        self.waited = set(self.waiting())
        self.choices[self.draw(len(self.choices))]()
        self.check()

    def submit(self) -> None:
        self.number += 1
        query = Query(self, self.number, CLIENTS[self.draw(len(CLIENTS))])
        try:
            self.dispatcher.submit(query)
        except OverloadedError:
            assert len(self.waited) >= LIMITS.queue * 3 // 4
        else:
            self.open[query.number] = query

    def abandon(self) -> None:
        if self.open:
            number, query = list(self.open.items())[self.draw(len(self.open))]
            self.lifecycle.abandon(query)
            query.outcome = "abandoned"
            del self.open[number]

    def dispatch(self) -> None:
        if self.is_woken:
            self.is_woken = False
            self.dispatcher.dispatch(self.now)

    def tick(self) -> None:
        self.now += (0.001, 0.011, 0.021, 0.03, 0.3, 1.1)[self.draw(6)]
        self.dispatcher.tick(self.now)
        for worker in self.dispatcher.busy:
            first, age = worker.assigned[0], self.now - worker.since
            assert age <= (0.02 if first is None else first.timeout), "a worker works on for too long"
        for query in self.waiting():
            assert query.queued >= self.now - LIMITS.queue_timeout, "a query waits for too long"

    def relieve_rarely(self) -> None:
        if not self.draw(5):
            self.dispatcher.relieve()

    def fork(self) -> None:
        """A fork server serves a request."""
        if server := self.some([server for server in self.fork_servers if server.requests and not server.is_dead]):
            process = server.requests.popleft()
            number = process.worker.number
            if not self.draw(12):
                process.die()
                server.messages.append(("start failed", number))
            else:
                process.is_forked = True
                server.children.append(process)
                server.messages.append(("started", number))

    def report(self) -> None:
        """A fork server waits for a child that has ended; one whose channel is closed ends by itself."""
        if server := self.some([server for server in self.fork_servers if not server.is_dead]):
            for child in server.children:
                if not child.is_open and not child.inbox:
                    child.die()
                if child.is_dead:
                    server.children.remove(child)
                    server.messages.append(("exited", child.worker.number))
                    return

    def hear(self) -> None:
        """The web process reads a message of a fork server, or the end of its control channel."""
        if server := self.some([one for one in self.fork_servers if one.is_open and (one.messages or one.is_dead)]):
            if not server.messages:
                server.is_open = False
                self.fork_servers.remove(server)
                self.lifecycle.fork_server_ended(server.handle)
                return
            event, number = server.messages.popleft()
            if event == "started":
                self.lifecycle.started(number, number)
            elif event == "exited":
                self.lifecycle.exited(number, 1, "")
            else:
                self.lifecycle.start_failed(number, "no memory")

    def work(self) -> None:
        """A process does the next thing: it becomes ready, or begins, goes on with, or ends an answer."""
        process = self.some([one for one in self.processes if one.is_forked and not one.is_dead])
        if process is None:
            return
        if not process.is_ready:
            process.is_ready = True
            process.outbox.append((wire.READY, bytes(4)))
        elif process.inbox:
            head = wire.answer_head(FORMATS[0], "identity", None)
            query, how = process.inbox[0], self.draw(8)
            if process.has_begun:
                process.outbox.append((wire.DATA, query))
                if how < 4:
                    return
                process.outbox.append((wire.END, bytes(8)) if how < 7 else self.failure(query))
                process.has_begun = False
            elif how == 0:
                process.outbox.append((wire.START, head))
                process.has_begun = True
                return
            else:
                process.outbox.append((wire.WHOLE, head + query) if how < 7 else self.failure(query))
            process.inbox.popleft()
            process.has_grown, process.may_restore = not self.draw(4), bool(self.draw(4))

    def deliver(self) -> None:
        """The web process reads a message of a worker, or the end of its channel."""
        readable = [one for one in self.processes if one.is_open and (one.outbox or (one.is_dead and one.is_forked))]
        if process := self.some(readable):
            process.deliver()

    def fill(self) -> None:
        if self.fills:
            self.fills -= 1
            self.lifecycle.fill()

    def load(self) -> None:
        if self.restarts:
            self.restarts -= 1
            self.serve()

    def kill_process(self) -> None:
        process = self.some([one for one in self.processes if one.is_forked and not one.is_dead])
        if process is not None and not self.draw(2):
            if process.inbox:
                self.lost.add(process.inbox[0])
            process.die()

    def kill_fork_server_rarely(self) -> None:
        if not self.draw(8) and (server := self.some([server for server in self.fork_servers if not server.is_dead])):
            server.die()

    def replace_rarely(self) -> None:
        """The data are replaced: by another fork server, or on disk by the same."""
        current = self.lifecycle.fork_server
        if current is not None and not self.draw(3):
            self.serve(current.control if self.draw(2) else None)  # type: ignore[arg-type]

    def corrupt_rarely(self) -> None:
        process = self.some([one for one in self.processes if one.is_forked and not one.is_dead])
        if process is not None and not self.draw(4):
            process.is_corrupt = True
            letter = (wire.READY, wire.WHOLE, wire.START)[self.draw(3)]
            process.outbox.append((letter, b"\xff" if letter != wire.READY else bytes(4)))

    # --- helpers ---

    def serve(self, server: ForkServer | None = None) -> None:
        if server is None:
            server = ForkServer()
            self.fork_servers.append(server)
        self.former = max(self.lifecycle.workers, default=self.former)
        server.handle = self.lifecycle.serve(server)

    def some(self, entries: list[Any]) -> Any:
        return entries[self.draw(len(entries))] if entries else None

    @staticmethod
    def failure(query: bytes) -> tuple[bytes, bytes]:
        return wire.ERROR, wire.pack_error(QueryEvaluationError(f"of {query.hex()}"))

    def waiting(self) -> list[PendingQuery]:
        return [query for mine in self.dispatcher.queue._clients.values() for query in mine]

    # --- what must hold ---

    def check_failure(self, query: Query, error: Exception) -> None:
        """Check that this query had a reason to fail by this error."""
        if self.is_closed:
            return
        holders = [worker for worker, queries in self.before if query in queries]
        if isinstance(error, OverloadedError):
            if "free in time" in str(error):
                assert query.queued < self.now - LIMITS.queue_timeout
            else:
                assert query.spool is not None
            return
        if isinstance(error, QueryEvaluationError):
            assert str(error) == f"of {query.data.hex()}", "the error of another query"
            return
        (worker,) = holders
        if isinstance(error, QueryTimeoutError):
            assert self.now - worker.since > LIMITS.timeout
        elif "status" in str(error):
            assert query.data in self.lost, "a query fails that no dead process worked on"
        elif "no answer" in str(error):
            assert worker.process.is_corrupt  # type: ignore[attr-defined]
        else:
            assert worker.fork_server.state is ForkServerState.ENDED

    def check(self) -> None:
        """Check that what the pool believes is so."""
        dispatcher, workers = self.dispatcher, self.lifecycle.workers
        waiting = self.waiting()
        assert len(dispatcher.queue) == len(waiting)
        places: Counter[PendingQuery] = Counter(waiting)
        busy: Counter[str] = Counter()
        ready, working, current, starting = set(), set(), 0, 0
        for worker in workers.values():
            state, process, assigned = worker.state, worker.process, worker.assigned
            assert isinstance(process, Process)
            assert process.is_open == (state is not WorkerState.KILLED)
            assert not process.is_released
            assert worker.number in worker.fork_server.workers
            current += state in CURRENT
            assert state not in CURRENT or worker.number > self.former, "former data are served"
            starting += state is WorkerState.STARTING
            if state in WORKING:
                working.add(worker)
                busy[worker.client] += 1
                assert assigned
            elif state is WorkerState.KILLED:
                assert len(assigned) <= 1
                assert process.is_dead or not process.is_known, "a killed worker goes on"
            else:
                assert not assigned
                if state is WorkerState.READY:
                    ready.add(worker)
            places.update(query for query in assigned if query is not None)
        assert current <= LIMITS.workers
        assert starting <= 1
        assert set(dispatcher.ready) == ready
        assert len(dispatcher.ready) == len(ready)
        assert set(dispatcher.busy) == working
        assert dispatcher._busy_of == busy
        assert max(busy.values(), default=0) <= LIMITS.workers_per_client
        assert set(places) == set(self.open.values()), "a query is lost, or kept after its end"
        assert not places or max(places.values()) == 1, "a query is in two places"
        for server in self.fork_servers:
            for child in server.children:
                assert child.worker.state is not WorkerState.REAPED, "a process runs of which nobody knows"
        if self.lifecycle.fork_server is not None:
            assert self.lifecycle.fork_server.state is ForkServerState.SERVING
            is_complete = current == LIMITS.workers or starting or self.fills
            assert is_complete or self.lifecycle.fork_server.control.is_dead, "a worker is missing"
        else:
            assert self.restarts or self.is_closed
        self.fork_servers = [server for server in self.fork_servers if server.is_open]
        for server in self.fork_servers:
            assert server.handle.state is ForkServerState.SERVING or server.handle.workers
        self.check_put_back()
        self.processes = [process for process in self.processes if process.worker.number in workers]

    def check_put_back(self) -> None:
        """Check that what a worker gave back waits in its order, before what had waited."""
        waiting = self.dispatcher.queue._clients
        moved = []
        for _worker, queries in self.before:
            mine = waiting.get(queries[0].client, ()) if queries else ()
            if back := [query for query in queries if query in mine]:
                moved.append((back, list(mine)))
        if len(moved) == 1:
            ((back, mine),) = moved
            assert mine[: len(back)] == back, "what was put back is not in its order, or not next"

    def settle(self) -> None:
        """Let everything come to its end by itself, and check that each query and each worker comes to one."""
        steps = (self.dispatch, self.fork, self.report, self.hear, self.work, self.deliver, self.fill, self.load)
        for _ in range(400):
            for step in steps:
                for _ in range(4):
                    self.before = []
                    self.is_closed = True
                    step()
            self.now += 0.005
            self.dispatcher.tick(self.now)
            states = [worker.state for worker in self.lifecycle.workers.values()]
            if not self.open and states == [WorkerState.READY] * LIMITS.workers and not self.is_woken:
                break
        else:
            raise AssertionError(f"something hangs: {len(self.open)} queries, {states}")
        self.check()

    def close(self) -> None:
        """Close the pool and check that nothing is left."""
        handles = list(self.lifecycle.workers.values())
        processes = [process for process in self.processes if process.is_forked]
        self.is_closed = True
        self.lifecycle.close(OverloadedError("closed"))
        assert not self.open
        assert not self.lifecycle.workers
        assert all(worker.state is WorkerState.REAPED for worker in handles)
        assert all(process.is_dead for process in processes)
        assert not any(server.is_open for server in self.fork_servers if not server.is_dead)


def run(draw: Callable[[int], int], events: int) -> None:
    """Let `events` things happen in a new world, then let it come to rest, and close it."""
    world = World(draw)
    for _ in range(events):
        world.event()
    if draw(2):
        world.settle()
    world.close()
