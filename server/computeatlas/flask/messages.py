"""Between Flask's request and response and those of the endpoints."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from flask import Response as FlaskResponse
from werkzeug.wsgi import get_input_stream

from computeatlas.model.errors import AtlasError
from computeatlas.web.http.messages import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Request as FlaskRequest

    from computeatlas.engine.base import Stream
    from computeatlas.flask.background import BackgroundEngine

_LOG = logging.getLogger(__name__)

#: Bytes of a body that are read at a time.
_PIECE = 256 * 1024


def read_request(request: FlaskRequest, root: str) -> Request:
    """Return the request that Flask has, as the endpoints below the path `root` see it.

    The body is read when an endpoint asks for it, in a thread beside the loop, so that a slow client holds up nobody.
    """
    stream = get_input_stream(request.environ)

    async def receive() -> dict[str, Any]:
        data = await asyncio.get_running_loop().run_in_executor(None, stream.read, _PIECE)
        return {"type": "http.request", "body": data, "more_body": bool(data)}

    scope = {
        "type": "http",
        "method": request.method,
        "path": request.environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").removeprefix(root),
        "root_path": request.root_path + root,
        "query_string": request.query_string,
        "http_version": request.environ.get("SERVER_PROTOCOL", "HTTP/1.1").removeprefix("HTTP/"),
        "client": (request.remote_addr, 0) if request.remote_addr else None,
        "scheme": request.scheme,
        "headers": [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in request.headers],
    }
    return Request(scope, receive)


def write_response(background: BackgroundEngine, request: Request, response: Response) -> FlaskResponse:
    """Return `response` for Flask; a stream is read from the engine while the server sends it."""
    body: bytes | Iterator[bytes] = b""
    if isinstance(response.body, bytes):
        if request.method != "HEAD":
            body = response.body
    elif request.method == "HEAD":
        background.run(_leave(request))
    else:
        body = _Pieces(background, request, response.body)
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
    made = FlaskResponse(body, response.status, headers)
    # What is sent as data is never a page that may do anything.
    made.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    made.headers.setdefault("X-Content-Type-Options", "nosniff")
    return made


class _Pieces:
    """The pieces of a stream, for a WSGI server, which calls `close` whether or not it has read them all."""

    def __init__(self, background: BackgroundEngine, request: Request, stream: Stream):
        self._background = background
        self._request = request
        self._pieces = stream.pieces()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece = self._background.run(_next(self._pieces))
        except AtlasError as error:
            # The server sees an error and ends the connection, so the client sees that the answer is cut.
            _LOG.warning("an answer broke off: %s", error)
            raise
        if piece is None:
            raise StopIteration
        return piece

    def close(self) -> None:
        self._background.run(_leave(self._request))


async def _next(pieces: Any) -> bytes | None:
    async for piece in pieces:
        found: bytes = piece
        return found
    return None


async def _leave(request: Request) -> None:
    request.leave()
