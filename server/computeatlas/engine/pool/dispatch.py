"""Which query is given to which worker, and when a worker has had its time.

Without sockets, processes and a clock: the time is an argument, in seconds of the loop's clock.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import TYPE_CHECKING

from computeatlas.engine.pool.cpu_priority import CpuPriority
from computeatlas.engine.pool.fair_queue import FairQueue
from computeatlas.model.errors import OverloadedError, QueryTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from computeatlas.engine.pool.pending_query import PendingQuery
    from computeatlas.engine.pool.worker_handle import WorkerHandle
    from computeatlas.model.limits import Limits

#: After so many seconds a query no longer delays others that were assigned to the same worker: they wait again.
_PATIENCE = 0.01
#: After so many seconds a query leaves the processor to whoever else wants it.
_SLOW = 0.02
#: How many queries of one client a worker is given at once, if they are shorter than so many bytes and the queries of
#: the client took less than so many seconds; and how much one query counts in that mean.
_BATCH = 4
_SMALL = 4096
_QUICK = 0.002
_RECENT = 0.2
#: Clients whose pace is remembered.
_CLIENTS = 4096


class Dispatcher:
    """The queries that wait, the workers that are ready for them, and the workers that are busy.

    `wake` is called when `dispatch` is to be called soon; once until then.
    """

    def __init__(self, limits: Limits, cores: frozenset[int], wake: Callable[[], None]):
        self.cores = cores
        self.queue: FairQueue[PendingQuery] = FairQueue(limits.queue)
        self.ready: list[WorkerHandle] = []
        #: The busy workers, in the order in which they became busy; the values mean nothing.
        self.busy: dict[WorkerHandle, None] = {}
        self._limits = limits
        self._wake = wake
        self._is_woken = False
        #: Client → number of its busy workers, where that is not 0.
        self._busy_of: Counter[str] = Counter()
        #: Client → seconds that its queries took of late, the client of the last one at the end.
        self._paces: OrderedDict[str, float] = OrderedDict()
        self._cpu_priority = CpuPriority(cores)

    def submit(self, query: PendingQuery) -> None:
        """Let `query` wait for a worker; raises OverloadedError where too many wait already."""
        self.queue.put(query)
        self.wake()

    def offer(self, worker: WorkerHandle) -> None:
        """Assign queries to `worker` from now on."""
        self.ready.append(worker)
        self.wake()

    def withdraw(self, worker: WorkerHandle) -> None:
        """Assign no queries to `worker`, which is ready, any more."""
        self.ready.remove(worker)

    def release(self, worker: WorkerHandle) -> None:
        """Count `worker` no longer as busy for its client, which may have another one for that."""
        del self.busy[worker]
        self._busy_of[worker.client] -= 1
        if not self._busy_of[worker.client]:
            del self._busy_of[worker.client]
        self.wake()

    def put_back(self, worker: WorkerHandle, keep: int) -> None:
        """Let the queries of `worker` but the first `keep` be the next of their client, in their order."""
        assigned = worker.assigned
        while len(assigned) > keep:
            query = assigned.pop()
            if query is not None:
                self.queue.put_back(query)
        self.wake()

    def ask_again(self, query: PendingQuery) -> None:
        """Let `query`, whose worker has ended, be the next of its client."""
        self.queue.put_back(query)
        self.wake()

    def note_duration(self, client: str, seconds: float, now: float) -> None:
        """Take note how long a query of `client` took: its next ones share a worker only if they are quick."""
        paces = self._paces
        before = paces.get(client, seconds)
        paces[client] = before + (seconds - before) * _RECENT
        paces.move_to_end(client)
        if len(paces) > _CLIENTS:
            paces.popitem(last=False)
        if seconds < _QUICK:
            self._cpu_priority.note_quick(client, now)

    def wake(self) -> None:
        """Have `dispatch` called soon, if there is a query that waits."""
        if not self._is_woken and len(self.queue):
            self._is_woken = True
            self._wake()

    def dispatch(self, now: float) -> None:
        """Assign queries that wait to workers that are ready."""
        self._is_woken = False
        # Quick queries run on as many workers as there are cores and no more: more would only switch to and fro. Slow
        # ones do not count, or they would delay the quick ones.
        free = len(self.cores) - sum([worker.cores is None for worker in self.busy])
        while self.ready and len(self.queue):
            # A client that has no busy worker waits for no other's queries.
            may = self._may if free > 0 else self._has_nothing
            count = min(_BATCH, -(-len(self.queue) // max(free, 1)))
            queries = self.queue.take(may, self._may_share, count)
            if not queries:
                return
            free -= 1
            worker = self.ready.pop()
            self.busy[worker] = None
            self._busy_of[queries[0].client] += 1
            worker.assign(queries, now)

    def tick(self, now: float) -> None:
        """Look at every busy worker and at what has waited for too long; to be called every few milliseconds."""
        for worker in list(self.busy):
            # Another one's end may have been this one's.
            if worker in self.busy:
                self._check(worker, now)
        for query in self.queue.expired(now - self._limits.queue_timeout):
            query.reject(OverloadedError("no worker became free in time", hint="try again in a few seconds"))

    def relieve(self) -> None:
        """End a worker whose result is not read as fast as it comes: too many bytes wait to be read."""
        for worker in self.busy:
            first = worker.assigned[0]
            if first is not None and first.spool is not None:
                worker.stop(OverloadedError("too many results wait to be read", hint="try again later"))
                return

    def _check(self, worker: WorkerHandle, now: float) -> None:
        first, age = worker.assigned[0], now - worker.since
        if first is None:
            # Nobody waits for the answer. One that comes soon is worth more than another worker.
            if age > _SLOW:
                worker.stop(None)
            return
        if now - (worker.since if first.began is None else first.began) > first.timeout:
            worker.stop(
                QueryTimeoutError(
                    f"the query took longer than {first.timeout:g} seconds",
                    hint="ask for less: add LIMIT, bind more, or leave out what multiplies rows",
                )
            )
            return
        if age > _PATIENCE and len(worker.assigned) > 1:
            self._reassign(worker)
            self.dispatch(now)
        if age > _SLOW:
            was_slow = worker.cores is not None
            worker.lower_priority(self._cpu_priority.cores_for_slow(worker.client, now))
            if not was_slow:
                self.dispatch(now)

    def _reassign(self, worker: WorkerHandle) -> None:
        """Let the queries behind the first wait again. The worker has them, so its answers to them will be ignored."""
        assigned = worker.assigned
        for index in range(len(assigned) - 1, 0, -1):
            query = assigned[index]
            if query is not None:
                assigned[index] = None
                query.attempts += 1
                self.queue.put_back(query)

    def _may(self, client: str) -> bool:
        return self._busy_of[client] < self._limits.workers_per_client

    def _has_nothing(self, client: str) -> bool:
        return not self._busy_of[client]

    def _may_share(self, query: PendingQuery) -> bool:
        """Return whether a query may wait behind another on the same worker: both are expected to be quick.

        Not one that was reassigned before: what a worker evaluates and nobody waits for is wasted.
        """
        quick = self._paces.get(query.client, _QUICK) < _QUICK
        return quick and len(query.data) < _SMALL and not query.attempts
