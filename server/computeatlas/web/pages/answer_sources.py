"""What the answers to questions rest on, traced in a few seconds or not at all, and kept until the data change."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache, TTLCache

from computeatlas.model.errors import OverloadedError, QueryError, QueryTimeoutError
from computeatlas.provenance.sources import cite
from computeatlas.web.pages.context import Kept, context, open_questions

if TYPE_CHECKING:
    from computeatlas.engine.table import Table
    from computeatlas.provenance.sources import Sources

#: Seconds that a page waits for the sources of its answer.
_PATIENCE = 3.0
#: Answers whose sources are remembered: each has some hundred kilobytes.
_REMEMBERED = 64
#: Seconds for which sources that took too long are not looked for again.
_PAUSE = 600


class TracedAnswers:
    """Sources by the text of the query, for one version of the data; and for a while, what took too long."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: LRUCache[str, Sources] = LRUCache(_REMEMBERED)
        self._too_long: TTLCache[str, bool] = TTLCache(_REMEMBERED, _PAUSE)

    def get(self, text: str) -> Sources | None:
        """Return what was found for `text` before, or None."""
        with self._lock:
            return self._known.get(text)

    def put(self, text: str, found: Sources) -> None:
        """Remember what was found."""
        with self._lock:
            self._known[text] = found

    def give_up(self, text: str) -> None:
        """Take note that the sources of `text` took too long to find."""
        with self._lock:
            self._too_long[text] = True

    def is_given_up(self, text: str) -> bool:
        """Say whether that happened a short while ago."""
        with self._lock:
            return text in self._too_long


_TRACED = Kept(lambda _reader: TracedAnswers())


def trace(text: str) -> Sources | None:
    """Return what the answer to the query `text`, which the engine has answered, rests on, without the triples.

    None where to find it takes longer than a page waits. It is asked for the client of this request, as everything
    is. Raises ClientGoneError.
    """
    known = context().get(_TRACED)
    found = known.get(text)
    if found is not None or known.is_given_up(text):
        return found
    try:
        found = _trace(text)
    except OverloadedError:
        return None
    except QueryError:
        known.give_up(text)
        return None
    known.put(text, found)
    return found


def _trace(text: str) -> Sources:
    shared, questions = context(), open_questions()
    with shared.trace_limit.turn(lambda: questions.gone):
        end = time.monotonic() + _PATIENCE

        def ask(asked: str) -> Table:
            left = end - time.monotonic()
            if left <= 0:
                raise QueryTimeoutError("to trace the answer takes longer than a page waits")
            return shared.ask(asked, left)

        return replace(cite(text, ask, shared.settings.rules), supports=())
