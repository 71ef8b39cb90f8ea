"""What the server allows is settled here, before anything is asked: the second step of a query and of an update."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from computeatlas.engine.base import Query
from computeatlas.model.errors import FederationError, NestingError
from computeatlas.model.position import place
from computeatlas.sparql.rewrite import with_using
from computeatlas.sparql.scan import scan
from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from computeatlas.sparql.scan import Scan
    from computeatlas.web.endpoints.operation import Operation
    from computeatlas.web.http.settings import Settings


@dataclass(slots=True)
class AdmittedQuery:
    """A query that may be asked, for at most `timeout` seconds.

    `is_volatile`: its answer may differ from one time to the next.
    """

    query: Query
    timeout: float
    is_volatile: bool


class AdmittedUpdate(NamedTuple):
    """An update that may be made: its text, and where that differs from what was sent, the text as it was sent.

    Errors name places in the last of the texts.
    """

    texts: tuple[str, ...]
    base: str


def admit_query(operation: Operation, settings: Settings, base: str) -> AdmittedQuery:
    """Return the query of `operation` as this server asks it, sent to an endpoint at the URL `base`.

    Raises RequestError for a query that is too long or a bad parameter, FederationError, NestingError.
    """
    limits = settings.limits
    text = operation.text or ""
    if len(text) > limits.max_query:
        raise RequestError(
            "query-too-long",
            f"It has {len(text)} characters; this server reads {limits.max_query}.",
        )
    seen = _scan(text, settings, "SERVICE is off", "ask the other endpoint yourself")
    query = Query(
        text,
        operation.iris("default-graph-uri", base),
        operation.iris("named-graph-uri", base),
        base,
        settings.union,
        limits.max_rows,
    )
    return AdmittedQuery(query, _timeout(operation, limits.timeout), seen.volatile)


def admit_update(operation: Operation, settings: Settings, base: str) -> AdmittedUpdate:
    """Return the update of `operation`, sent to the URL `base`.

    Raises RequestError for a bad parameter, FederationError, NestingError, DatasetConflictError.
    """
    text = operation.text or ""
    _scan(text, settings, "SERVICE and LOAD are off", "send the data themselves to the graph store", is_update=True)
    using = operation.iris("using-graph-uri", base), operation.iris("using-named-graph-uri", base)
    made = with_using(text, *using)
    return AdmittedUpdate((made, text) if any(using) else (made,), base)


def _scan(text: str, settings: Settings, off: str, instead: str, *, is_update: bool = False) -> Scan:
    """Return what is seen in the text of an operation; raises FederationError or NestingError for what is off."""
    most = settings.limits.max_nesting
    seen = scan(text, is_update, nesting=most)
    if seen.federated and not settings.allow_service:
        raise FederationError(
            f"{off}: this server sends no requests to others",
            where=_place(text, seen.federated_at),
            hint=f"{instead}, or serve with --allow-service",
        )
    if seen.nesting > most:
        raise NestingError(f"brackets are nested more than {most} deep", where=_place(text, seen.nesting_at))
    return seen


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
    return None if offset is None else place(text, offset)
