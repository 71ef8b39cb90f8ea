"""A query on its way through the pool, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from computeatlas.engine.base import Answer
    from computeatlas.engine.pool.spool import Spool


@dataclass(slots=True, eq=False)
class PendingQuery:
    """A query on its way through the pool; `future` gives the answer or raises the error.

    `data` is the packed job, `timeout` in seconds, `queued` when it was submitted, in seconds of the loop's clock.
    `spool` is set once an answer has begun that does not fit in one frame. `attempts` is how often the query was taken
    from a worker that did not get to it in time. `by_kind` returns the packed job that sorts values of
    any mix of kinds, None where there is none. `began` is when a worker that has ended since began with the query, None
    before.
    """

    client: str
    data: bytes
    timeout: float
    queued: float
    future: asyncio.Future[Answer]
    spool: Spool | None = None
    attempts: int = 0
    by_kind: Callable[[], bytes] | None = None
    began: float | None = None

    def resolve(self, answer: Answer) -> None:
        """Give the answer, or its beginning, to whoever waits for it."""
        if not self.future.done():
            self.future.set_result(answer)

    def reject(self, error: Exception) -> None:
        """Give an error: in place of the answer, or where its bytes break off."""
        if self.spool is not None:
            self.spool.fail(error)
        elif not self.future.done():
            self.future.set_exception(error)

    def sort_by_kind(self, began: float) -> bool:
        """Become the job that sorts by kind; return whether there is one and no answer has begun.

        `began` is when the worker began that could not sort. Its time counts as the query's.
        """
        if self.by_kind is None or self.spool is not None:
            return False
        self.data, self.by_kind, self.began = self.by_kind(), None, began
        return True
