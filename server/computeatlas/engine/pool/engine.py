"""The embedded engine, in memory or on disk: Oxigraph in worker processes, behind the protocol of engines.

Every question to the workers is put here, so what holds for all of them has its place here too.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from computeatlas.engine.base import Answer, Delivery, GraphRead, Measurement, Query, Status
from computeatlas.engine.pool.wire import Job
from computeatlas.model.errors import GraphMissingError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterator

    from computeatlas.engine.base import Changed, Question
    from computeatlas.engine.changes import Change
    from computeatlas.engine.pool.fork_server import Start
    from computeatlas.engine.pool.pending_query import PendingQuery
    from computeatlas.engine.pool.pool import Pool


class PoolEngine:
    """The data set of `pool` as an engine: `computeatlas.engine.base.ManagedEngine` with a `Start` as its source."""

    def __init__(self, pool: Pool):
        self._pool = pool

    @property
    def version(self) -> str:
        """See `Engine`."""
        return self._pool.version

    @property
    def quads(self) -> int:
        """See `Engine`."""
        return self._pool.quads

    def ask(self, client: str, question: Question, delivery: Delivery) -> PoolAnswer:
        """See `Engine`."""
        return PoolAnswer(self._pool, self._pool.submit(client, job_of(question, delivery)))

    async def has_graph(self, client: str, name: str, timeout: float) -> bool:
        """See `Engine`."""
        try:
            await self._pool.submit(client, Job("exists", named=(name,), timeout=timeout)).future
        except GraphMissingError:
            return False
        return True

    async def change(
        self, change: Change, data: IO[bytes], require: Callable[[], Awaitable[None]] | None = None
    ) -> Changed:
        """See `Engine`."""
        return await self._pool.change(change, data.fileno(), require)

    def status(self) -> Status:
        """See `Engine`: the numbers are those of workers, of busy ones and of queries that wait."""
        pool = self._pool
        return Status(pool.is_ready, {"workers": pool.alive, "busy": pool.running, "waiting": pool.waiting})

    def measurements(self) -> Iterator[Measurement]:
        """See `Engine`."""
        pool, tally = self._pool, self._pool.tally
        yield Measurement.of("workers", "Worker processes.", pool.alive)
        yield Measurement.of("workers_busy", "Workers that work on a query.", pool.running)
        yield Measurement.of("queries_waiting", "Queries that wait for a worker.", pool.waiting)
        yield Measurement.of("workers_started", "Workers forked.", tally.started, counter=True)
        yield Measurement.of("nursery_restarts", "Times that data were loaded again.", tally.restarts, counter=True)
        yield Measurement.of("changes", "Writes made.", tally.changes, counter=True)
        deaths = {cause.removesuffix("Error"): float(count) for cause, count in sorted(tally.deaths.items())}
        yield Measurement("queries_killed", "Queries that ended a worker.", deaths, counter=True, label="cause")

    async def open(self) -> None:
        """See `ManagedEngine`."""
        await self._pool.open()

    async def replace(self, source: Start) -> None:
        """See `ManagedEngine`."""
        await self._pool.replace(source)

    def close(self) -> None:
        """See `ManagedEngine`."""
        self._pool.close()


class PoolAnswer:
    """A question that waits for a worker, or that one works on."""

    __slots__ = ("_pending", "_pool")

    def __init__(self, pool: Pool, pending: PendingQuery):
        self._pool = pool
        self._pending = pending

    def __await__(self) -> Generator[Any, None, Answer]:
        """See `PendingAnswer`."""
        return self._pending.future.__await__()

    def abandon(self) -> None:
        """See `PendingAnswer`."""
        self._pool.abandon(self._pending)


def job_of(question: Question, delivery: Delivery) -> Job:
    """Return the job for a worker that answers `question`."""
    if isinstance(question, Query):
        # By position: by name it takes twice as long.
        return Job(
            "query",
            question.text,
            question.base_iri,
            question.default_graphs,
            question.named_graphs,
            question.union,
            delivery.formats,
            delivery.coding,
            delivery.timeout,
            delivery.max_result,
            question.max_rows,
            question.sort_by_kind,
        )
    named: tuple[str, ...] = ()
    if isinstance(question, GraphRead) and question.name is not None:
        named = (question.name,)
    return Job(
        verb="graph" if isinstance(question, GraphRead) else "dataset",
        named=named,
        union=isinstance(question, GraphRead) and question.union,
        formats=delivery.formats,
        coding=delivery.coding,
        timeout=delivery.timeout,
        max_result=delivery.max_result,
    )
