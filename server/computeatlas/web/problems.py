"""Errors as problem details (RFC 9457): one table from error class to status and type."""

from __future__ import annotations

import json
import logging
import uuid

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from computeatlas.model.errors import AtlasError, QueryEvaluationError, QuerySyntaxError

_LOG = logging.getLogger(__name__)

#: Error class → status and name of the problem type.
STATUS: dict[type[AtlasError], tuple[int, str]] = {
    QuerySyntaxError: (400, "query-syntax"),
    QueryEvaluationError: (400, "query-evaluation"),
}
_TITLES = {"query-syntax": "The query is not SPARQL", "query-evaluation": "The query cannot be evaluated"}


class RequestError(AtlasError):
    """The request itself cannot be served: status, problem type and headers of the answer are in it."""

    def __init__(self, status: int, kind: str, title: str, detail: str, headers: dict[str, str] | None = None):
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.title = title
        self.headers = headers or {}


def problem(status: int, kind: str, title: str, detail: str, **more: object) -> Response:
    """Return an `application/problem+json` answer; `kind` names the type, `more` adds members."""
    body = {
        "type": f"{request.host_url}problems#{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        **{key: value for key, value in more.items() if value is not None},
    }
    return Response(
        json.dumps(body, ensure_ascii=False) + "\n",
        status=status,
        content_type="application/problem+json",
        headers={"Vary": "Accept"},
    )


def register(app: Flask) -> None:
    """Make `app` answer every error with problem details and never with a traceback."""

    @app.errorhandler(RequestError)
    def request_problem(error: RequestError) -> Response:
        response = problem(error.status, error.kind, error.title, error.what)
        response.headers.update(error.headers)
        return response

    @app.errorhandler(AtlasError)
    def atlas_error(error: AtlasError) -> Response:
        if type(error) not in STATUS:
            return unexpected(error)
        status, kind = STATUS[type(error)]
        return problem(
            status,
            kind,
            _TITLES[kind],
            str(error),
            line=getattr(error, "line", None),
            column=getattr(error, "column", None),
            repair=error.mend,
        )

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        response = problem(error.code or 500, "http", error.name, error.description or error.name)
        for name, value in error.get_headers():
            if name.lower() in ("allow", "location", "www-authenticate", "retry-after"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        number = uuid.uuid4().hex[:12]
        _LOG.error("internal error %s", number, exc_info=error)
        return problem(500, "internal", "Internal error", f"Report it with this number: {number}", id=number)
