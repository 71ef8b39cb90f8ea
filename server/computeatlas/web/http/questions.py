"""The questions that one request has with the engine, which are given up together when its client goes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from computeatlas.engine.base import ClientGoneError

if TYPE_CHECKING:
    from computeatlas.engine.base import Answer, Delivery, Engine, Question


class Abandonable(Protocol):
    """Something that a request waits for."""

    def abandon(self) -> None:
        """Take note that nobody waits any more."""


class OpenQuestions:
    """What `client` waits for in one request. Used in the event loop only."""

    __slots__ = ("_open", "client", "gone")

    def __init__(self, client: str):
        self.client = client
        #: Whether the client has gone away.
        self.gone = False
        self._open: list[Abandonable] = []

    async def ask(self, engine: Engine, question: Question, delivery: Delivery) -> Answer:
        """Return the answer, or its beginning, as `Engine.ask` gives it; raises what that raises.

        Raises ClientGoneError, also for every further question, once the client has gone.
        """
        if self.gone:
            raise ClientGoneError
        pending = engine.ask(self.client, question, delivery)
        self._open.append(pending)
        is_stream = False
        try:
            answer = await pending
            is_stream = not isinstance(answer.body, bytes)
        except BaseException:
            # Cancelled, for one: nobody waits any more.
            pending.abandon()
            raise
        finally:
            # While an answer is being streamed, a client that leaves still frees what makes it.
            if not is_stream:
                self.discard(pending)
        return answer

    def add(self, waiting: Abandonable) -> None:
        """Let `waiting` be given up with the rest; raises ClientGoneError where the client has gone already."""
        if self.gone:
            raise ClientGoneError
        self._open.append(waiting)

    def discard(self, waiting: Abandonable) -> None:
        """Take note that `waiting` is waited for no more, whether it was added or not."""
        if waiting in self._open:
            self._open.remove(waiting)

    def abandon(self) -> None:
        """Take note that the client has gone away."""
        self.gone = True
        for waiting in list(self._open):
            waiting.abandon()
        self._open.clear()
