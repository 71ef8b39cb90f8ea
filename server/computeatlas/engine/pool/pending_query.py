"""A job on its way through the pool, and the answer that comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from computeatlas.engine.pool.spool import Spool
    from computeatlas.model.mediatypes import Format


class ClientGoneError(Exception):
    """The client has closed its connection: nobody waits for the answer."""


@dataclass(slots=True)
class Answer:
    """An answer: its format, content coding, number of rows where known, and its bytes: all of them, or a spool."""

    form: Format
    coding: str
    rows: int | None
    body: bytes | Spool


@dataclass(slots=True, eq=False)
class PendingQuery:
    """A job on its way through the pool."""

    client: str
    data: bytes
    timeout: float
    queued: float
    future: asyncio.Future[Answer]
    spool: Spool | None = None
    attempts: int = 0

    def resolve(self, answer: Answer) -> None:
        """Hand out the answer, or its beginning."""
        if not self.future.done():
            self.future.set_result(answer)

    def reject(self, error: Exception) -> None:
        """Hand out an error: in place of the answer, or where its bytes break off."""
        if self.spool is not None:
            self.spool.fail(error)
        elif not self.future.done():
            self.future.set_exception(error)
