"""Errors as problem details (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457): one table from error class to kind.

Pure: what is here makes bodies and headers; the gateway and the pages send them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape

from computeatlas.model import errors
from computeatlas.model.errors import AtlasError
from computeatlas.web.http.html_text import without_forbidden
from computeatlas.web.http.negotiate import problem_type
from computeatlas.web.http.problem_kinds import KINDS

#: Error class → name of the kind of problem.
KIND_OF: dict[type[AtlasError], str] = {
    errors.DataError: "data",
    errors.DatasetConflictError: "dataset-conflict",
    errors.EngineFaultError: "engine-fault",
    errors.FederationError: "federation",
    errors.FormatError: "not-acceptable",
    errors.GraphMissingError: "no-graph",
    errors.MixedOrderError: "engine-fault",
    errors.NestingError: "nesting",
    errors.OverloadedError: "overloaded",
    errors.QueryEvaluationError: "query-evaluation",
    errors.QueryMemoryError: "query-memory",
    errors.QuerySyntaxError: "query-syntax",
    errors.QueryTimeoutError: "query-timeout",
    errors.ResultTooLargeError: "result-too-large",
}


class RequestError(AtlasError):
    """The request itself cannot be served: the kind of problem and the headers of the answer are in it."""

    def __init__(self, kind: str, detail: str, headers: dict[str, str] | None = None):
        super().__init__(detail)
        self.kind = kind
        self.headers = headers or {}


@dataclass(frozen=True)
class Problem:
    """What a client is told of an error: a kind of `KINDS`, what happened here, more members and headers.

    `status` is that of the kind, unless another is given.
    """

    kind: str
    detail: str
    more: dict[str, object] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 0

    def __post_init__(self) -> None:
        if not self.status:
            object.__setattr__(self, "status", KINDS[self.kind].status)

    @property
    def title(self) -> str:
        """The title of the kind."""
        return KINDS[self.kind].title


def describe_error(error: AtlasError) -> Problem | None:
    """Return the problem that `error` is to a client, or None for an error that no table maps."""
    if isinstance(error, RequestError):
        return Problem(error.kind, error.what, headers=error.headers)
    if type(error) not in KIND_OF:
        return None
    names = ("line", "column", "token")
    more = {name: getattr(error, name) for name in names if getattr(error, name, None) is not None}
    if error.hint:
        more["repair"] = error.hint
    headers = {}
    if isinstance(error, errors.OverloadedError):
        headers["Retry-After"] = str(error.retry_after or 5)
    return Problem(KIND_OF[type(error)], str(error), more, headers)


def render_problem(problem: Problem, accept: str | None, site: str) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of the answer that tells of `problem`; `site` is the URL of the front page.

    The Accept header decides between problem+json, text and HTML.
    """
    media_type = problem_type(accept)
    location = f"{site}problems#{problem.kind}"
    if media_type == "application/problem+json":
        members = {
            "type": location,
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            **problem.more,
        }
        body = json.dumps(members, ensure_ascii=False) + "\n"
    elif media_type == "text/plain":
        media_type = "text/plain;charset=utf-8"
        body = f"{problem.title} ({problem.status}, {problem.kind})\n{problem.detail}\n"
    else:
        media_type = "text/html;charset=utf-8"
        body = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(problem.title)}</title>'
            f'<h1>{escape(problem.title)}</h1><p>{escape(problem.detail)}</p><p><a href="{escape(location)}">'
            f'{escape(problem.kind)} ({problem.status})</a> · <a href="{escape(site)}">Compute Atlas</a></p></html>\n'
        )
        body = without_forbidden(body)
    headers = {"Content-Type": media_type, "Vary": "Accept", "Cache-Control": "no-store", **problem.headers}
    # A lone surrogate, which JSON escapes can make, has no UTF-8.
    return body.encode("utf-8", "replace"), headers
