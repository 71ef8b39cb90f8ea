"""`/.well-known/void`: the description of the data where the VoID note says that it is found.

https://www.w3.org/TR/void/#well-known
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.web.endpoints.answer import data_headers
from computeatlas.web.endpoints.operation import Operation, parameters
from computeatlas.web.endpoints.plan import choose_graph_format
from computeatlas.web.http.conditions import entity_tag, matches
from computeatlas.web.http.messages import Request, Response

if TYPE_CHECKING:
    from computeatlas.engine.base import Engine
    from computeatlas.web.endpoints.service_description import Describer

METHODS = ("GET", "HEAD", "OPTIONS")


class VoidEndpoint:
    """Answers with the VoID description of what `engine` serves."""

    def __init__(self, engine: Engine, describer: Describer):
        self._engine = engine
        self._describer = describer

    async def __call__(self, request: Request) -> Response:
        """Answer the request; raises AtlasError."""
        operation = Operation(None, tuple(parameters(request.query_string, "query string")))
        chosen = choose_graph_format(request.header(b"accept"), operation.value("format"))
        etag = entity_tag((self._engine.version, "void", request.site, chosen.name))
        headers = [(b"vary", b"Accept"), (b"etag", etag), (b"cache-control", b"no-cache")]
        if matches(request.header(b"if-none-match"), etag):
            return Response(304, headers)
        data = await self._describer.data(request.site, chosen)
        return Response(200, [*headers, *data_headers(chosen, data)], data)
