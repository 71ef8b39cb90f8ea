"""A request and a response as values: what the endpoints see of the ASGI server.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from computeatlas.web.http.content_decoding import body_too_large, decode
from computeatlas.web.http.problems import RequestError
from computeatlas.web.http.questions import OpenQuestions
from computeatlas.web.http.urls import raw_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping

    from computeatlas.engine.base import Answer, Delivery, Engine, Question, Stream

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


#: A host and a port, without anything that could leave the IRI that it is put in.
_HOST = re.compile(r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")


class BodyIncompleteError(Exception):
    """The client went away before it had sent its whole body."""


class Request:
    """A request: `query_string` is bytes as sent; header names are small letters, fields sent twice are joined."""

    __slots__ = (
        "_questions",
        "_receive",
        "_scope",
        "begun",
        "client",
        "connection",
        "headers",
        "http_1_0",
        "method",
        "number",
        "path",
        "query_string",
        "scheme",
    )

    def __init__(self, scope: Scope, receive: Receive):
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query_string: bytes = scope["query_string"]
        self.http_1_0: bool = scope["http_version"] == "1.0"
        peer = scope["client"]
        self.client: str = peer[0] if peer else "local"
        self.scheme: str = scope["scheme"]
        #: What tells that the client has gone, where the server has such a thing.
        self.connection: Any = scope.get("computeatlas.connection")
        self._questions: OpenQuestions | None = None
        #: Names the request in the log and for the client; the server that takes it gives it the number.
        self.number = ""
        #: When the request came, by `time.perf_counter`, in seconds.
        self.begun = 0.0
        self._scope = scope
        self._receive = receive
        pairs: list[tuple[bytes, bytes]] = scope["headers"]
        headers = dict(pairs)
        if len(headers) != len(pairs):
            headers = {}
            for name, value in pairs:
                headers[name] = headers[name] + b", " + value if name in headers else value
        self.headers = headers

    @property
    def raw_path(self) -> str:
        """Return the path as it was sent, in ASCII."""
        return raw_path(self._scope)

    def header(self, name: bytes) -> str | None:
        """Return the value of a header, None where it was not sent."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def raw_header(self, name: bytes) -> bytes | None:
        """Return the bytes of a header, None where it was not sent."""
        return self.headers.get(name)

    @property
    def questions(self) -> OpenQuestions:
        """What this request has asked; given up when the connection tells that the client has gone."""
        if self._questions is None:
            self._questions = OpenQuestions(self.client)
            if self.connection is not None:
                self.connection.abandon = self._questions.abandon
        return self._questions

    def ask(self, engine: Engine, question: Question, delivery: Delivery) -> Awaitable[Answer]:
        """Return the answer to a question of this request; awaiting it raises what `OpenQuestions.ask` raises."""
        return self.questions.ask(engine, question, delivery)

    def leave(self) -> None:
        """Give up what is being done for this request."""
        if self._questions is not None:
            self._questions.abandon()

    @property
    def site(self) -> str:
        """Return the URL of the front page as the client knows it; raises RequestError for a malformed Host."""
        # Where the application is mounted is what comes before `path` in the URL.
        return _site(self.scheme, self.headers.get(b"host", b"localhost"), self._scope.get("root_path", ""))

    def require_host(self) -> str:
        """Return the host and port that the request is for; raises RequestError for a malformed Host."""
        return _checked_host(self.headers.get(b"host", b"localhost"))

    @property
    def url(self) -> str:
        """Return the URL of the resource, without the query string."""
        return self.site + self.path[1:]

    async def body(self, most: int) -> bytes:
        """Return the whole body, decoded; raises what `body_parts` raises."""
        parts: list[bytes] = []
        size = 0
        async for part in self.body_parts(most):
            parts.append(part)
            size += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def body_parts(self, most: int) -> AsyncIterator[bytes]:
        """Yield the pieces of the body, decoded where it came compressed.

        Raises RequestError: 413 where it has more than `most` bytes, as sent or decoded, and what `decode` raises.
        """
        coding = self.headers.get(b"content-encoding")
        parts = self._sent_parts(most)
        return parts if coding is None else decode(parts, coding.decode("latin-1"), most)

    async def _sent_parts(self, most: int) -> AsyncIterator[bytes]:
        length = self.headers.get(b"content-length")
        if length is not None and length.isdigit() and int(length) > most:
            raise body_too_large(most)
        size = 0
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                raise BodyIncompleteError
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > most:
                raise body_too_large(most)
            if part:
                yield part
            if not message.get("more_body"):
                return


@lru_cache(maxsize=64)
def _site(scheme: str, host: bytes, root: str) -> str:
    """Return the URL of the application that is mounted at `root`; raises RequestError for a malformed host."""
    return f"{scheme}://{_checked_host(host)}{root.rstrip('/')}/"


def _checked_host(sent: bytes) -> str:
    host = sent.decode("latin-1")
    if not _HOST.fullmatch(host):
        raise RequestError("bad-host", "The header Host names no host.")
    return host


@dataclass(slots=True)
class Response:
    """A response: headers are pairs of bytes, the body is bytes or a stream of them.

    A body of bytes has its length among the headers, unless the status forbids a body.

    `rows` and `cached` are for the log. A page may load what its own headers allow; other responses are only data.
    """

    status: int
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes | Stream = b""
    rows: int | None = None
    cached: bool = False
    is_page: bool = False
    #: Called with the whole body, where it was sent whole as a stream and is short enough to keep.
    keep: Callable[[bytes, int | None], None] | None = None
    keep_limit: int = 0
