"""A worker as the web process sees it: its state, the queries assigned to it, and what its messages mean for them.

Without sockets, processes and a clock: those are behind `Process`, and the time is an argument.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from computeatlas.engine.base import Answer
from computeatlas.engine.pool import wire
from computeatlas.engine.pool.wire import read_answer_head, read_rows, unpack_error
from computeatlas.engine.pool.worker_states import WorkerEvent, WorkerState
from computeatlas.model.errors import EngineFaultError

if TYPE_CHECKING:
    from computeatlas.engine.pool.lifecycle import ForkServerHandle
    from computeatlas.engine.pool.pending_query import PendingQuery
    from computeatlas.engine.pool.spool import Spool
    from computeatlas.model.errors import AtlasError


class Process(Protocol):
    """The channel and the process of a worker."""

    @property
    def has_grown(self) -> bool:
        """Whether it holds more memory than a worker should between queries."""

    def send(self, data: bytes) -> bool:
        """Send `data` and return True, or return False where the other end of the channel is closed."""

    def drain(self) -> None:
        """Deliver what a process that has ended sent before, and the end of its channel."""

    def attach(self, pid: int) -> None:
        """Take note of the process id."""

    def note_ready(self, thread: int) -> None:
        """Take note of the thread that evaluates queries."""

    def kill(self) -> None:
        """End the process at once, if it is known."""

    def close(self) -> None:
        """Close our end of the channel; nothing is delivered after this."""

    def release(self) -> None:
        """Let go of the process."""

    def lower_priority(self, cores: frozenset[int]) -> None:
        """Let the process run on `cores` only, and when nobody else wants the processor."""

    def restore_priority(self, cores: frozenset[int]) -> bool:
        """Let the process run like others again, on `cores`; return whether the system allows that."""


class Owner(Protocol):
    """Whoever is told what happens to a worker."""

    def apply(self, worker: WorkerHandle, event: WorkerEvent, error: AtlasError | None = None) -> None:
        """Let `event` happen to `worker`; `error` is that of the query it works on, should that fail now."""

    def answered(self, worker: WorkerHandle, seconds: float, now: float) -> None:
        """Take note that `worker` has answered a query, which took `seconds`."""

    def finished(self, worker: WorkerHandle) -> None:
        """Take note that `worker` has answered all queries assigned to it."""

    def new_spool(self) -> Spool:
        """Return a spool for a result that does not fit in one frame."""


class WorkerHandle:
    """One worker. `assigned` are its queries, the first of them the one that it works on.

    A query that was given to another worker, or that nobody waits for, is None there: the worker has it still and will
    answer it. `client` is whose the queries are, `since` when it began with the first, in seconds of the loop's clock.
    """

    __slots__ = ("_owner", "assigned", "client", "cores", "fork_server", "number", "process", "since", "state")

    #: Set by whoever makes the channel, before anything happens to the worker.
    process: Process

    def __init__(self, number: int, fork_server: ForkServerHandle, owner: Owner):
        self.number = number
        self.fork_server = fork_server
        self.state = WorkerState.STARTING
        self.assigned: deque[PendingQuery | None] = deque()
        self.client = ""
        self.since = 0.0
        #: Where it runs with a low priority; None while it has the usual one.
        self.cores: frozenset[int] | None = None
        self._owner = owner

    def assign(self, queries: list[PendingQuery], now: float) -> None:
        """Assign `queries`, all of one client, to this worker, which is ready."""
        self._owner.apply(self, WorkerEvent.ASSIGNED)
        self.assigned.extend(queries)
        self.client = queries[0].client
        self.since = now
        data = queries[0].data if len(queries) == 1 else b"".join([query.data for query in queries])
        if not self.process.send(data):
            self._owner.apply(self, WorkerEvent.UNREACHABLE)

    def stop(self, error: AtlasError | None) -> None:
        """Kill the process; the query that it works on fails by `error`, the others wait again."""
        self._owner.apply(self, WorkerEvent.STOPPED, error)

    def disconnected(self) -> None:
        """Take note that the other end of the channel is closed."""
        self._owner.apply(self, WorkerEvent.DISCONNECTED)

    def receive(self, letter: bytes, payload: bytes, now: float) -> None:
        """Take a message of the worker; one that is no answer to a query ends it."""
        try:
            self._receive(letter, payload, now)
        except (EngineFaultError, IndexError):
            self.stop(EngineFaultError("the worker sent what is no answer"))

    def lower_priority(self, cores: frozenset[int]) -> None:
        """Run only on `cores`, and when nobody else wants the processor, until `restore_priority`."""
        if self.cores != cores:
            self.cores = cores
            self.process.lower_priority(cores)

    def restore_priority(self, cores: frozenset[int]) -> bool:
        """Run like others again, on `cores`; return whether the system allows that."""
        if not self.process.restore_priority(cores):
            return False
        self.cores = None
        return True

    def _receive(self, letter: bytes, payload: bytes, now: float) -> None:
        if letter == wire.READY:
            if self.state is not WorkerState.STARTING:
                raise EngineFaultError("the worker was ready before")
            self.process.note_ready(int.from_bytes(payload, "little"))
            self._owner.apply(self, WorkerEvent.BECAME_READY)
            return
        query = self.assigned[0]
        if letter == wire.DATA:
            if query is not None and query.spool is not None:
                query.spool.append(payload)
            return
        if query is not None and query.spool is not None and letter in (wire.START, wire.WHOLE):
            raise EngineFaultError("the answer has begun before")
        if letter == wire.START:
            if query is not None:
                form, coding, rows = read_answer_head(payload)
                query.spool = self._owner.new_spool()
                query.resolve(Answer(form, coding, rows, query.spool))
            return
        head = read_answer_head(payload) if letter == wire.WHOLE else None
        self.assigned.popleft()
        if query is not None:
            if head is not None:
                query.resolve(Answer(*head, payload[wire.ANSWER_HEAD :]))
            elif letter == wire.END and query.spool is not None:
                query.spool.finish(read_rows(payload))
            else:
                query.reject(unpack_error(payload))
        self._owner.answered(self, now - self.since, now)
        self.since = now
        if not self.assigned:
            self._owner.finished(self)
