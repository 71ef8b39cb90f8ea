"""Errors as responses: what a client is told, and what the log keeps of faults that are not the client's."""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from computeatlas.model.errors import AtlasError
from computeatlas.web.http.messages import Response
from computeatlas.web.http.problems import Problem, RequestError, describe_error, render_problem

if TYPE_CHECKING:
    from computeatlas.web.http.messages import Request

_LOG = logging.getLogger(__name__)


def problem_of(error: Exception) -> Problem:
    """Return the problem that `error` is to a client; a fault of the server or its engine is logged with its number."""
    problem = describe_error(error) if isinstance(error, AtlasError) else None
    if problem is not None and problem.kind != "engine-fault":
        return problem
    number = secrets.token_hex(6)
    if problem is None:
        _LOG.error("internal error %s", number, exc_info=error)
        return Problem("internal", f"Report it with this number: {number}", {"id": number})
    _LOG.error("fault %s of the engine: %s", number, error)
    return replace(problem, more={**problem.more, "id": number})


def problem_response(problem: Problem, request: Request) -> Response:
    """Return the response to `request` that tells of `problem`."""
    try:
        site = request.site
    except RequestError:
        site = "/"
    body, headers = render_problem(problem, request.header(b"accept"), site)
    pairs = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    pairs.append((b"content-length", b"%d" % len(body)))
    return Response(problem.status, pairs, body)


def not_allowed(request: Request, methods: tuple[str, ...]) -> RequestError:
    """Return the error for a method that the resource of `request`, which takes `methods`, does not take."""
    listed = ", ".join(methods)
    return RequestError("method-not-allowed", f"{request.path} takes {listed}.", {"Allow": listed})
