"""What the web process does with a request to `/sparql`, step by step, without network and workers."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from computeatlas.engine.pool.pending_query import Answer
from computeatlas.model.limits import Limits
from computeatlas.model.mediatypes import JSON
from computeatlas.web.endpoints.admit import read_job
from computeatlas.web.endpoints.operation import read_query
from computeatlas.web.endpoints.query import negotiate_formats
from computeatlas.web.http.conditions import entity_tag
from computeatlas.web.http.negotiate import choose_coding
from computeatlas.web.http.settings import Settings
from computeatlas.web.pages.app import create_app
from computeatlas.web.serve.access_log import RequestLog
from computeatlas.web.serve.gateway import Gateway
from computeatlas.web.serve.rate_limit import RateLimiter, parse_rate
from endpoint import stopwatch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from computeatlas.engine.pool.wire import Job

HOST = "127.0.0.1:8000"
URL = f"http://{HOST}/sparql"
ACCEPT = "application/sparql-results+json"
RATE = "1000000000/minute"


class ReadyPool:
    """Stands for the pool: every job has its answer at once, one of `bodies`."""

    version = "data"
    quads = 0

    def __init__(self, loop: asyncio.AbstractEventLoop, bodies: dict[str, bytes]) -> None:
        """Answer a query's text with its body."""
        self.loop = loop
        self._bodies = bodies

    def submit(self, _client: str, job: Job) -> ReadyTicket:
        """Return a ticket whose future is done."""
        ticket = ReadyTicket(self.loop.create_future())
        ticket.future.set_result(Answer(JSON, "identity", 1, self._bodies[job.text]))
        return ticket

    def abandon(self, ticket: object) -> None:
        """Do nothing: nobody works on it."""


class ReadyTicket:
    """Stands for the ticket of a job that is done."""

    def __init__(self, future: asyncio.Future[Answer]) -> None:
        """Hold the future."""
        self.future = future


class SilentConnection:
    """Stands for the connection of a client, and takes what is written to it."""

    abandon: Callable[[], None] | None = None

    def respond(self, *_parts: object) -> bool:
        """Say that the response was written."""
        return True


async def web_steps(texts: list[str], bodies: list[bytes], seconds: float) -> dict[str, float]:
    """Return the time of each step, and of the rest of the gateway: request and response as values, headers."""
    settings = Settings(limits=Limits(rate=RATE, cache=0), union=False)
    formats = negotiate_formats(ACCEPT, None)
    strings = [_query_string(text) for text in texts]
    operations = [read_query("GET", None, string, b"") for string in strings]
    keys = [("data", text, URL, (), (), formats, "identity") for text in texts]
    limiter = RateLimiter(parse_rate(RATE))
    gateway = _gateway(settings, texts, bodies)
    steps = {
        "web: read the request": stopwatch.microseconds(
            lambda string: read_query("GET", None, string, b""), strings, seconds
        ),
        "web: choose format and coding": stopwatch.microseconds(
            lambda _: (negotiate_formats(ACCEPT, None), choose_coding(None)), strings, seconds
        ),
        "web: check the query, make the job": stopwatch.microseconds(
            lambda operation: read_job(operation, settings, URL, dict(formats), "identity"), operations, seconds
        ),
        "web: look into the cache, entity tag": stopwatch.microseconds(
            lambda key: (gateway.answering.cache.get("data", key), entity_tag(key)), keys, seconds
        ),
        "web: the client's rate": stopwatch.microseconds(
            lambda _: limiter.wait("127.0.0.1", time.monotonic()), strings, seconds
        ),
        "web: metrics": stopwatch.microseconds(
            lambda _: gateway.metrics.count("query", 200, 0.001, 1), strings, seconds
        ),
    }
    whole = await _gateway_time(gateway, texts, seconds)
    return {**steps, "web: the rest of the gateway": whole - sum(steps.values())}


async def cached_time(texts: list[str], bodies: list[bytes], seconds: float) -> float:
    """Return the time of the whole gateway for an answer that is in its cache."""
    gateway = _gateway(Settings(limits=Limits(rate=RATE), union=False), texts, bodies)
    return await _gateway_time(gateway, texts, seconds)


async def _gateway_time(gateway: Gateway, texts: list[str], seconds: float) -> float:
    scopes = [_scope(text) for text in texts]

    async def serve(scope: dict[str, Any]) -> None:
        await gateway(scope, _nothing, _nowhere)

    return await stopwatch.microseconds_awaited(serve, scopes, seconds)


def _gateway(settings: Settings, texts: list[str], bodies: list[bytes]) -> Gateway:
    loop = asyncio.get_running_loop()
    pool: Any = ReadyPool(loop, dict(zip(texts, bodies, strict=True)))
    return Gateway(pool, settings, create_app(pool, settings), RequestLog("off", loop))


def _query_string(text: str) -> bytes:
    return b"query=" + quote(text, safe="").encode()


def _scope(text: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": "/sparql",
        "query_string": _query_string(text),
        "http_version": "1.1",
        "scheme": "http",
        "client": ("127.0.0.1", 50000),
        "headers": [(b"host", HOST.encode()), (b"accept", ACCEPT.encode())],
        "computeatlas.connection": SilentConnection(),
    }


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


def _nowhere(_message: Any) -> Awaitable[None]:
    raise AssertionError("the answer was to be written to the connection")
