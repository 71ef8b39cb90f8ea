"""The sources behind an answer: traced in a thread, by questions that are given up when the client leaves."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from computeatlas.engine.base import Delivery, Query
from computeatlas.engine.table import Table, read_table
from computeatlas.model.errors import QueryTimeoutError
from computeatlas.model.mediatypes import HTML, Format
from computeatlas.provenance.sources import Sources, cite
from computeatlas.sparql.rewrite import with_limit
from computeatlas.web.http.negotiate import choose_format, wish
from computeatlas.web.http.problems import RequestError
from computeatlas.web.http.turns import Turns

if TYPE_CHECKING:
    from computeatlas.engine.base import Engine
    from computeatlas.web.endpoints.admit import AdmittedQuery
    from computeatlas.web.http.questions import OpenQuestions
    from computeatlas.web.http.settings import Settings

#: In order of preference where a client has none.
FORMATS = (
    Format("json", "application/json", frozenset()),
    HTML,
    Format("csl", "application/vnd.citationstyles.csl+json", frozenset()),
    Format("bibtex", "application/x-bibtex", frozenset(), ("text/x-bibtex",), charset=True),
    Format("text", "text/plain", frozenset(), charset=True),
)
#: Traces at once, and of one client: each takes this process up to a second.
_AT_ONCE = 2
_PER_CLIENT = 1
#: How long a request waits for its turn, in seconds.
_PATIENCE = 5.0
#: What the user's query is asked as, and what our own are.
_ANY_RESULT = (("bindings", "json"), ("boolean", "json"), ("graph", "ttl"))
_TABLES = _ANY_RESULT[:2]


class Tracer:
    """Traces the answers of `engine` to their sources."""

    def __init__(self, engine: Engine, settings: Settings):
        self._engine = engine
        self._settings = settings
        self._turns = Turns(_AT_ONCE, _PER_CLIENT, _PATIENCE)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="trace")

    async def trace(self, questions: OpenQuestions, admitted: AdmittedQuery) -> Sources:
        """Return the sources behind the answer to a query, all in the time that it may take.

        Raises what asking the query raises, OverloadedError, ClientGoneError.
        """
        loop = asyncio.get_running_loop()
        query = admitted.query
        async with self._turns.turn(questions):
            end = time.monotonic() + admitted.timeout
            most = self._settings.limits.max_result

            def left() -> float:
                seconds = end - time.monotonic()
                if seconds <= 0:
                    raise QueryTimeoutError("to trace the answer takes longer than a query may", hint="ask for less")
                return seconds

            async def ask(asked: Query) -> Table:
                answer = await questions.ask(self._engine, asked, Delivery(_TABLES, timeout=left(), max_result=most))
                return read_table(await answer.whole(most))

            def ask_as_asked(text: str) -> Table:
                return asyncio.run_coroutine_threadsafe(ask(query._replace(text=text)), loop).result()

            def ask_anywhere(text: str) -> Table:
                return asyncio.run_coroutine_threadsafe(ask(Query(text, base_iri=query.base_iri)), loop).result()

            # A query that the engine does not take is refused by it, with line and column, before it is taken apart.
            first = query._replace(text=with_limit(query.text, 1))
            answer = await questions.ask(self._engine, first, Delivery(_ANY_RESULT, timeout=left(), max_result=most))
            await answer.whole(most)
            rules = self._settings.rules
            return await loop.run_in_executor(
                self._threads,
                lambda: cite(query.text, ask_as_asked, rules, base=query.base_iri, ask_anywhere=ask_anywhere),
            )


def choose_sources_format(accept: str | None, wanted: str | None) -> Format:
    """Return the format that the request asks for; raises RequestError (406), listing what is to be had."""
    chosen = choose_format(accept, FORMATS, wanted)
    if chosen is None:
        listed = ", ".join(f"{item.media_type} (format={item.name})" for item in FORMATS)
        raise RequestError("not-acceptable", f"Sources cannot be had by {wish(accept, wanted)}. To be had: {listed}.")
    return chosen
