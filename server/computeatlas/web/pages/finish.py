"""What is done to every finished page: forbidden characters are replaced, and headers are added."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import g, request

from computeatlas.web.http.html_text import without_forbidden
from computeatlas.web.http.link_headers import link_header
from computeatlas.web.http.urls import HTML_SUFFIX, iri_of, sent_path, split_suffix

if TYPE_CHECKING:
    from flask import Flask, Response

_POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)


def register(app: Flask) -> None:
    """Let `app` do so; register it after what compresses pages, since hooks after a request run in reverse."""
    app.before_request(_begin)
    app.after_request(_time_page)
    app.after_request(_link_documents)
    app.after_request(_set_policy)
    app.after_request(_replace_forbidden)


def _begin() -> None:
    g.begun = time.perf_counter()


def _time_page(response: Response) -> Response:
    """Say how long the page took, in milliseconds: https://www.w3.org/TR/server-timing/."""
    if "asked" in g:
        count, rounds, seconds = g.asked
        whole = time.perf_counter() - g.begun
        asked = f'ask;dur={seconds * 1000:.2f};desc="{rounds} rounds, {count} queries"'
        response.headers["Server-Timing"] = f"{asked}, page;dur={whole * 1000:.2f}"
    return response


def _link_documents(response: Response) -> Response:
    """Let the page of a thing say where its data are."""
    path, _form, _html = split_suffix(sent_path(request))
    if response.status_code == 200 and response.mimetype == "text/html" and iri_of(path) is not None:
        response.headers["Link"] = link_header(request.host_url, path)
        response.headers["Content-Location"] = path + HTML_SUFFIX
    return response


def _set_policy(response: Response) -> Response:
    """Let a page load nothing from other hosts, and run no script that is not in a file of ours."""
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response


def _replace_forbidden(response: Response) -> Response:
    # A page from the cache is finished, and may be compressed.
    is_text = response.mimetype == "text/html" and "Content-Encoding" not in response.headers
    if is_text and not response.is_streamed:
        text = response.get_data(as_text=True)
        allowed = without_forbidden(text)
        if allowed != text:
            response.set_data(allowed)
    return response
