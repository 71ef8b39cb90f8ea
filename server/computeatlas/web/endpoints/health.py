"""`/healthz`: whether queries are answered, on what, and within which limits. It asks nothing and waits for nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from computeatlas.web.http.messages import Request, Response

if TYPE_CHECKING:
    from computeatlas.engine.base import Engine
    from computeatlas.web.http.settings import Settings

METHODS = ("GET", "HEAD", "OPTIONS")


class HealthEndpoint:
    """Tells how `engine` is."""

    def __init__(self, engine: Engine, settings: Settings):
        self._engine = engine
        self._settings = settings

    async def __call__(self, _request: Request) -> Response:
        """Return the state as JSON, with 503 where no query would be answered now."""
        settings = self._settings
        status, manifest = self._engine.status(), settings.served.manifest
        state = {
            "status": "ok" if status.ready else "starting",
            "version": manifest.version if manifest else None,
            "digest": manifest.digest if manifest else None,
            "quads": self._engine.quads,
            **status.numbers,
            "writable": settings.writable,
            "federation": settings.allow_service,
            "limits": settings.limits.as_data(),
        }
        body = json.dumps(state).encode() + b"\n"
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
        ]
        return Response(200 if status.ready else 503, headers, body)
