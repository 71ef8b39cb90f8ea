"""The life of workers and fork servers: started, kept in number, retired with their data, killed, reaped, restarted.

What may follow what is in the tables of `worker_states`. Without sockets, processes and a clock: those are behind
`Host`, `ForkServerControl` and `Process`.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from computeatlas.engine.pool.exit_diagnosis import diagnose, engine_ended
from computeatlas.engine.pool.worker_handle import WorkerHandle
from computeatlas.engine.pool.worker_states import (
    CURRENT,
    FORK_SERVER_TRANSITIONS,
    WORKER_TRANSITIONS,
    Action,
    ForkServerAction,
    ForkServerEvent,
    ForkServerState,
    WorkerEvent,
    WorkerState,
    transition,
)
from computeatlas.model.errors import MixedOrderError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from computeatlas.engine.pool.dispatch import Dispatcher
    from computeatlas.engine.pool.pending_query import PendingQuery
    from computeatlas.engine.pool.spool import Spool
    from computeatlas.engine.pool.worker_handle import Process
    from computeatlas.model.errors import AtlasError

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """What has happened since the start, for `/metrics`."""

    started: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    changes: int = 0


class ForkServerControl(Protocol):
    """The control channel of a fork server."""

    def start_worker(self, number: int) -> socket.socket:
        """Ask for the worker `number` and return our end of its channel."""

    def close(self) -> None:
        """End the fork server; nothing is heard of it after this."""


@dataclass(frozen=True)
class Host:
    """What the life cycle needs of the event loop and the system."""

    #: Asks a fork server for a worker; raises BlockingIOError if it is to be asked later, OSError if it has ended.
    start_worker: Callable[[ForkServerControl, WorkerHandle], Process]
    #: Calls `Lifecycle.fill` after a pause.
    fill_later: Callable[[], None]
    #: Loads the data in another fork server and hands that to `Lifecycle.serve`.
    restart: Callable[[], None]
    #: Returns a spool for a result that does not fit in one frame.
    new_spool: Callable[[], Spool]


class ForkServerHandle:
    """One fork server: its state, and its workers that have not been reaped."""

    __slots__ = ("control", "state", "workers")

    def __init__(self, control: ForkServerControl):
        self.control = control
        self.state = ForkServerState.SERVING
        self.workers: dict[int, WorkerHandle] = {}


class Lifecycle:
    """All workers and fork servers of a pool. At most `limit` workers of the data that are served live at a time."""

    def __init__(self, limit: int, dispatcher: Dispatcher, host: Host):
        self.tally = Tally()
        #: The workers that have not been reaped, by number.
        self.workers: dict[int, WorkerHandle] = {}
        #: The one that serves, while there is one.
        self.fork_server: ForkServerHandle | None = None
        self._former: list[ForkServerHandle] = []
        self._limit = limit
        self._dispatcher = dispatcher
        self._host = host
        self._number = 0
        self._is_closed = False
        self._actions: dict[Action, Callable[[WorkerHandle, AtlasError | None], None]] = {
            Action.KILL: lambda worker, _error: worker.process.kill(),
            Action.DISCONNECT: lambda worker, _error: worker.process.close(),
            Action.OFFER: lambda worker, _error: dispatcher.offer(worker),
            Action.WITHDRAW: lambda worker, _error: dispatcher.withdraw(worker),
            Action.RELEASE: lambda worker, _error: dispatcher.release(worker),
            Action.FAIL: self._fail,
            Action.PUT_BACK_REST: lambda worker, _error: dispatcher.put_back(worker, 1),
            Action.PUT_BACK_ALL: lambda worker, _error: dispatcher.put_back(worker, 0),
            Action.FILL: lambda _worker, _error: self.fill(),
            Action.FILL_LATER: lambda _worker, _error: host.fill_later(),
            Action.FORGET: self._forget,
        }

    # --- counts ---------------------------------------------------------------------------------------------------

    @property
    def alive(self) -> int:
        """How many workers there are, ready or about to be."""
        return sum(worker.state is not WorkerState.KILLED for worker in self.workers.values())

    @property
    def is_ready(self) -> bool:
        """Whether there is a worker that could answer."""
        none = (WorkerState.STARTING, WorkerState.KILLED)
        return any(worker.state not in none for worker in self.workers.values())

    @property
    def is_retiring(self) -> bool:
        """Whether a worker still reads data that have been replaced."""
        return any(worker.state is WorkerState.RETIRING for worker in self.workers.values())

    def next_number(self) -> int:
        """Return a number that no worker and no writer has had."""
        self._number += 1
        return self._number

    # --- fork servers ---------------------------------------------------------------------------------------------

    def serve(self, control: ForkServerControl) -> ForkServerHandle:
        """Take new workers from this fork server, which may be the same as before with other data on disk.

        The workers that are there end when they have answered what was assigned to them.
        """
        former = self.fork_server
        if former is not None and former.control is control:
            handle = former
        else:
            handle = self.fork_server = ForkServerHandle(control)
            if former is not None:
                self._former.append(former)
                self._apply_to_fork_server(former, ForkServerEvent.REPLACED)
        for worker in list(self.workers.values()):
            self.apply(worker, WorkerEvent.REPLACED)
        if former is not None and not former.workers:
            self._apply_to_fork_server(former, ForkServerEvent.DRAINED)
        self.fill()
        return handle

    def fork_server_ended(self, handle: ForkServerHandle) -> None:
        """Take note that the process of a fork server has ended, and so will its workers."""
        self._apply_to_fork_server(handle, ForkServerEvent.DISCONNECTED)

    def close(self, error: AtlasError) -> None:
        """End all workers and fork servers; what they work on and what waits fails by `error`."""
        self._is_closed = True
        for handle in [*self._former, *([self.fork_server] if self.fork_server else [])]:
            self._apply_to_fork_server(handle, ForkServerEvent.CLOSED, error)
        for query in self._dispatcher.queue.expired(float("inf")):
            query.reject(error)

    def fill(self) -> None:
        """Have as many workers as there should be, one after another: many at once would take all cores for moments."""
        fork_server = self.fork_server
        if fork_server is None or self._is_closed:
            return
        states = [worker.state for worker in self.workers.values() if worker.state in CURRENT]
        if len(states) >= self._limit or WorkerState.STARTING in states:
            return
        worker = WorkerHandle(self.next_number(), fork_server, self)
        try:
            worker.process = self._host.start_worker(fork_server.control, worker)
        except BlockingIOError:
            self._host.fill_later()
            return
        except OSError:
            # The fork server has ended, which its control channel tells next.
            return
        self.tally.started += 1
        self.workers[worker.number] = fork_server.workers[worker.number] = worker

    # --- reports of a fork server ---------------------------------------------------------------------------------

    def started(self, number: int, pid: int) -> None:
        """Take note that the fork server has forked a worker."""
        worker = self.workers[number]
        worker.process.attach(pid)
        self.apply(worker, WorkerEvent.STARTED)

    def start_failed(self, number: int, reason: str) -> None:
        """Take note that the fork server could not fork a worker."""
        _LOG.error("no worker could be started: %s", reason)
        self.apply(self.workers[number], WorkerEvent.START_FAILED)

    def exited(self, number: int, status: int, stderr: str) -> None:
        """Take note that the process of a worker has ended; `stderr` is the end of what it wrote there."""
        worker = self.workers[number]
        # What it sent before it ended counts.
        worker.process.drain()
        if any(worker.assigned):
            _LOG.warning("a worker ended (status %s): %s", status, " ".join(stderr.split())[:500])
        self.apply(worker, WorkerEvent.EXITED, diagnose(status, stderr))

    # --- for the workers ------------------------------------------------------------------------------------------

    def apply(self, worker: WorkerHandle, event: WorkerEvent, error: AtlasError | None = None) -> None:
        """Let `event` happen to `worker`; `error` is that of the query it works on, should that fail now.

        Raises TransitionError for an event that cannot happen in the worker's state.
        """
        worker.state, actions = transition(WORKER_TRANSITIONS, worker.state, event)
        for action in actions:
            self._actions[action](worker, error)

    def answered(self, worker: WorkerHandle, seconds: float, now: float) -> None:
        """Take note that `worker` has answered a query, which took `seconds`."""
        self._dispatcher.note_duration(worker.client, seconds, now)

    def finished(self, worker: WorkerHandle) -> None:
        """Take note that `worker` has answered all queries assigned to it."""
        # After a slow query it may hold too much memory, or its priority may stay low.
        is_fit = worker.cores is None or (
            not worker.process.has_grown and worker.restore_priority(self._dispatcher.cores)
        )
        self.apply(worker, WorkerEvent.FINISHED if is_fit else WorkerEvent.WORN_OUT)

    def new_spool(self) -> Spool:
        """Return a spool for a result that does not fit in one frame."""
        return self._host.new_spool()

    # --- for clients ----------------------------------------------------------------------------------------------

    def abandon(self, query: PendingQuery) -> None:
        """Take note that nobody waits for `query`: it is not done, or its worker stopped if it does not end at once."""
        if not self._dispatcher.queue.remove(query):
            for worker in self.workers.values():
                if query in worker.assigned:
                    worker.assigned[worker.assigned.index(query)] = None

    # --- actions --------------------------------------------------------------------------------------------------

    def _fail(self, worker: WorkerHandle, error: AtlasError | None) -> None:
        query = worker.assigned.popleft() if worker.assigned else None
        if query is not None:
            error = error or engine_ended()
            self.tally.deaths[type(error).__name__] += 1
            # The engine could not sort what another form of the query can.
            if isinstance(error, MixedOrderError) and query.sort_by_kind(worker.since):
                self._dispatcher.ask_again(query)
            else:
                query.reject(error)

    def _forget(self, worker: WorkerHandle, _error: AtlasError | None) -> None:
        worker.process.release()
        del self.workers[worker.number]
        fork_server = worker.fork_server
        del fork_server.workers[worker.number]
        if not fork_server.workers:
            self._apply_to_fork_server(fork_server, ForkServerEvent.DRAINED)

    def _apply_to_fork_server(
        self, handle: ForkServerHandle, event: ForkServerEvent, error: AtlasError | None = None
    ) -> None:
        handle.state, actions = transition(FORK_SERVER_TRANSITIONS, handle.state, event)
        if handle.state is ForkServerState.ENDED:
            if handle is self.fork_server:
                self.fork_server = None
            elif handle in self._former:
                self._former.remove(handle)
        for action in actions:
            if action is ForkServerAction.CLOSE:
                handle.control.close()
            elif action is ForkServerAction.END_WORKERS:
                for worker in list(handle.workers.values()):
                    self.apply(worker, WorkerEvent.FORK_SERVER_ENDED, error or engine_ended())
            else:
                self.tally.restarts += 1
                self._host.restart()
