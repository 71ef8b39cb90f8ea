"""HTTP connections that cannot be held against the server: uvicorn's protocol with limits on heads, bodies and idling.

uvicorn (https://www.uvicorn.org/) reads HTTP by llhttp, which bounds neither the size of a head nor the time that a
client takes to send it. And ASGI tells an application that its client is gone only when it asks; here the query is
given up at that moment. An answer that is sent before its request has been read ends the connection, in stages
(lingering.py), so that the client gets to read it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from computeatlas.web.serve.lingering import LINGERING_SECONDS, LingeringTransport
from computeatlas.web.serve.open_connections import OpenConnections

if TYPE_CHECKING:
    from collections.abc import Callable

    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from computeatlas.model.limits import Limits

#: Bytes of header fields; the URL, which may hold a query, comes on top.
_FIELDS = 32 * 1024
#: A character of a query may take this many bytes in a URL, as %XX; a long query in another script is to be posted.
_PER_CHARACTER = 3
#: How many header fields a request may have: those of one name are joined, which takes time by the square of this.
_FIELD_COUNT = 200
#: Bytes that may come in one go, with which a head may share them: of these it is not known whose they are.
_READ = 256 * 1024
#: Seconds between two looks at all connections.
_SWEEP = 1.0
#: Seconds that a connection beyond the limit may go on sending.
_REFUSED_SECONDS = 2.0
#: Bytes of a body that are read for the sake of the next request, though nobody wants them.
_SHORT_BODY = 256 * 1024


class _RefusedError(Exception):
    """The request has been refused; the parser is to stop."""


class Connection(HttpToolsProtocol):
    """A connection; `abandon` gives up what is being done for the request that is answered now."""

    limits: Limits
    #: Of one server.
    open_connections: ClassVar[OpenConnections]
    transport: LingeringTransport

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ):
        super().__init__(config, server_state, app_state, _loop)
        self.abandon: Callable[[], None] | None = None
        #: The request that is answered now; others of the same connection wait.
        self.running: RequestResponseCycle | None = None
        self._head_limit = _FIELDS + self.limits.max_query * _PER_CHARACTER
        #: Of the head that comes now: bytes in all, bytes of its fields, their number, and how many of them are Host.
        self._head_size = 0
        self._fields_size = 0
        self._fields = 0
        self._hosts = 0
        self._in_head = True
        #: The bytes of the body, None where that is not said.
        self._length: int | None = None
        #: What is to be said of a bad request once the answers to those before it are sent.
        self._refusal: tuple[int, str] | None = None
        #: Since when we wait for the client: for a head, for a body, or for it to read.
        self.waiting_since: float | None = None
        self._unread = 0
        self._unread_since = 0.0
        self._peer = "local"
        self._is_counted = False
        #: Whether the connection stays open once the request whose body comes now is answered.
        self._keep_alive = False
        self._stopping = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(LingeringTransport(transport, self.loop))
        self.waiting_since = self.loop.time()
        peer = transport.get_extra_info("peername")
        self._peer = peer[0] if isinstance(peer, tuple) else "local"
        self._is_counted = self.open_connections.add(self._peer)
        if not self._is_counted:
            lingers = self.open_connections.add_refused()
            self._refuse(503, "Too many connections are open.", _REFUSED_SECONDS)
            if not lingers:
                self.transport.close_now()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._is_counted:
            self.open_connections.remove(self._peer)
        else:
            self.open_connections.remove_refused()
        self._give_up()

    def _give_up(self) -> None:
        """Stop what is being done for the requests of this connection."""
        # uvicorn tells only the newest of several requests that were sent in one go.
        for cycle in (self.running, self.cycle, *(cycle for cycle, _app in self.pipeline)):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        self.pipeline.clear()
        if self.abandon is not None:
            self.abandon()
            self.abandon = None

    def shutdown(self) -> None:
        self._stopping = True
        if self.transport.lingers or self.cycle is None or self.cycle.response_complete:
            self.transport.close_now()
        else:
            super().shutdown()

    def timeout_keep_alive_handler(self) -> None:
        self.transport.close_now()

    def data_received(self, data: bytes) -> None:
        if self.transport.lingers:
            self.transport.discard(len(data))
            return
        super().data_received(data)
        if self._in_head:
            self._head_size += len(data)
            if self._head_size > self._head_limit + _READ:
                self._refuse(431, "The head of the request is too large.")

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, msg)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._head_size = self._fields_size = self._fields = self._hosts = 0
        self._length = None
        self.waiting_since = self.loop.time()
        self.scope["computeatlas.connection"] = self  # type: ignore[typeddict-unknown-key]

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        # Somewhat more than a query may have, so that a query that is a little too long is called that.
        if len(self.url) > self._head_limit:
            self._stop(414, "The URL is too long; send the query by POST.")

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._fields += 1
        self._fields_size += len(name) + len(value)
        if self._fields > _FIELD_COUNT or self._fields_size > _FIELDS:
            self._stop(431, "The header fields of the request are too large or too many.")
        field = self.headers[-1][0]
        if field == b"host":
            self._hosts += 1
        elif field == b"content-length" and value.isdigit() and len(value) <= len(str(_SHORT_BODY)):
            self._length = int(value)

    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version()
        if version not in ("1.0", "1.1"):
            self._stop(505, "This server speaks HTTP/1.1.")
        # RFC 9112, section 3.2: https://www.rfc-editor.org/rfc/rfc9112#section-3.2
        if self._hosts > 1 or (self._hosts == 0 and version == "1.1"):
            self._stop(400, "A request names one host in one field Host.")
        self._in_head = False
        self._head_size = 0
        if version == "1.0":
            # RFC 9110, section 10.1.1: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
            self.expect_100_continue = False
        super().on_headers_complete()
        # Where the answer comes before the end of the request, the connection is closed after it: what is left of the
        # body may be any amount, or never come where the client was to be told to continue.
        self._keep_alive = self.cycle.keep_alive
        if self.expect_100_continue or self._length is None or self._length > _SHORT_BODY:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self.waiting_since = None
        # With the whole body here, nothing is left to continue with.
        self.cycle.waiting_for_100_continue = False
        if not self.cycle.response_started:
            self.cycle.keep_alive = self._keep_alive and not self._stopping
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.abandon = None
        super().on_response_complete()
        if self._refusal is not None and not self.pipeline:
            self._refuse(*self._refusal)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self.running = cycle
        super()._start_asgi_task(cycle, app)

    def respond(self, status: int, headers: list[tuple[bytes, bytes]], common: bytes, number: str, body: bytes) -> bool:
        """Write a whole response to the request that is answered now, and say whether that was done.

        ASGI has an application send head and body in two messages, each checked and written by itself; most answers
        here are short, and for those that was a third of the time. `common` are more header lines.
        """
        cycle = self.running
        if cycle is None or cycle.response_started or cycle.disconnected:
            return False
        lines = [STATUS_LINE[status]]
        for name, value in self.server_state.default_headers:
            lines += (name, b": ", value, b"\r\n")
        for name, value in headers:
            if b"\n" in value or b"\r" in value:
                return False
            if name == b"connection":
                # Said below.
                cycle.keep_alive = False
            else:
                lines += (name, b": ", value, b"\r\n")
        lines += (common, b"x-request-id: ", number.encode())
        lines.append(b"\r\n\r\n" if cycle.keep_alive else b"\r\nconnection: close\r\n\r\n")
        lines.append(body)
        self.transport.write(b"".join(lines))
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
        return True

    def check(self, now: float) -> None:
        """Close the connection where its client takes longer than it may to send or to read."""
        if self.transport is None:
            return
        if self.transport.is_closing():
            self.transport.check(now, self.limits.idle_timeout)
            return
        if self.flow.write_paused:
            unread = self.transport.get_write_buffer_size()
            if unread < self._unread or not self._unread:
                self._unread, self._unread_since = unread, now
            elif now - self._unread_since > self.limits.idle_timeout:
                self.transport.abort()
            return
        self._unread = 0
        if self.waiting_since is not None:
            most = self.limits.head_timeout if self._in_head else self.limits.body_timeout
            if now - self.waiting_since > most and not self.flow.read_paused:
                if not self._in_head and self.cycle.response_complete:
                    self.transport.close_now()
                else:
                    self._refuse(408, "The request did not come in time.")

    def _stop(self, status: int, text: str) -> None:
        """Refuse the request whose head comes now, from within the parser."""
        self._refuse(status, text)
        raise _RefusedError

    def _refuse(self, status: int, text: str, seconds: float = LINGERING_SECONDS) -> None:
        """Say what is wrong with what came last, behind the answers to what came before, and close the connection."""
        if self.transport.is_closing():
            return
        last, running = self.cycle, self.running
        unfinished = last is not None and last.more_body
        if unfinished and self.pipeline and self.pipeline[0][0] is last:
            self.pipeline.popleft()
        if running is not None and not running.response_complete:
            if running is not last or not unfinished:
                self._refusal = self._refusal or (status, text)
                return
            if running.response_started:
                self.transport.abort()
                return
        body = text.encode() + b"\n"
        self.transport.write(
            STATUS_LINE[status]
            + b"content-type: text/plain;charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
            + body
        )
        self.transport.close(seconds)
        self._give_up()


async def sweep(state: ServerState) -> None:
    """Look at all connections of a server once a second, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_SWEEP)
        now = loop.time()
        for connection in list(state.connections):
            if isinstance(connection, Connection):
                connection.check(now)


def connection_class(limits: Limits) -> type[Connection]:
    """Return the class of connections with `limits`."""
    counts = OpenConnections(limits.connections)
    return type("LimitedConnection", (Connection,), {"limits": limits, "open_connections": counts})
