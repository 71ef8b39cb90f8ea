"""An engine over rdflib, in this process: what the protocol of engines asks for, and nothing else."""

from __future__ import annotations

import asyncio
from typing import IO, TYPE_CHECKING, Any

from rdflib import Graph

from computeatlas.engine.base import (
    Answer,
    Changed,
    ClientGoneError,
    DataSetRead,
    Delivery,
    GraphRead,
    Measurement,
    Query,
    Question,
    Status,
)
from computeatlas.model.errors import FormatError, QuerySyntaxError
from computeatlas.model.mediatypes import FORMATS, ResultKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator

    from computeatlas.engine.changes import Change

_BY_NAME = {form.name: form for form in FORMATS}
_RDFLIB = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld", "json": "json", "xml": "xml", "csv": "csv"}
#: A query with this in it is never answered; one with that is streamed.
ENDLESS, STREAMED = "# endless", "# streamed"


class Pieces:
    """A stream of a few pieces."""

    rows = None

    def __init__(self, data: bytes):
        self._data = data
        self.abandoned = False

    async def pieces(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._data), 100):
            if self.abandoned:
                return
            yield self._data[start : start + 100]

    def close(self) -> None:
        self.abandoned = True


class Pending:
    """An answer that a task makes, as a request to a server elsewhere would be."""

    def __init__(self, engine: RdflibEngine, task: asyncio.Task[Answer]):
        self._engine = engine
        self._task = task

    def __await__(self) -> Generator[Any, None, Answer]:
        return self._wait().__await__()

    async def _wait(self) -> Answer:
        try:
            return await self._task
        except asyncio.CancelledError:
            if self._task.cancelled():
                raise ClientGoneError from None
            raise

    def abandon(self) -> None:
        if not self._task.done():
            self._engine.abandoned += 1
            self._task.cancel()


class RdflibEngine:
    """Answers from one graph; counts what was asked and what was abandoned."""

    def __init__(self, turtle: str):
        self._graph = Graph().parse(data=turtle, format="turtle")
        self.version = "first"
        self.asked: list[tuple[str, Question]] = []
        self.waiting = 0
        self.abandoned = 0

    @property
    def quads(self) -> int:
        return len(self._graph)

    def ask(self, client: str, question: Question, delivery: Delivery) -> Pending:
        self.asked.append((client, question))
        return Pending(self, asyncio.ensure_future(self._answer(question, delivery)))

    async def has_graph(self, _client: str, _name: str, _timeout: float) -> bool:
        return False

    async def change(
        self, _change: Change, data: IO[bytes], require: Callable[[], Awaitable[None]] | None = None
    ) -> Changed:
        if require is not None:
            await require()
        data.seek(0)
        self._graph.update(data.read().decode())
        self.version += "'"
        return Changed(created=False)

    def status(self) -> Status:
        return Status(True, {"questions": len(self.asked)})

    def measurements(self) -> Iterator[Measurement]:
        yield Measurement.of("questions_asked", "Questions.", len(self.asked), counter=True)

    async def _answer(self, question: Question, delivery: Delivery) -> Answer:
        names = dict(delivery.formats)
        if isinstance(question, GraphRead | DataSetRead):
            form = _BY_NAME[next(iter(names.values()))]
            return Answer(form, "identity", None, self._graph.serialize(format=_RDFLIB[form.name]).encode())
        assert isinstance(question, Query)
        if ENDLESS in question.text:
            self.waiting += 1
            try:
                await asyncio.Event().wait()
            finally:
                self.waiting -= 1
        try:
            result = self._graph.query(question.text)
        except Exception as error:
            raise QuerySyntaxError(f"not understood: {error}") from error
        kind = {"SELECT": ResultKind.BINDINGS, "ASK": ResultKind.BOOLEAN}.get(result.type, ResultKind.GRAPH)
        if kind not in names:
            raise FormatError(kind)
        form = _BY_NAME[names[kind]]
        data = result.serialize(format=_RDFLIB[form.name]) or b""
        return Answer(form, "identity", None, Pieces(data) if STREAMED in question.text else data)
