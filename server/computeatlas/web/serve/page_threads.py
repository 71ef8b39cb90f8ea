"""Threads that make pages by a WSGI application: a few for all, fewer for one client, and none for who has left."""

from __future__ import annotations

import asyncio
import io
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from computeatlas.engine.base import ClientGoneError
from computeatlas.web.endpoints.page import QUESTIONS, VALUE
from computeatlas.web.http.messages import Request, Response
from computeatlas.web.http.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    Environment = dict[str, Any]
    Application = Callable[[Environment, Any], Iterable[bytes]]

#: Pages made at once, and of one client.
_AT_ONCE = 8
_PER_CLIENT = 4
#: Longer bodies are files, which are read as their client reads them, in pieces of so many bytes.
_WHOLE = 1 << 20
_PIECE = 256 * 1024
_WITHOUT_BODY = (204, 304)


class PageThreads:
    """Makes pages by `application`; a request waits up to `patience` seconds for a thread."""

    def __init__(self, application: Application, patience: float):
        self._application = application
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="page")
        self._turns = Turns(_AT_ONCE, _PER_CLIENT, patience)

    async def make(self, request: Request, path: str | None = None, value: object = None) -> Response:
        """Return the page of `path`, by default that of the request, made of `value`; see `PageMaker`."""
        request.require_host()
        questions = request.questions
        environment = _environment(request, path or request.path)
        environment |= {VALUE: value, QUESTIONS: questions}
        loop = asyncio.get_running_loop()
        async with self._turns.turn(questions):
            response = await loop.run_in_executor(self._threads, self._run, environment)
        if isinstance(response.body, PageStream):
            if questions.gone:
                response.body.close()
            else:
                questions.add(response.body)
        if questions.gone:
            raise ClientGoneError
        return response

    def _run(self, environment: Environment) -> Response:
        """Call the application in this thread."""
        begun: list[tuple[int, list[tuple[bytes, bytes]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[..., Any]:
            pairs = [
                (name.strip().lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers
            ]
            begun[:] = [(int(status.split(" ", 1)[0]), pairs)]
            return _no_write

        parts = self._application(environment, start_response)
        status, pairs = begun[0]
        length = dict(pairs).get(b"content-length")
        if length is not None and int(length) > _WHOLE and environment["REQUEST_METHOD"] != "HEAD":
            return Response(status, pairs, PageStream(parts), is_page=True)
        try:
            body = b"".join(parts)
        finally:
            getattr(parts, "close", lambda: None)()
        if length is None and status not in _WITHOUT_BODY and environment["REQUEST_METHOD"] != "HEAD":
            pairs.append((b"content-length", b"%d" % len(body)))
        return Response(status, pairs, body, is_page=True)


class PageStream:
    """The body of a long response: no thread is kept while its client reads."""

    rows: int | None = None

    def __init__(self, parts: Iterable[bytes]):
        self._parts = parts
        self._iterator: Iterator[bytes] = iter(parts)
        self.abandoned = False

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body, each piece read when the one before it was taken."""
        loop = asyncio.get_running_loop()
        try:
            while not self.abandoned and (piece := await loop.run_in_executor(None, self._read)):
                yield piece
        finally:
            await loop.run_in_executor(None, getattr(self._parts, "close", lambda: None))

    def _read(self) -> bytes:
        piece = bytearray()
        for part in self._iterator:
            piece += part
            if len(piece) >= _PIECE:
                break
        return bytes(piece)

    def close(self) -> None:
        """Read no further."""
        self.abandoned = True

    def abandon(self) -> None:
        """Read no further: the client has gone."""
        self.close()


def _no_write(_data: bytes) -> None:
    raise NotImplementedError("pages return their content")


def _environment(request: Request, path: str) -> Environment:
    """Return the environment of `request` without its body: PEP 3333 (https://peps.python.org/pep-3333/)."""
    environment: Environment = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode().decode("latin-1"),
        # As sent: PEP 3333 has the decoded path only, and a name may hold an escaped slash.
        "computeatlas.raw_path": request.raw_path,
        "QUERY_STRING": request.query_string.decode("latin-1"),
        "SERVER_PROTOCOL": "HTTP/1.0" if request.http_1_0 else "HTTP/1.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": request.client,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        if name not in (b"content-length", b"content-type", b"transfer-encoding"):
            environment["HTTP_" + name.decode("latin-1").upper().replace("-", "_")] = value.decode("latin-1")
    return environment
