"""The query side of `/sparql`: SPARQL 1.1 Protocol, section 2.1 (https://www.w3.org/TR/sparql11-protocol/#query-operation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.errors import FormatError
from computeatlas.web.endpoints.admit import admit_query
from computeatlas.web.endpoints.answer import data_headers
from computeatlas.web.endpoints.operation import read_query
from computeatlas.web.endpoints.plan import choose_graph_format, negotiate_formats, not_acceptable, plan_query
from computeatlas.web.http.conditions import entity_tag, matches
from computeatlas.web.http.messages import Request, Response
from computeatlas.web.http.negotiate import choose_coding

if TYPE_CHECKING:
    from computeatlas.engine.base import Engine
    from computeatlas.web.endpoints.answer import Answers
    from computeatlas.web.endpoints.service_description import Describer
    from computeatlas.web.http.settings import Settings

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
#: Where the sources behind an answer are told: web/pages/cite.py.
#: Proxies refuse the head of an answer that is longer than some 4 or 8 kB.
_LONGEST_LINK = 2000
_SOURCES = b'</sparql?%b&cite=true>; rel="describedby"'


class QueryEndpoint:
    """Answers queries by way of `answers`."""

    def __init__(self, engine: Engine, settings: Settings, describer: Describer, answers: Answers):
        self._describer = describer
        self._answers = answers
        self._engine = engine
        self._settings = settings

    async def __call__(self, request: Request) -> Response:
        """Answer the request; raises AtlasError."""
        known = None
        about: tuple[tuple[bytes, bytes], ...] = ()
        if request.method != "POST":
            if not request.query_string:
                return await self._describe(request, None)
            if self._settings.served.manifest is not None:
                about = _link_to_sources(request.query_string)
            if self._answers.cache.largest:
                known = (
                    request.query_string,
                    request.raw_header(b"accept"),
                    request.raw_header(b"accept-encoding"),
                    request.raw_header(b"host"),
                    request.scheme,
                )
                if (response := self._answers.again(request, known, about)) is not None:
                    return response
            body = b""
        else:
            body = await request.body(max(self._settings.limits.max_query * 4, 4096))
        operation = read_query(request.method, request.header(b"content-type"), request.query_string, body)
        if operation.text is None:
            return await self._describe(request, operation.value("format"))
        accept = request.header(b"accept")
        wanted = operation.value("format")
        admitted = admit_query(operation, self._settings, request.url)
        plan = plan_query(
            admitted,
            self._settings.limits,
            self._engine.version,
            negotiate_formats(accept, wanted),
            choose_coding(request.header(b"accept-encoding")),
        )
        try:
            return await self._answers.answer(request, plan, about, known)
        except FormatError as error:
            raise not_acceptable(error, accept, wanted) from error

    async def _describe(self, request: Request, wanted: str | None) -> Response:
        accept = request.header(b"accept")
        chosen = choose_graph_format(accept, wanted)
        etag = entity_tag((self._engine.version, "service description", request.url, chosen.name))
        headers = self._answers.headers(etag)
        if matches(request.header(b"if-none-match"), etag):
            return Response(304, headers)
        data = await self._describer.service(request.site, chosen)
        return Response(200, [*headers, *data_headers(chosen, data)], data)


def _link_to_sources(query_string: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Return the header that leads to the sources of an answer, without its format: they come in others."""
    if len(query_string) > _LONGEST_LINK or b">" in query_string:
        return ()
    if b"format=" in query_string:
        query_string = b"&".join(pair for pair in query_string.split(b"&") if not pair.startswith(b"format="))
    return ((b"link", _SOURCES % query_string),)
