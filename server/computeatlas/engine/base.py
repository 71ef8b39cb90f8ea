"""What it is to be an engine: to be asked, to answer in a format, to be changed, to be described.

The web server knows engines by these protocols only. They assume neither processes nor a store in memory: an engine may
as well be a SPARQL endpoint elsewhere that is asked over HTTP. What an engine keeps to:

- It is used in one event loop; other threads reach it by `asyncio.run_coroutine_threadsafe`.
- A question is answered, refused, or abandoned. Whoever asked and no longer waits calls `abandon`, at any time and as
  often as it likes, also while the answer is being streamed; the engine then stops working on it as soon as it can.
- Its errors are those of `computeatlas.model.errors`, listed at each method: none of its own reaches a client.
- A short answer comes whole, as bytes; a longer one as a stream that has begun, whose errors come in place of its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from computeatlas.model.errors import ResultTooLargeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Mapping

    from computeatlas.engine.changes import Change
    from computeatlas.model.mediatypes import Format


class ClientGoneError(Exception):
    """The client has closed its connection: nobody waits for the answer."""


class Query(NamedTuple):
    """A SPARQL query and the data set that the protocol asks for.

    With no graphs named by the protocol or by the query itself, the default graph is that of the store, or with
    `union` the union of all its graphs
    (https://www.w3.org/TR/sparql11-service-description/#sd-UnionDefaultGraph). The result has at most `max_rows` rows,
    or triples.

    `sort_by_kind`: ORDER BY sorts values of any mix of kinds, as sparql/order.py says. Without it, an engine that
    cannot may fail by MixedOrderError.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base_iri: str | None = None
    union: bool = True
    max_rows: int | None = None
    sort_by_kind: bool = False


class GraphRead(NamedTuple):
    """A graph of the data set: the one called `name`, or the default graph, with `union` the union of all graphs."""

    name: str | None
    union: bool


class DataSetRead(NamedTuple):
    """All graphs of the data set."""


#: What an engine can be asked.
Question = Query | GraphRead | DataSetRead


class Delivery(NamedTuple):
    """How an answer is wanted: kinds of result with names of formats, content coding, seconds and bytes at most."""

    formats: tuple[tuple[str, str], ...]
    coding: str = "identity"
    timeout: float = 30.0
    max_result: int = 1 << 62


class Changed(NamedTuple):
    """What a change did: whether a graph came into being, and how many literals the engine gives back in another form.

    Only literals that the change writes out are counted, not those that an update computes or copies.
    """

    created: bool
    altered: int = 0


class Stream(Protocol):
    """The bytes of a long answer, read once by one reader."""

    @property
    def rows(self) -> int | None:
        """The number of rows, known at the end, None where nobody counted them."""

    @property
    def abandoned(self) -> bool:
        """Whether it was closed before its end."""

    def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes in order; raises AtlasError where they break off."""

    def close(self) -> None:
        """Throw away what has not been read, and all that comes."""


@dataclass(slots=True)
class Answer:
    """An answer: its format, content coding, number of rows where known, and its bytes: all of them, or a stream."""

    form: Format
    coding: str
    rows: int | None
    body: bytes | Stream

    async def whole(self, most: int) -> bytes:
        """Return all bytes; raises ResultTooLargeError for a stream of more than `most`, AtlasError as it does."""
        if isinstance(self.body, bytes):
            return self.body
        parts: list[bytes] = []
        size = 0
        async for piece in self.body.pieces():
            parts.append(piece)
            size += len(piece)
            if size > most:
                self.body.close()
                raise ResultTooLargeError(
                    f"the result has more than {most} bytes", hint="add LIMIT, or ask for less at a time"
                )
        return b"".join(parts)


class PendingAnswer(Protocol):
    """A question on its way: awaited, it gives the answer or raises what `Engine.ask` lists."""

    def __await__(self) -> Generator[Any, None, Answer]:
        """Wait for the answer."""

    def abandon(self) -> None:
        """Take note that nobody waits any more: who awaits gets ClientGoneError, a stream ends. May be repeated."""


@dataclass(frozen=True)
class Status:
    """Whether an engine answers now, and numbers that describe it, by name, as `/healthz` shows them."""

    ready: bool
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Measurement:
    """A number for `/metrics`: name, explanation and values, one without a label or one for each value of `label`."""

    name: str
    text: str
    values: Mapping[str, float]
    counter: bool = False
    label: str | None = None

    @classmethod
    def of(cls, name: str, text: str, value: float, *, counter: bool = False) -> Measurement:
        """Return a measurement with one value and no label."""
        return cls(name, text, {"": value}, counter)


class Engine(Protocol):
    """A data set that can be asked and, where it allows it, changed."""

    @property
    def version(self) -> str:
        """Names the data as they are now: equal versions give equal answers."""

    @property
    def quads(self) -> int:
        """How many quads there are."""

    def ask(self, client: str, question: Question, delivery: Delivery) -> PendingAnswer:
        """Ask on behalf of `client`, by whose name engines are fair.

        Raises OverloadedError where too many questions wait. The answer raises QuerySyntaxError, QueryEvaluationError,
        FormatError where `delivery` has no format for the kind of result, GraphMissingError, NestingError,
        QueryTimeoutError, QueryMemoryError, ResultTooLargeError, EngineFaultError for a failure of the engine itself,
        and ClientGoneError after `abandon`.
        """

    async def has_graph(self, client: str, name: str, timeout: float) -> bool:
        """Say whether there is a named graph `name`; raises as an answer does."""

    async def change(
        self, change: Change, data: IO[bytes], require: Callable[[], Awaitable[None]] | None = None
    ) -> Changed:
        """Make `change`, its text or RDF in the file `data`; returns what it did.

        `require` is awaited when no other change can come between; what it raises stops the change. When this returns,
        every question asked from now on sees the change. Raises DataError for malformed RDF, QuerySyntaxError,
        QueryEvaluationError or GraphMissingError, QueryTimeoutError, EngineFaultError; nothing has changed then.
        """

    def status(self) -> Status:
        """Return how the engine is. Asks nobody and waits for nothing."""

    def measurements(self) -> Iterable[Measurement]:
        """Yield what the engine counts. Asks nobody and waits for nothing."""


Source = TypeVar("Source", contravariant=True)


class ManagedEngine(Engine, Protocol[Source]):
    """An engine that this process opens and closes, whose data come from a `Source`."""

    async def open(self) -> None:
        """Make the engine ready; raises DataError or UsageError for bad data, EngineFaultError where it fails."""

    async def replace(self, source: Source) -> None:
        """Serve the data of `source` from now on; on failure, which raises as `open` does, what is served stays."""

    def close(self) -> None:
        """Give up all questions, which raises OverloadedError for who waits, and free what the engine holds."""
