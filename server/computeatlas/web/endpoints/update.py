"""`/update`: SPARQL 1.1 Protocol, section 2.2 (https://www.w3.org/TR/sparql11-protocol/#update-operation)."""

from __future__ import annotations

import hmac
import tempfile
from typing import TYPE_CHECKING

from computeatlas.engine.changes import Change
from computeatlas.model.errors import FederationError, NestingError
from computeatlas.sparql.rewrite import with_using
from computeatlas.sparql.scan import look
from computeatlas.web.endpoints import operation as protocol
from computeatlas.web.http.messages import Request, Response
from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from computeatlas.engine.pool.pool import Pool
    from computeatlas.web.http.settings import Settings

METHODS = ("POST", "OPTIONS")


class UpdateEndpoint:
    """Makes updates in the data set of `pool`, for those who have the token."""

    def __init__(self, pool: Pool, settings: Settings):
        self._pool = pool
        self._settings = settings

    async def __call__(self, request: Request) -> Response:
        """Make the update of the request and return an empty response; raises AtlasError."""
        require_token(request, self._settings)
        limits = self._settings.limits
        body = await request.body(limits.max_body)
        operation = protocol.read_update(request.header(b"content-type"), request.query_string, body)
        text = operation.text or ""
        seen = look(text, True, nesting=limits.max_nesting)
        if seen.federated and not self._settings.allow_service:
            raise FederationError(
                "SERVICE and LOAD are off: this server sends no requests to others",
                hint="send the data themselves to the graph store, or serve with --allow-service",
            )
        if seen.nesting > limits.max_nesting:
            raise NestingError(f"brackets are nested more than {limits.max_nesting} deep")
        base = request.url
        using = operation.iris("using-graph-uri", base), operation.iris("using-named-graph-uri", base)
        # Where the text must be changed, the text as it was sent goes along: an error is to name places in that.
        texts = [with_using(text, *using).encode(), *([text.encode()] if any(using) else [])]
        parts = []
        with tempfile.TemporaryFile() as file:
            for data in texts:
                parts.append(("", file.tell(), len(data)))
                file.write(data)
            file.flush()
            await self._pool.change(Change("update", base=base, parts=tuple(parts)), file.fileno())
        return Response(204, [(b"cache-control", b"no-store")])


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
