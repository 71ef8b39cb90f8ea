"""`/update`: SPARQL 1.1 Protocol, section 2.2 (https://www.w3.org/TR/sparql11-protocol/#update-operation)."""

from __future__ import annotations

import hmac
import tempfile
from typing import TYPE_CHECKING

from computeatlas.engine.changes import Change
from computeatlas.web.endpoints.admit import admit_update
from computeatlas.web.endpoints.operation import read_update
from computeatlas.web.http.messages import Request, Response
from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from computeatlas.engine.base import Changed, Engine
    from computeatlas.web.http.settings import Settings

METHODS = ("POST", "OPTIONS")


class UpdateEndpoint:
    """Makes updates in the data set of `engine`, for those who have the token."""

    def __init__(self, engine: Engine, settings: Settings):
        self._engine = engine
        self._settings = settings

    async def __call__(self, request: Request) -> Response:
        """Make the update of the request and return an empty response; raises AtlasError."""
        require_token(request, self._settings)
        body = await request.body(self._settings.limits.max_body)
        operation = read_update(request.header(b"content-type"), request.query_string, body)
        admitted = admit_update(operation, self._settings, request.url)
        parts = []
        with tempfile.TemporaryFile() as file:
            for text in admitted.texts:
                data = text.encode()
                parts.append(("", file.tell(), len(data)))
                file.write(data)
            file.flush()
            changed = await self._engine.change(Change("update", base=admitted.base, parts=tuple(parts)), file)
        return Response(204, change_headers(changed))


def change_headers(changed: Changed) -> list[tuple[bytes, bytes]]:
    """Return the headers of the answer to a change: the number of literals that lost their form, if any did."""
    headers = [(b"cache-control", b"no-store")]
    if changed.altered:
        headers.append((b"atlas-literals-changed", str(changed.altered).encode()))
    return headers


def require_token(request: Request, settings: Settings) -> None:
    """Let pass who may write; raises RequestError: 403 where nobody may, 401 for a missing or wrong token.

    RFC 6750 (https://www.rfc-editor.org/rfc/rfc6750). The token is compared in constant time.
    """
    if settings.token is None:
        raise RequestError(
            "read-only",
            "Writes are off here. An operator turns them on with --write-token-file.",
        )
    scheme, _, token = (request.header(b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RequestError(
            "no-token",
            "Send it as: Authorization: Bearer TOKEN",
            {"WWW-Authenticate": 'Bearer realm="compute-atlas"'},
        )
    if not hmac.compare_digest(token.strip().encode("latin-1", "replace"), settings.token.encode()):
        raise RequestError(
            "wrong-token",
            "The token that was sent is not that of this server.",
            {"WWW-Authenticate": 'Bearer realm="compute-atlas", error="invalid_token"'},
        )
