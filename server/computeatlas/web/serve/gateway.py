"""The ASGI application: the protocol's endpoints by code of ours, everything else by Flask.

Why the endpoints are not Flask's: docs/serving.md, "Where the time goes". Here, in one place, is what all requests have
in common: limits by client, errors, headers, log and metrics.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING

from computeatlas.engine.base import ClientGoneError
from computeatlas.model.errors import AtlasError
from computeatlas.web.endpoints import health, linked_data, query, update, void
from computeatlas.web.endpoints.answer import Answers
from computeatlas.web.endpoints.graph_store import GraphStoreEndpoint
from computeatlas.web.endpoints.health import HealthEndpoint
from computeatlas.web.endpoints.linked_data import LinkedDataEndpoint
from computeatlas.web.endpoints.query import QueryEndpoint
from computeatlas.web.endpoints.service_description import Describer
from computeatlas.web.endpoints.update import UpdateEndpoint
from computeatlas.web.endpoints.void import VoidEndpoint
from computeatlas.web.http.messages import BodyIncompleteError, Request, Response
from computeatlas.web.http.problem_responses import not_allowed, problem_of, problem_response
from computeatlas.web.http.problems import RequestError, describe_error
from computeatlas.web.serve.access_log import RequestRecord
from computeatlas.web.serve.clients import client_of
from computeatlas.web.serve.metrics import CONTENT_TYPE, Metrics
from computeatlas.web.serve.page_threads import PageThreads
from computeatlas.web.serve.rate_limit import RateLimiter, parse_rate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from flask import Flask

    from computeatlas.engine.base import Engine, Stream
    from computeatlas.web.http.messages import Receive, Scope, Send
    from computeatlas.web.http.settings import Settings
    from computeatlas.web.serve.access_log import RequestLog

    Endpoint = Callable[[Request], Awaitable[Response]]

_LOG = logging.getLogger(__name__)

#: Fetch standard, https://fetch.spec.whatwg.org/#http-cors-protocol: answers may be read by pages of any origin.
_EXPOSED = (
    b"ETag, Link, Location, Retry-After, Allow, Atlas-Row-Limit, Atlas-Hint, Atlas-Literals-Changed, X-Request-Id, "
    b"WWW-Authenticate"
)
_ALLOWED_HEADERS = b"Accept, Accept-Encoding, Authorization, Content-Encoding, Content-Type, If-Match, If-None-Match"
_PREFLIGHT_SECONDS = b"86400"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED),
)
#: What is sent as data is never a page that may do anything.
_NO_PAGE = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_TLS = (b"strict-transport-security", b"max-age=31536000")
#: Whether the response is a page, and whether the client came by TLS → headers.
_COMMON = {
    (is_page, is_tls): (*_HEADERS, *(() if is_page else (_NO_PAGE,)), *((_TLS,) if is_tls else ()))
    for is_page in (False, True)
    for is_tls in (False, True)
}
_COMMON_LINES = {key: b"".join(b"%s: %s\r\n" % header for header in headers) for key, headers in _COMMON.items()}
#: What a client that went away before its answer is logged with, as nginx does.
_GONE = 499


class Gateway:
    """The application on `engine` and the Flask application `pages`; `log` gets a line for each request."""

    def __init__(self, engine: Engine, settings: Settings, pages: Flask, log: RequestLog):
        describer = Describer(engine, settings)
        self.answers = answers = Answers(engine, settings)
        self.metrics = Metrics(engine, answers.cache)
        self._pages = PageThreads(pages, settings.limits.queue_timeout)
        self._settings = settings
        self._log = log
        queries = QueryEndpoint(engine, settings, answers, describer, self._pages)
        store = GraphStoreEndpoint(engine, settings)
        #: Path → name, methods and endpoint.
        self._endpoints: dict[str, tuple[str, tuple[str, ...], Endpoint]] = {
            "/sparql": ("query", query.METHODS, queries),
            "/sparql/cite": ("query", query.METHODS, queries.sources),
            "/healthz": ("health", health.METHODS, HealthEndpoint(engine, settings)),
            "/update": ("update", update.METHODS, UpdateEndpoint(engine, settings)),
            "/store": ("store", store.methods, store),
            "/.well-known/void": ("void", void.METHODS, VoidEndpoint(engine, describer)),
            "/doc": ("linked-data", linked_data.METHODS, LinkedDataEndpoint(engine, settings, answers, self._pages)),
            "/metrics": ("metrics", ("GET", "HEAD", "OPTIONS"), self._metrics),
        }
        for path in ("/sparql", "/update", "/.well-known/void", "/metrics"):
            self._endpoints[path + "/"] = ("redirect", self._endpoints[path][1], _without_slash)
        self._limiter = RateLimiter(parse_rate(settings.limits.rate)) if settings.limits.rate else None
        self._run = secrets.token_hex(4)
        self._count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        self._count += 1
        request = Request(scope, receive)
        request.number = f"{self._run}-{self._count:x}"
        request.begun = time.perf_counter()
        request.client, request.scheme = client_of(
            request.client,
            request.header(b"x-forwarded-for") if self._settings.proxies else None,
            request.scheme,
            request.header(b"x-forwarded-proto") if self._settings.proxies else None,
            self._settings.proxies,
        )
        name, methods, endpoint = self._find(request.path)
        note = None
        try:
            self._admit(request)
            if endpoint is None:
                response = await self._pages.make(request)
            elif request.method == "OPTIONS":
                response = _options(", ".join(methods))
            elif request.method not in methods:
                raise not_allowed(request, methods)
            else:
                response = await endpoint(request)
        except (ClientGoneError, BodyIncompleteError):
            self._record(name, request, 0, Response(_GONE), None)
            return
        except Exception as error:
            problem = problem_of(error)
            note = problem.kind
            response = problem_response(problem, request)
        if response.is_page:
            name = "pages"
        size, failure = await self._send(request, response, send)
        self._record(name, request, size, response, failure or note)

    def _find(self, path: str) -> tuple[str, tuple[str, ...], Endpoint | None]:
        found = self._endpoints.get(path)
        if found is None:
            root = path[1:].partition("/")[0].partition(".")[0]
            if root == "store":
                found = self._endpoints["/store"]
            elif root in linked_data.ROOTS:
                found = self._endpoints["/doc"]
        return found or ("pages", (), None)

    def _admit(self, request: Request) -> None:
        """Let the client pass, or raise RequestError (429) where it sends more than it may."""
        if self._limiter is None:
            return
        late = self._limiter.wait(request.client, time.monotonic())
        if not late:
            return
        wait = int(late) + 1
        raise RequestError(
            "rate",
            f"A client may send {self._settings.limits.rate}; wait {wait} seconds.",
            {"Retry-After": str(wait)},
        )

    async def _metrics(self, _request: Request) -> Response:
        body = self.metrics.render()
        headers = [
            (b"content-type", CONTENT_TYPE.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
        ]
        return Response(200, headers, body)

    async def _send(self, request: Request, response: Response, send: Send) -> tuple[int, str | None]:
        """Send `response`; return how many bytes of body were sent, and what went wrong meanwhile."""
        body = response.body
        if not isinstance(body, bytes) and request.http_1_0:
            # A client that knows no chunks could not tell a broken answer from a whole one.
            try:
                body = b"".join([piece async for piece in body.pieces()])
                response.headers = [*response.headers, (b"content-length", b"%d" % len(body))]
            except AtlasError as error:
                response = problem_response(problem_of(error), request)
                body = response.body
        if isinstance(body, bytes):
            if request.method == "HEAD":
                body = b""
            common = _COMMON_LINES[response.is_page, request.scheme == "https"]
            if request.connection is not None and request.connection.respond(
                response.status, response.headers, common, request.number, body
            ):
                return len(body), None
            headers = _headers(request, response)
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return len(body), None
        headers = _headers(request, response)
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        if request.method == "HEAD":
            request.leave()
            await send({"type": "http.response.body", "body": b""})
            return 0, None
        return await self._stream(response, body, send)

    async def _stream(self, response: Response, body: Stream, send: Send) -> tuple[int, str | None]:
        sent = 0
        kept: list[bytes] | None = [] if response.keep else None
        try:
            async for piece in body.pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                sent += len(piece)
                if kept is not None:
                    kept.append(piece)
                    if sent > response.keep_limit:
                        kept = None
            if body.abandoned:
                return sent, "client-gone"
        except AtlasError as error:
            # The end of the chunks is not sent, so the client sees that the answer is cut.
            problem = describe_error(error)
            kind = problem.kind if problem else "internal"
            _LOG.warning("an answer broke off after %s bytes: %s", sent, error)
            return sent, f"broken:{kind}"
        response.rows = body.rows
        await send({"type": "http.response.body", "body": b""})
        if kept is not None and response.keep:
            response.keep(b"".join(kept), body.rows)
        return sent, None

    def _record(self, name: str, request: Request, size: int, response: Response, note: str | None) -> None:
        seconds = time.perf_counter() - request.begun
        self.metrics.count(name, response.status, seconds, size)
        if self._log.is_on:
            self._log.add(
                RequestRecord(
                    request.number,
                    request.client,
                    request.method,
                    request.path,
                    response.status,
                    seconds,
                    size,
                    response.rows,
                    response.cached,
                    note,
                )
            )


async def _without_slash(request: Request) -> Response:
    """Return the redirect to the address without its last slash, which keeps method and body (RFC 9110, 15.4.9)."""
    tail = b"?" + request.query_string if request.query_string else b""
    return Response(308, [(b"location", request.path[:-1].encode() + tail), (b"content-length", b"0")])


def _headers(request: Request, response: Response) -> list[tuple[bytes, bytes]]:
    common = _COMMON[response.is_page, request.scheme == "https"]
    return [*response.headers, *common, (b"x-request-id", request.number.encode())]


def _options(methods: str) -> Response:
    allowed = methods.encode()
    return Response(
        204,
        [
            (b"allow", allowed),
            (b"access-control-allow-methods", allowed),
            (b"access-control-allow-headers", _ALLOWED_HEADERS),
            (b"access-control-max-age", _PREFLIGHT_SECONDS),
            (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ],
    )
