"""Static files: their addresses hold a digest, so that browsers keep them for as long as they like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

_YEAR = 365 * 24 * 3600


def register(app: Flask, look: str) -> None:
    """Let addresses of static files that `app` makes carry `look`, the digest of them all, and last."""

    @app.url_defaults
    def add_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("v", look)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            dated = request.args.get("v") == look or "/bundle/" in request.path
            response.cache_control.max_age = _YEAR if dated else None
            response.cache_control.immutable = dated
            response.cache_control.public = True
            response.cache_control.no_cache = None if dated else True
        return response
