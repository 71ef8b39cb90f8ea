"""What the web process does with a request to `/sparql`, step by step, without network and workers."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from computeatlas.engine.base import Answer
from computeatlas.model.limits import Limits
from computeatlas.model.mediatypes import JSON
from computeatlas.web.endpoints.admit import admit_query
from computeatlas.web.endpoints.operation import read_query
from computeatlas.web.endpoints.plan import negotiate_formats, plan_query
from computeatlas.web.http.negotiate import choose_coding
from computeatlas.web.http.settings import Settings
from computeatlas.web.pages.app import create_app
from computeatlas.web.serve.access_log import RequestLog
from computeatlas.web.serve.gateway import Gateway
from computeatlas.web.serve.rate_limit import RateLimiter, parse_rate
from endpoint import stopwatch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from computeatlas.engine.base import Delivery, Query

HOST = "127.0.0.1:8000"
URL = f"http://{HOST}/sparql"
ACCEPT = "application/sparql-results+json"
RATE = "1000000000/minute"


class ReadyEngine:
    """Stands for the engine: every query has its answer at once, one of `bodies`."""

    version = "data"
    quads = 0

    def __init__(self, bodies: dict[str, bytes]) -> None:
        """Answer a query's text with its body."""
        self._bodies = bodies

    def ask(self, _client: str, query: Query, _delivery: Delivery) -> ReadyAnswer:
        """Return an answer that is there."""
        future = asyncio.get_running_loop().create_future()
        future.set_result(Answer(JSON, "identity", 1, self._bodies[query.text]))
        return ReadyAnswer(future)


class ReadyAnswer:
    """Stands for a question that has its answer."""

    def __init__(self, future: asyncio.Future[Answer]) -> None:
        """Hold the future."""
        self._future = future

    def __await__(self) -> Generator[Any, None, Answer]:
        """Return the answer."""
        return self._future.__await__()

    def abandon(self) -> None:
        """Do nothing: nobody works on it."""


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
    admitted = [admit_query(operation, settings, URL) for operation in operations]
    plans = [plan_query(one, settings.limits, "data", formats, "identity") for one in admitted]
    limiter = RateLimiter(parse_rate(RATE))
    gateway = _gateway(settings, texts, bodies)
    steps = {
        "web: read the request": stopwatch.microseconds(
            lambda string: read_query("GET", None, string, b""), strings, seconds
        ),
        "web: choose format and coding": stopwatch.microseconds(
            lambda _: (negotiate_formats(ACCEPT, None), choose_coding(None)), strings, seconds
        ),
        "web: check the query": stopwatch.microseconds(
            lambda operation: admit_query(operation, settings, URL), operations, seconds
        ),
        "web: make the plan, with key and entity tag": stopwatch.microseconds(
            lambda one: plan_query(one, settings.limits, "data", formats, "identity"), admitted, seconds
        ),
        "web: look into the cache": stopwatch.microseconds(
            lambda plan: gateway.answers.cache.get("data", plan.key), plans, seconds
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
    engine: Any = ReadyEngine(dict(zip(texts, bodies, strict=True)))
    return Gateway(engine, settings, create_app(engine, settings, loop), RequestLog("off", loop))


def _query_string(text: str) -> bytes:
    return b"query=" + quote(text, safe="").encode()


def _scope(text: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": "/sparql",
        "raw_path": b"/sparql",
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
