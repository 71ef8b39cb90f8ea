"""How a page asks: from a thread of its own, by way of the event loop, and with the whole answer at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from computeatlas.engine.base import Delivery, Query
from computeatlas.engine.table import Table, read_table
from computeatlas.model.errors import ResultTooLargeError
from computeatlas.model.namespaces import BASE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.engine.base import Engine
    from computeatlas.model.mediatypes import Format
    from computeatlas.web.http.questions import OpenQuestions

#: More bytes than a page can show.
_LARGEST = 8 * 1024 * 1024
_TABLES = (("bindings", "json"), ("boolean", "json"))


class Asker:
    """Asks `engine`, which lives in the event loop `loop`, on behalf of pages."""

    def __init__(self, engine: Engine, loop: asyncio.AbstractEventLoop):
        self.engine = engine
        self._loop = loop

    @property
    def version(self) -> str:
        """Names the data as they are now."""
        return self.engine.version

    def answer(self, questions: OpenQuestions, query: Query, delivery: Delivery) -> tuple[Format, bytes]:
        """Return format and bytes of the answer to a question of one request.

        Called in any thread but that of the event loop. Raises what `OpenQuestions.ask` raises, so ClientGoneError once
        the client has gone, and ResultTooLargeError for more than a page can show.
        """
        return self._answers(questions, [query], delivery)[0]

    def table(self, questions: OpenQuestions, text: str, *, union: bool, timeout: float) -> Table:
        """Return the table of a SELECT or ASK query of our own; see `answer`."""
        return self.tables(questions, [text], union=union, timeout=timeout)[0]

    def tables(self, questions: OpenQuestions, texts: Sequence[str], *, union: bool, timeout: float) -> list[Table]:
        """Return the tables of several queries, which are asked together, in their order.

        Raises what the query raises that fails first; the others are abandoned then. See `answer`.
        """
        queries = [Query(text, base_iri=BASE, union=union) for text in texts]
        delivery = Delivery(_TABLES, timeout=timeout, max_result=_LARGEST)
        return [read_table(data) for _form, data in self._answers(questions, queries, delivery)]

    def _answers(
        self, questions: OpenQuestions, queries: Sequence[Query], delivery: Delivery
    ) -> list[tuple[Format, bytes]]:
        return asyncio.run_coroutine_threadsafe(self._gather(questions, queries, delivery), self._loop).result()

    async def _gather(
        self, questions: OpenQuestions, queries: Sequence[Query], delivery: Delivery
    ) -> list[tuple[Format, bytes]]:
        tasks = [asyncio.ensure_future(self._read(questions, query, delivery)) for query in queries]
        try:
            return await asyncio.gather(*tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            # Their errors are seen here: nobody waits for an abandoned query.
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    async def _read(self, questions: OpenQuestions, query: Query, delivery: Delivery) -> tuple[Format, bytes]:
        answer = await questions.ask(self.engine, query, delivery)
        try:
            return answer.form, await answer.whole(_LARGEST)
        except ResultTooLargeError as error:
            raise ResultTooLargeError(
                "the result is more than a page can show", hint="add LIMIT, or ask for CSV"
            ) from error
