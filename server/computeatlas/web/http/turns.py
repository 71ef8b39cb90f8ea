"""Turns: so many at once, so many of one client, and clients who wait are served alternately."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from computeatlas.engine.base import ClientGoneError
from computeatlas.model.errors import OverloadedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from computeatlas.web.http.questions import OpenQuestions

#: How many may wait for each one that has a turn.
_WAITING = 16


class _Waiter:
    """Somebody who waits for a turn."""

    __slots__ = ("client", "future")

    def __init__(self, client: str, future: asyncio.Future[None]):
        self.client = client
        self.future = future

    def fail(self, error: Exception) -> None:
        """End the wait with `error`, unless it has ended."""
        if not self.future.done():
            self.future.set_exception(error)

    def abandon(self) -> None:
        """End the wait: the client has gone."""
        self.fail(ClientGoneError())


class Turns:
    """Gives `at_once` turns at a time, `per_client` of them to one client. Used in the event loop only.

    Who finds none waits up to `patience` seconds. Of those who wait, one client may be half.
    """

    def __init__(self, at_once: int, per_client: int, patience: float):
        self._free = at_once
        self._per_client = per_client
        self._patience = patience
        self._most = at_once * _WAITING
        self._having: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[_Waiter]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, questions: OpenQuestions) -> AsyncIterator[None]:
        """Have a turn while the block runs.

        Raises OverloadedError where too many wait, or the wait is too long, ClientGoneError where the client leaves.
        """
        await self._take(questions)
        try:
            yield
        finally:
            self._give_back(questions.client)

    async def _take(self, questions: OpenQuestions) -> None:
        client = questions.client
        if self._free and self._having[client] < self._per_client:
            self._give(client)
            return
        mine = self._waiting.setdefault(client, deque())
        if len(mine) >= self._most // 2 or sum(map(len, self._waiting.values())) >= self._most:
            self._forget(client)
            raise OverloadedError("too many requests are waiting", hint="try again in a few seconds")
        loop = asyncio.get_running_loop()
        waiter = _Waiter(client, loop.create_future())
        mine.append(waiter)
        timer = loop.call_later(
            self._patience,
            waiter.fail,
            OverloadedError("no turn came in time", hint="try again in a few seconds"),
        )
        try:
            questions.add(waiter)
            await waiter.future
        except BaseException:
            if waiter in mine:
                mine.remove(waiter)
                self._forget(client)
            elif waiter.future.done() and not waiter.future.cancelled() and waiter.future.exception() is None:
                # It was given a turn at the same moment.
                self._give_back(client)
            raise
        finally:
            timer.cancel()
            questions.discard(waiter)

    def _give(self, client: str) -> None:
        self._free -= 1
        self._having[client] += 1

    def _give_back(self, client: str) -> None:
        self._free += 1
        self._having[client] -= 1
        if not self._having[client]:
            del self._having[client]
        self._next()

    def _next(self) -> None:
        for client, mine in list(self._waiting.items()):
            if not self._free:
                return
            if self._having[client] >= self._per_client:
                continue
            while mine:
                waiter = mine.popleft()
                if not waiter.future.done():
                    self._give(client)
                    waiter.future.set_result(None)
                    # Whoever had a turn goes to the end of the row.
                    self._waiting.move_to_end(client)
                    break
            self._forget(client)

    def _forget(self, client: str) -> None:
        if not self._waiting.get(client, True):
            del self._waiting[client]
        if not self._having[client]:
            del self._having[client]
