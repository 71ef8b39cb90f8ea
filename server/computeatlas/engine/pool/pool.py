"""The workers of one server: who works on what, for how long, and what happens when one of them dies.

A query runs in a worker until it is done, until its time is up, or until its client goes away; the last two end the
worker, and another takes its place. A worker's death is the failure of the query it worked on, and of no other: what
waited behind that query is given to another worker. Everything here runs in one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import weakref
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cachetools import LRUCache

from computeatlas.engine import disk
from computeatlas.engine.pool import sandbox
from computeatlas.engine.pool.cpu_priority import CpuPriority
from computeatlas.engine.pool.exit_diagnosis import diagnose
from computeatlas.engine.pool.fair_queue import FairQueue
from computeatlas.engine.pool.fork_server_client import ForkServerClient, kill
from computeatlas.engine.pool.pending_query import ClientGoneError, PendingQuery
from computeatlas.engine.pool.spool import Spool
from computeatlas.engine.pool.worker_handle import WorkerHandle
from computeatlas.model.errors import AtlasError, EngineFaultError, OverloadedError, QueryTimeoutError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from computeatlas.engine.changes import Change
    from computeatlas.engine.pool.fork_server import Start
    from computeatlas.engine.pool.wire import Job
    from computeatlas.model.limits import Limits

_LOG = logging.getLogger(__name__)

#: Seconds between two looks at what runs.
_TICK = 0.01
#: After so many seconds a query holds up no other that was given to the same worker.
_PATIENCE = 0.01
#: After so many seconds a query leaves the processor to whoever else wants it.
_LONG = 0.02
#: How many quick and small queries of one client a worker is given at once, and what is small, in bytes, and quick, in
#: seconds; and how much one query counts in the pace of its client.
_BATCH = 4
_SMALL = 4096
_QUICK = 0.002
_RECENT = 0.2
#: Clients whose pace is remembered.
_CLIENTS = 4096
#: Seconds before another attempt to start what could not be started.
_PAUSE = 0.5
#: How many of the largest results may lie about unread, all results together.
_SPOOLS = 4


@dataclass(slots=True)
class Tally:
    """What has happened since the start, for `/metrics`."""

    started: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    changes: int = 0


class Pool:
    """The workers on one data set, which changes by generations.

    `version` names the data that are served: equal versions give equal answers. `quads` is their number.
    """

    def __init__(self, start: Start, limits: Limits):
        self.loop = asyncio.get_running_loop()
        self.limits = limits
        self.tally = Tally()
        self.version = ""
        self.quads = 0
        self._start = start
        self._fork_server: ForkServerClient | None = None
        self._queue: FairQueue[PendingQuery] = FairQueue(limits.queue)
        self._workers: dict[int, WorkerHandle] = {}
        self._by_pid: dict[int, WorkerHandle] = {}
        self._idle: list[WorkerHandle] = []
        self._busy: Counter[str] = Counter()
        #: Client → seconds that its queries took of late.
        self._paces: LRUCache[str, float] = LRUCache(_CLIENTS)
        self._number = 0
        self._cores = frozenset(os.sched_getaffinity(0))
        self._cpu_priority = CpuPriority(self._cores)
        self._dispatching = False
        self._ticking = False
        self._closed = False
        self._lock: int | None = None
        self._changing = asyncio.Lock()
        #: The change under way: its number, its process once that is known, and why that ended.
        self._writer = 0
        self._writer_pid = 0
        self._writer_died: asyncio.Future[AtlasError] | None = None
        self._spools: weakref.WeakSet[Spool] = weakref.WeakSet()
        self._tasks: set[asyncio.Task[None]] = set()

    # --- for the server -------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Load the data and start the workers.

        Raises DataError or UsageError where the data cannot be loaded, EngineFaultError where the engine ends.
        """
        sandbox.adopt_orphans()
        if self._start.directory is not None:
            self._lock = disk.lock(Path(self._start.directory))
        try:
            fork_server, news = await ForkServerClient.spawn(self._start)
        except AtlasError:
            self._unlock()
            raise
        self._succeed(fork_server, news)
        # A directory that has been changed since it was loaded may hold anything.
        self.version = self._start.origin if not news["changes"] else secrets.token_hex(16)

    def close(self) -> None:
        """End all workers and the fork server."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        for worker in list(self._workers.values()):
            worker.kill(OverloadedError("the server is stopping"))
        for ticket in self._queue.expired(float("inf")):
            ticket.reject(OverloadedError("the server is stopping"))
        if self._fork_server:
            self._fork_server.close()
        self._unlock()

    async def replace(self, start: Start) -> None:
        """Serve the data of `start` from now on; on failure, which raises as `open` does, what is served stays."""
        async with self._changing:
            fork_server, news = await ForkServerClient.spawn(start)
            self._start = start
            self._succeed(fork_server, news)
            if start.directory is not None:
                self._spawn(self._purge())
            self.version = start.origin if not news["changes"] else secrets.token_hex(16)

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return len(self._queue)

    @property
    def running(self) -> int:
        """How many workers are busy."""
        return sum(1 for worker in self._workers.values() if worker.tickets)

    @property
    def alive(self) -> int:
        """How many workers there are, ready or about to be."""
        return len(self._workers)

    @property
    def is_ready(self) -> bool:
        """Whether there is a worker that could answer."""
        return any(worker.thread is not None for worker in self._workers.values())

    def submit(self, client: str, job: Job) -> PendingQuery:
        """Let `job` wait for a worker and return its ticket, whose future gives the answer.

        Raises OverloadedError where too many wait already. The future raises what the job raises, QueryTimeoutError,
        QueryMemoryError, NestingError or EngineFaultError where the worker ends, ClientGoneError after `abandon`.
        """
        ticket = PendingQuery(client, job.pack(), job.timeout, self.loop.time(), self.loop.create_future())
        self._queue.put(ticket)
        self._dispatch_soon()
        if not self._ticking:
            self._ticking = True
            self.loop.call_later(_TICK, self._tick)
        return ticket

    def abandon(self, ticket: PendingQuery) -> None:
        """Take note that nobody waits for the answer any more: the job is not done, or its worker is freed."""
        if ticket.spool is not None:
            ticket.spool.close()
        if not self._queue.remove(ticket):
            for worker in self._workers.values():
                if ticket in worker.tickets:
                    worker.tickets[worker.tickets.index(ticket)] = None
        if not ticket.future.done():
            ticket.future.set_exception(ClientGoneError())

    async def change(self, change: Change, data: int, require: Callable[[], Awaitable[None]] | None = None) -> bool:
        """Make `change`, its text or RDF in the file descriptor `data`; say whether a graph came into being.

        `require` is awaited when no other change can come between; what it raises stops the change. When this returns,
        every query that is submitted sees the change; on disk it is there to stay. Raises what the change raises,
        QueryTimeoutError or another where the writer ends.
        """
        async with self._changing:
            if require is not None:
                await require()
            fork_server = self._fork_server
            if fork_server is None:
                raise EngineFaultError("the engine is starting again", hint="try again in a few seconds")
            number = self._next()
            died: asyncio.Future[AtlasError] = self.loop.create_future()
            self._writer, self._writer_pid, self._writer_died = number, 0, died
            try:
                following, news = await fork_server.change(number, change, data, self.limits.write_timeout)
            except EngineFaultError:
                with contextlib.suppress(TimeoutError):
                    raise await asyncio.wait_for(died, 1.0) from None
                raise
            finally:
                self._writer_died = None
            self.tally.changes += 1
            self.version = secrets.token_hex(16)
            if self._start.directory is None:
                self._succeed(following, news)
            else:
                following.close()
                self._succeed(fork_server, news)
                self._spawn(self._purge())
            return bool(news["created"])

    # --- for the workers ------------------------------------------------------------------------------------------

    def ready(self, worker: WorkerHandle) -> None:
        """Take note that a new worker can be given jobs."""
        if worker.retiring:
            worker.kill(None)
            return
        self._idle.append(worker)
        self._fill()
        self._dispatch()

    def idle(self, worker: WorkerHandle) -> None:
        """Take note that a worker has done all it was given."""
        self._release(worker)
        if worker.retiring or (worker.is_slow and (worker.has_grown or not worker.hurry(self._cores))):
            worker.kill(None)
        else:
            self._idle.append(worker)
            self._dispatch_soon()

    def lost(self, worker: WorkerHandle) -> None:
        """Take note that a worker has ended or was told to."""
        self._workers.pop(worker.number, None)
        if worker in self._idle:
            self._idle.remove(worker)
        if worker.tickets:
            self._release(worker)
        worker.close()
        worker.bury()
        first = worker.tickets.popleft() if worker.tickets else None
        behind = [ticket for ticket in worker.tickets if ticket is not None]
        worker.tickets.clear()
        for ticket in reversed(behind):
            self._queue.put_back(ticket)
        if first is not None:
            if worker.verdict is None and worker.cause is None and not worker.fork_server.is_open:
                worker.verdict = _ended()
            if error := worker.verdict or worker.cause:
                self._fail(first, error)
            else:
                # The fork server knows how it died, and says so next.
                worker.tickets.append(first)
        self._after_loss(worker)
        # Its client may have another worker now, and what waited behind its query any.
        self._dispatch_soon()

    def took(self, client: str, seconds: float) -> None:
        """Take note how long a query of `client` took, so that its next ones share a worker only if they are quick."""
        before = self._paces.get(client, seconds)
        self._paces[client] = before + (seconds - before) * _RECENT
        if seconds < _QUICK:
            self._cpu_priority.quick(client, self.loop.time())

    def new_spool(self) -> Spool:
        """Return a spool for a result that does not fit in one frame."""
        spool = Spool()
        self._spools.add(spool)
        return spool

    # --- inside ---------------------------------------------------------------------------------------------------

    def _after_loss(self, worker: WorkerHandle) -> None:
        if worker.fork_server is not self._fork_server:
            self._dismiss(worker.fork_server)
        elif worker.thread is None and worker.verdict is None:
            # It ended before it was ready: not again at once.
            self.loop.call_later(_PAUSE, self._fill)
        else:
            self._fill()

    def _fail(self, ticket: PendingQuery, error: AtlasError) -> None:
        self.tally.deaths[type(error).__name__] += 1
        ticket.reject(error)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _succeed(self, fork_server: ForkServerClient, news: dict[str, Any]) -> None:
        """Take new workers from `fork server client`; those that are there end when they have done what they do now."""
        before = self._fork_server
        self._fork_server = fork_server
        self.quads = int(news["quads"])
        fork_server.hear = lambda message: self._hear(fork_server, message)
        for worker in list(self._workers.values()):
            worker.retiring = True
            if not worker.tickets:
                worker.kill(None)
        if before is not None and before is not fork_server:
            self._dismiss(before)
        self._fill()

    def _dismiss(self, fork_server: ForkServerClient) -> None:
        """Let a fork server of former data end, once it has no workers and nothing to say of dead ones."""
        unexplained = (worker for worker in self._by_pid.values() if worker.tickets)
        if not any(worker.fork_server is fork_server for worker in (*self._workers.values(), *unexplained)):
            fork_server.close()
            # It will not say any more who died.
            self._by_pid = {
                pid: worker for pid, worker in self._by_pid.items() if worker.fork_server is not fork_server
            }

    def _fill(self) -> None:
        """Have as many workers as there should be, one after another: many at once would take all cores for moments."""
        fork_server = self._fork_server
        if fork_server is None or self._closed:
            return
        mine = [worker for worker in self._workers.values() if not worker.retiring]
        if len(mine) < self.limits.workers and all(worker.thread is not None for worker in mine):
            number = self._next()
            try:
                channel = fork_server.fork_worker(number)
            except BlockingIOError:
                self.loop.call_later(_PAUSE, self._fill)
                return
            except OSError:
                # The fork server is gone; its control channel tells so next.
                return
            self.tally.started += 1
            self._workers[number] = WorkerHandle(self, number, fork_server, channel)

    def _hear(self, fork_server: ForkServerClient, message: dict[str, Any] | None) -> None:
        if message is None:
            self._fork_server_ended(fork_server)
        elif "born" in message:
            if message["worker"]:
                self._born(message["born"], message["pid"])
            elif message["born"] == self._writer:
                self._writer_pid = message["pid"]
        elif "dead" in message:
            self._dead(message["dead"], message["status"], message["said"])
        else:
            _LOG.error("no worker could be made: %s", message.get("why"))
            worker = self._workers.get(message["stillborn"])
            if worker:
                worker.kill(None)

    def _born(self, number: int, pid: int) -> None:
        worker = self._workers.get(number)
        pidfd = None
        with contextlib.suppress(ProcessLookupError):
            pidfd = os.pidfd_open(pid)
        if worker is not None:
            worker.pidfd = pidfd
            self._by_pid[pid] = worker
        elif pidfd is not None:
            # It was given up before it was known.
            kill(pidfd)
            os.close(pidfd)

    def _dead(self, pid: int, status: int, said: str) -> None:
        worker = self._by_pid.pop(pid, None)
        cause = diagnose(status, said)
        if worker is None:
            # What is told now may be the end of the change before this one.
            if pid == self._writer_pid and self._writer_died is not None and not self._writer_died.done():
                _LOG.warning("a writer ended (status %s): %s", status, " ".join(said.split())[:500])
                self._writer_died.set_result(cause)
            return
        worker.cause = cause
        if worker.condemned and worker.tickets:
            ticket = worker.tickets.popleft()
            if ticket is not None:
                _LOG.warning("a worker ended (status %s): %s", status, " ".join(said.split())[:500])
                self._fail(ticket, cause)
            if worker.fork_server is not self._fork_server:
                self._dismiss(worker.fork_server)

    def _fork_server_ended(self, fork_server: ForkServerClient) -> None:
        for worker in [worker for worker in self._workers.values() if worker.fork_server is fork_server]:
            worker.kill(_ended())
        # Those of whose death only the fork server could have told the cause.
        for pid, worker in list(self._by_pid.items()):
            if worker.fork_server is fork_server:
                del self._by_pid[pid]
                worker.bury()
                if worker.condemned and worker.tickets and (ticket := worker.tickets.popleft()) is not None:
                    self._fail(ticket, _ended())
        if fork_server is self._fork_server and not self._closed:
            _LOG.error("the fork server ended and is started again")
            self._fork_server = None
            self.tally.restarts += 1
            self._spawn(self._restart())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _restart(self) -> None:
        async with self._changing:
            while not self._closed and self._fork_server is None:
                try:
                    fork_server, news = await ForkServerClient.spawn(self._start)
                except AtlasError as error:
                    _LOG.error("the data cannot be loaded again: %s", error)
                    await asyncio.sleep(_PAUSE * 10)
                    continue
                # Changes in memory are gone with the process that held them.
                self.version = self._start.origin if not news["changes"] else secrets.token_hex(16)
                self._succeed(fork_server, news)

    async def _purge(self) -> None:
        """Remove the generations on disk that nobody reads any more."""
        while any(worker.retiring for worker in self._workers.values()):
            await asyncio.sleep(_PAUSE)
        # Not while the next one is being made: what is not in force yet would be removed.
        async with self._changing:
            directory = Path(str(self._start.directory))
            generation = disk.current_generation(directory)
            if generation is not None:
                await self.loop.run_in_executor(None, disk.purge, directory, generation.path)

    def _may(self, client: str) -> bool:
        return self._busy[client] < self.limits.workers_per_client

    def _may_share(self, ticket: PendingQuery) -> bool:
        """Say whether a query may wait behind another on the same worker: it and those before it are quick, it seems.

        One that is taken away again, since the other is not, has been sent already and is evaluated for nobody.
        """
        quick = self._paces.get(ticket.client, _QUICK) < _QUICK
        return quick and len(ticket.data) < _SMALL and not ticket.attempts

    def _has_nothing(self, client: str) -> bool:
        return not self._busy[client]

    def _dispatch_soon(self) -> None:
        if len(self._queue) and not self._dispatching:
            self._dispatching = True
            self.loop.call_soon(self._dispatch)

    def _dispatch(self) -> None:
        self._dispatching = False
        # What is quick runs on as many workers as there are cores and no more: more would only switch to and fro. What
        # has turned out to be long does not count, or it would keep the quick waiting.
        free = len(self._cores) - sum(1 for worker in self._workers.values() if worker.tickets and not worker.is_slow)
        while self._idle and len(self._queue):
            # A client of whom nothing runs waits for no other's queries.
            may = self._may if free > 0 else self._has_nothing
            count = min(_BATCH, -(-len(self._queue) // max(free, 1)))
            tickets = self._queue.take(may, self._may_share, count)
            if not tickets:
                return
            free -= 1
            worker = self._idle.pop()
            self._busy[tickets[0].client] += 1
            worker.give(tickets)

    def _release(self, worker: WorkerHandle) -> None:
        client = worker.client
        self._busy[client] -= 1
        if self._busy[client] <= 0:
            del self._busy[client]

    def _tick(self) -> None:
        now = self.loop.time()
        running = False
        for worker in list(self._workers.values()):
            if worker.tickets:
                running = True
                self._look(worker, now - worker.since)
        if sum(spool.pending for spool in self._spools) > _SPOOLS * self.limits.max_result:
            self._relieve()
        for ticket in self._queue.expired(now - self.limits.queue_timeout):
            ticket.reject(OverloadedError("no worker became free in time", hint="try again in a few seconds"))
        if running or len(self._queue):
            self.loop.call_later(_TICK, self._tick)
        else:
            self._ticking = False

    def _look(self, worker: WorkerHandle, age: float) -> None:
        """Do what is to be done with a worker that has worked on its first ticket for `age` seconds."""
        first = worker.tickets[0]
        if first is None:
            if age > _LONG:
                worker.kill(None)
            return
        if age > first.timeout:
            worker.kill(
                QueryTimeoutError(
                    f"the query took longer than {first.timeout:g} seconds",
                    hint="ask for less: add LIMIT, bind more, or leave out what multiplies rows",
                )
            )
            return
        if age > _PATIENCE and len(worker.tickets) > 1:
            for index in range(len(worker.tickets) - 1, 0, -1):
                ticket = worker.tickets[index]
                if ticket is not None:
                    worker.tickets[index] = None
                    ticket.attempts += 1
                    self._queue.put_back(ticket)
            self._dispatch()
        if age > _LONG and worker.thread is not None:
            was_slow = worker.is_slow
            worker.yield_processor(self._cpu_priority.cores(worker.client, self.loop.time()))
            if not was_slow:
                self._dispatch()

    def _relieve(self) -> None:
        """End a worker whose result nobody reads as fast as it comes, when too much lies about unread."""
        for worker in self._workers.values():
            if worker.tickets and worker.tickets[0] is not None and worker.tickets[0].spool is not None:
                worker.kill(OverloadedError("too many results wait to be read", hint="try again later"))
                return


def _ended() -> EngineFaultError:
    return EngineFaultError("the engine ended while it worked on the query", hint="try again in a few seconds")
