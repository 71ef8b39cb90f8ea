"""The worker processes of one server: open, close, ask, change, replace the data.

A query runs in a worker until it is answered, until its time is up, or until its client goes away; the last two end
the worker, and another takes its place. When a worker dies, the query that it worked on fails, and no other: queries
behind it are given to another worker. `dispatch` decides who works on what, `lifecycle` which workers there are; this
module gives both an event loop, processes and a clock. Everything here runs in one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from computeatlas.engine import disk
from computeatlas.engine.base import Changed, ClientGoneError
from computeatlas.engine.pool import sandbox
from computeatlas.engine.pool.dispatch import Dispatcher
from computeatlas.engine.pool.exit_diagnosis import diagnose
from computeatlas.engine.pool.fork_server_client import ForkServerClient, ForkServerTerminatedError
from computeatlas.engine.pool.lifecycle import Host, Lifecycle, Tally
from computeatlas.engine.pool.pending_query import PendingQuery
from computeatlas.engine.pool.spool import Spools
from computeatlas.engine.pool.worker_process import WorkerProcess
from computeatlas.model.errors import AtlasError, EngineFaultError, OverloadedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from computeatlas.engine.changes import Change
    from computeatlas.engine.pool.fork_server import Start
    from computeatlas.engine.pool.lifecycle import ForkServerControl, ForkServerHandle
    from computeatlas.engine.pool.wire import Job
    from computeatlas.engine.pool.worker_handle import WorkerHandle
    from computeatlas.model.limits import Limits

__all__ = ["Pool", "Tally"]

_LOG = logging.getLogger(__name__)

#: Seconds between two looks at what runs.
_TICK = 0.01
#: Seconds before another attempt to start a worker that could not be started.
_PAUSE = 0.5
#: Seconds before another attempt to load data that could not be loaded again.
_LOAD_PAUSE = 5.0
#: How many results of the largest size may wait to be read, all results together.
_SPOOLS = 4


class Pool:
    """The workers on one data set, which changes by generations.

    `version` names the data that are served: equal versions give equal answers. `quads` is their number, `tally` counts
    what has happened since the start. Made inside the event loop, `loop`, in which it is used.
    """

    def __init__(self, start: Start, limits: Limits):
        self.loop = asyncio.get_running_loop()
        self.limits = limits
        self.version = ""
        self.quads = 0
        self._start = start
        self._spools = Spools()
        self._dispatcher = Dispatcher(limits, frozenset(os.sched_getaffinity(0)), self._dispatch_soon)
        host = Host(self._start_worker, self._fill_later, self._restart, self._spools.new)
        self._lifecycle = Lifecycle(limits.workers, self._dispatcher, host)
        self._fork_server: ForkServerClient | None = None
        self._is_ticking = False
        self._is_closed = False
        self._lock: int | None = None
        self._changing = asyncio.Lock()
        #: The number of the writer at work, and the reason of its end should it end without an answer.
        self._writer = 0
        self._writer_exit: asyncio.Future[AtlasError] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Load the data and start the workers.

        Raises DataError or UsageError where the data cannot be loaded, EngineFaultError where the engine ends.
        """
        sandbox.adopt_orphans()
        if self._start.directory is not None:
            self._lock = disk.lock(Path(self._start.directory))
        try:
            fork_server, loaded = await ForkServerClient.spawn(self._start)
        except AtlasError:
            self._unlock()
            raise
        self._serve(fork_server, loaded)
        self._name_version(loaded)

    def close(self) -> None:
        """End all workers and the fork server; queries that are not answered fail by OverloadedError."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
        self._lifecycle.close(OverloadedError("the server is stopping"))
        self._unlock()

    async def replace(self, start: Start) -> None:
        """Serve the data of `start` from now on; on failure, which raises as `open` does, what is served stays."""
        async with self._changing:
            fork_server, loaded = await ForkServerClient.spawn(start)
            self._start = start
            self._serve(fork_server, loaded)
            if start.directory is not None:
                self._run(self._purge())
            self._name_version(loaded)

    @property
    def tally(self) -> Tally:
        """What has happened since the start."""
        return self._lifecycle.tally

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return len(self._dispatcher.queue)

    @property
    def running(self) -> int:
        """How many workers are busy."""
        return len(self._dispatcher.busy)

    @property
    def alive(self) -> int:
        """How many workers there are, ready or about to be."""
        return self._lifecycle.alive

    @property
    def is_ready(self) -> bool:
        """Whether there is a worker that could answer."""
        return self._lifecycle.is_ready

    def submit(self, client: str, job: Job) -> PendingQuery:
        """Let `job` wait for a worker and return the pending query, whose future gives the answer.

        Raises OverloadedError where too many wait already. The future raises what the job raises, QueryTimeoutError,
        QueryMemoryError, NestingError, MixedOrderError or EngineFaultError where the worker ends, ClientGoneError
        after `abandon`.
        """
        query = PendingQuery(client, job.pack(), job.timeout, self.loop.time(), self.loop.create_future())
        if job.verb == "query" and not job.sort_by_kind:
            query.by_kind = lambda: job._replace(sort_by_kind=True).pack()
        self._dispatcher.submit(query)
        if not self._is_ticking:
            self._is_ticking = True
            self.loop.call_later(_TICK, self._tick)
        return query

    def abandon(self, query: PendingQuery) -> None:
        """Take note that nobody waits for the answer any more: the job is not done, or its worker is freed."""
        if query.spool is not None:
            query.spool.close()
        self._lifecycle.abandon(query)
        if not query.future.done():
            query.future.set_exception(ClientGoneError())

    async def change(self, change: Change, data: int, require: Callable[[], Awaitable[None]] | None = None) -> Changed:
        """Make `change`, its text or RDF in the file descriptor `data`; returns what it did.

        `require` is awaited when no other change can come between; what it raises stops the change. When this returns,
        every query that is submitted sees the change; on disk it is there to stay. Raises what the change raises,
        QueryTimeoutError or another where the writer ends.
        """
        async with self._changing:
            if require is not None:
                await require()
            fork_server = self._fork_server
            if fork_server is None or not fork_server.is_open:
                raise EngineFaultError("the engine is starting again", hint="try again in a few seconds")
            self._writer = self._lifecycle.next_number()
            self._writer_exit = reason = self.loop.create_future()
            try:
                following, changed = await fork_server.change(self._writer, change, data, self.limits.write_timeout)
            except EngineFaultError:
                with contextlib.suppress(TimeoutError):
                    raise await asyncio.wait_for(reason, 1.0) from None
                raise
            finally:
                self._writer_exit = None
            self.tally.changes += 1
            self.version = secrets.token_hex(16)
            if self._start.directory is None:
                self._serve(following, changed)
            else:
                following.close()
                self._serve(fork_server, changed)
                self._run(self._purge())
            return Changed(bool(changed["created"]), int(changed["altered"]))

    # --- the fork server ------------------------------------------------------------------------------------------

    def _serve(self, fork_server: ForkServerClient, news: dict[str, Any]) -> None:
        """Take new workers from `fork_server`; `news` says how many quads it has."""
        self.quads = int(news["quads"])
        self._fork_server = fork_server
        handle = self._lifecycle.serve(fork_server)
        fork_server.on_message = lambda message: self._on_message(handle, message)

    def _name_version(self, loaded: dict[str, Any]) -> None:
        # A directory that has been changed since it was loaded may hold anything.
        self.version = self._start.origin if not loaded["changes"] else secrets.token_hex(16)

    def _on_message(self, handle: ForkServerHandle, message: dict[str, Any] | None) -> None:
        if message is None:
            self._lifecycle.fork_server_ended(handle)
        elif message["kind"] == "writer":
            self._on_writer_event(message)
        elif message["event"] == "started":
            self._lifecycle.started(message["number"], message["pid"])
        elif message["event"] == "exited":
            self._lifecycle.exited(message["number"], message["status"], message["stderr"])
        else:
            self._lifecycle.start_failed(message["number"], message["reason"])

    def _on_writer_event(self, message: dict[str, Any]) -> None:
        # The writer before this one may end while this one works.
        if message["number"] != self._writer or self._writer_exit is None or self._writer_exit.done():
            return
        if message["event"] == "exited":
            status, stderr = message["status"], message["stderr"]
            _LOG.warning("a writer ended (status %s): %s", status, " ".join(stderr.split())[:500])
            self._writer_exit.set_result(diagnose(status, stderr))
        elif message["event"] == "start failed":
            self._writer_exit.set_result(EngineFaultError(f"no writer could be started: {message['reason']}"))

    def _start_worker(self, control: ForkServerControl, worker: WorkerHandle) -> WorkerProcess:
        return WorkerProcess(self.loop, control.start_worker(worker.number), worker)

    def _fill_later(self) -> None:
        self.loop.call_later(_PAUSE, self._lifecycle.fill)

    def _restart(self) -> None:
        _LOG.error("the fork server ended and is started again")
        self._run(self._load_again())

    async def _load_again(self) -> None:
        async with self._changing:
            while not self._is_closed and self._lifecycle.fork_server is None:
                try:
                    fork_server, loaded = await ForkServerClient.spawn(self._start)
                except ForkServerTerminatedError as error:
                    # Most likely this process was told to end too.
                    _LOG.info("the data are not loaded again: %s", error)
                    await asyncio.sleep(_LOAD_PAUSE)
                    continue
                except AtlasError as error:
                    _LOG.error("the data cannot be loaded again: %s", error)
                    await asyncio.sleep(_LOAD_PAUSE)
                    continue
                self._serve(fork_server, loaded)
                # Changes in memory are gone with the process that held them.
                self._name_version(loaded)

    async def _purge(self) -> None:
        """Remove the generations on disk that nobody reads any more."""
        while self._lifecycle.is_retiring:
            await asyncio.sleep(_PAUSE)
        # Not while the next one is being made: what is not in force yet would be removed.
        async with self._changing:
            directory = Path(str(self._start.directory))
            generation = disk.current_generation(directory)
            if generation is not None:
                await self.loop.run_in_executor(None, disk.purge, directory, generation.path)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # --- the event loop -------------------------------------------------------------------------------------------

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _dispatch_soon(self) -> None:
        self.loop.call_soon(self._dispatch)

    def _dispatch(self) -> None:
        self._dispatcher.dispatch(self.loop.time())

    def _tick(self) -> None:
        self._dispatcher.tick(self.loop.time())
        if self._spools.pending > _SPOOLS * self.limits.max_result:
            self._dispatcher.relieve()
        if self.running or self.waiting:
            self.loop.call_later(_TICK, self._tick)
        else:
            self._is_ticking = False
