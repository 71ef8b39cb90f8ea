"""A query that was sent as a job for a worker: what the server allows is settled here, before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.engine.pool.wire import Job
from computeatlas.model.errors import FederationError, NestingError
from computeatlas.sparql.rewrite import with_limit
from computeatlas.sparql.scan import look
from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from computeatlas.web.endpoints.operation import Operation
    from computeatlas.web.http.settings import Settings


def read_job(
    operation: Operation, settings: Settings, base: str, formats: tuple[tuple[str, str], ...], coding: str
) -> tuple[Job, bool]:
    """Return the job for a query to an endpoint at `base`, and whether its answer may differ from one time to the next.

    Raises RequestError for a query that is too long or a bad parameter, FederationError, NestingError.
    """
    limits = settings.limits
    text = operation.text or ""
    if len(text) > limits.max_query:
        raise RequestError(
            "query-too-long",
            f"It has {len(text)} characters; this server reads {limits.max_query}.",
        )
    seen = look(text, nesting=limits.max_nesting)
    if seen.federated and not settings.allow_service:
        raise FederationError(
            "SERVICE is off: this server sends no requests to others",
            where=_place(text, seen.federated_at),
            hint="ask the other endpoint yourself, or serve with --allow-service",
        )
    if seen.nesting > limits.max_nesting:
        raise NestingError(
            f"brackets are nested more than {limits.max_nesting} deep", where=_place(text, seen.nesting_at)
        )
    if limits.max_rows is not None:
        text = with_limit(text, limits.max_rows)
    return (
        Job(
            "query",
            text,
            base,
            operation.iris("default-graph-uri", base),
            operation.iris("named-graph-uri", base),
            settings.union,
            formats,
            coding,
            _timeout(operation, limits.timeout),
            limits.max_result,
        ),
        seen.volatile,
    )


def _timeout(operation: Operation, most: float) -> float:
    """Return the limit of a query in seconds: the parameter `timeout` may only lower it, and 0 is no wish."""
    asked = operation.value("timeout")
    if asked is None:
        return most
    try:
        seconds = float(asked)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise RequestError("bad-timeout", f"timeout={asked} is not a number of seconds.")
    return min(seconds, most) or most


def _place(text: str, offset: int | None) -> str | None:
    if offset is None:
        return None
    return f"line {text.count(chr(10), 0, offset) + 1}, column {offset - text.rfind(chr(10), 0, offset)}"
