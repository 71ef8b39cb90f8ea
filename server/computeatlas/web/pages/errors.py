"""Errors of pages: the same problems as everywhere, by way of Flask."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from computeatlas.engine.base import ClientGoneError
from computeatlas.model.errors import AtlasError
from computeatlas.web.http.problems import Problem, describe_error, render_problem

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOG = logging.getLogger(__name__)
#: Status → kind of problem, where HTTP's errors have one of their own.
_KINDS = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large", 415: "content-type"}
_KEPT = ("allow", "location", "www-authenticate", "retry-after")


def register(app: Flask) -> None:
    """Make `app` answer every error with problem details and never with a traceback."""

    @app.errorhandler(ClientGoneError)
    def client_gone(_error: ClientGoneError) -> Response:
        # Nobody reads it; the status is that of the log.
        return Response(status=499)

    @app.errorhandler(AtlasError)
    def atlas_error(error: AtlasError) -> Response:
        problem = describe_error(error)
        return unexpected(error) if problem is None else _answer(problem)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        kind = _KINDS.get(error.code or 500, "http")
        problem = Problem(kind, error.description or error.name, status=error.code or 500)
        return _answer(problem, (pair for pair in error.get_headers() if pair[0].lower() in _KEPT))

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        number = uuid.uuid4().hex[:12]
        _LOG.error("internal error %s", number, exc_info=error)
        detail = f"Report it with this number: {number}"
        return _answer(Problem("internal", detail, {"id": number}))


def _answer(problem: Problem, more: Iterable[tuple[str, str]] = ()) -> Response:
    body, headers = render_problem(problem, request.headers.get("Accept"), request.host_url)
    response = Response(body, status=problem.status, headers=headers)
    for name, value in more:
        response.headers[name] = value
    return response
