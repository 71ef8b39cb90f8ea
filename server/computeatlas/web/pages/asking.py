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
        return asyncio.run_coroutine_threadsafe(self._answer(client, job), self._pool.loop).result()

    def table(self, client: str, text: str, *, union: bool, timeout: float) -> Table:
        """Return the table of a SELECT or ASK query of our own; see `answer`."""
        job = Job("query", text, BASE, (), (), union, _TABLES, "identity", timeout, _LARGEST)
        return read_table(self.answer(client, job)[1])

    async def _answer(self, client: str, job: Job) -> tuple[Format, bytes]:
        answer = await self._pool.submit(client, job).future
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
