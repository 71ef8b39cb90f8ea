"""How a page asks: from a thread of its own, by way of the event loop, and with the whole answer at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from computeatlas.engine.pool.spool import Spool
from computeatlas.engine.pool.wire import Job
from computeatlas.engine.table import Table, read_table
from computeatlas.model.errors import ResultTooLargeError
from computeatlas.model.namespaces import BASE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.engine.pool.pending_query import PendingQuery
    from computeatlas.engine.pool.pool import Pool
    from computeatlas.model.mediatypes import Format

#: More bytes than a page can show.
_LARGEST = 8 * 1024 * 1024
_TABLES = (("bindings", "json"), ("boolean", "json"))


class Asker:
    """Asks `pool` on behalf of pages."""

    def __init__(self, pool: Pool):
        self._pool = pool

    @property
    def pool(self) -> Pool:
        """The pool, for what it knows of itself."""
        return self._pool

    def answer(self, client: str, job: Job) -> tuple[Format, bytes]:
        """Return format and bytes of an answer. Called in any thread but that of the event loop.

        Raises what the job raises, ResultTooLargeError for more than a page can show.
        """
        return self._answers(client, [job])[0]

    def table(self, client: str, text: str, *, union: bool, timeout: float) -> Table:
        """Return the table of a SELECT or ASK query of our own; see `answer`."""
        return self.tables(client, [text], union=union, timeout=timeout)[0]

    def tables(self, client: str, texts: Sequence[str], *, union: bool, timeout: float) -> list[Table]:
        """Return the tables of several queries, which are submitted together, in their order.

        Raises what the query raises that fails first; the others are abandoned then. See `answer`.
        """
        jobs = [Job("query", text, BASE, (), (), union, _TABLES, "identity", timeout, _LARGEST) for text in texts]
        return [read_table(data) for _form, data in self._answers(client, jobs)]

    def _answers(self, client: str, jobs: Sequence[Job]) -> list[tuple[Format, bytes]]:
        return asyncio.run_coroutine_threadsafe(self._gather(client, jobs), self._pool.loop).result()

    async def _gather(self, client: str, jobs: Sequence[Job]) -> list[tuple[Format, bytes]]:
        pending: list[PendingQuery] = []
        try:
            # Submitting raises where too many queries wait: those submitted before it are abandoned too.
            pending += (self._pool.submit(client, job) for job in jobs)
            return await asyncio.gather(*(_read(one) for one in pending))
        except BaseException:
            for one in pending:
                self._pool.abandon(one)
                # Mark the exception as seen: nobody awaits an abandoned query.
                if not one.future.cancelled():
                    one.future.exception()
            raise


async def _read(pending: PendingQuery) -> tuple[Format, bytes]:
    """Return format and bytes of the answer to one query; raises as `Asker.answer` does."""
    answer = await pending.future
    if not isinstance(answer.body, Spool):
        return answer.form, answer.body
    parts = []
    size = 0
    async for piece in answer.body.pieces():
        parts.append(piece)
        size += len(piece)
        if size > _LARGEST:
            answer.body.close()
            raise ResultTooLargeError("the result is more than a page can show", hint="add LIMIT, or ask for CSV")
    return answer.form, b"".join(parts)
