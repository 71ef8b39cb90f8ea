"""The query side of `/sparql`: SPARQL 1.1 Protocol, section 2.1 (https://www.w3.org/TR/sparql11-protocol/#query-operation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.errors import FormatError
from computeatlas.model.mediatypes import TURTLE, Format, ResultKind, formats_for
from computeatlas.web.endpoints import operation as protocol
from computeatlas.web.endpoints.admit import read_job
from computeatlas.web.endpoints.answer import data_headers
from computeatlas.web.http.conditions import entity_tag, matches
from computeatlas.web.http.messages import Request, Response
from computeatlas.web.http.negotiate import choose_coding, choose_format, wish
from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from computeatlas.engine.pool.pool import Pool
    from computeatlas.web.endpoints.answer import Answering
    from computeatlas.web.endpoints.service_description import Describer
    from computeatlas.web.http.settings import Settings

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_QUERY_KINDS = (ResultKind.BINDINGS, ResultKind.BOOLEAN, ResultKind.GRAPH)
#: Where the sources behind an answer are told: web/pages/cite.py.
#: Proxies refuse the head of an answer that is longer than some 4 or 8 kB.
_LONGEST_LINK = 2000
_SOURCES = b'</sparql?%b&cite=true>; rel="describedby"'


class QueryEndpoint:
    """Answers queries by way of `answering`."""

    def __init__(self, pool: Pool, settings: Settings, describer: Describer, answering: Answering):
        self._describer = describer
        self._answering = answering
        self._pool = pool
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
            if self._answering.cache.largest:
                known = (
                    request.query_string,
                    request.raw_header(b"accept"),
                    request.raw_header(b"accept-encoding"),
                    request.raw_header(b"host"),
                    request.scheme,
                )
                if (response := self._answering.again(request, known, about)) is not None:
                    return response
            body = b""
        else:
            body = await request.body(max(self._settings.limits.max_query * 4, 4096))
        operation = protocol.read_query(request.method, request.header(b"content-type"), request.query_string, body)
        if operation.text is None:
            return await self._describe(request, operation.value("format"))
        accept = request.header(b"accept")
        wanted = operation.value("format")
        formats = negotiate_formats(accept, wanted)
        coding = choose_coding(request.header(b"accept-encoding"))
        job, volatile = read_job(operation, self._settings, request.url, formats, coding)
        try:
            return await self._answering.answer(request, job, volatile=volatile, known=known, about=about)
        except FormatError as error:
            raise not_acceptable(error, accept, wanted) from error

    async def _describe(self, request: Request, wanted: str | None) -> Response:
        accept = request.header(b"accept")
        chosen = choose_graph_format(accept, wanted)
        etag = entity_tag((self._pool.version, "service description", request.url, chosen.name))
        headers = self._answering.headers(etag)
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


def negotiate_formats(accept: str | None, wanted: str | None) -> tuple[tuple[str, str], ...]:
    """Return the kinds of result that a query may have, each with the name of its format; kinds may be missing."""
    formats = []
    for kind in _QUERY_KINDS:
        chosen = choose_format(accept, formats_for(kind), wanted)
        if chosen is not None:
            formats.append((str(kind), chosen.name))
    return tuple(formats)


def choose_graph_format(accept: str | None, wanted: str | None, kind: ResultKind = ResultKind.GRAPH) -> Format:
    """Return the format for a graph, or a data set; raises RequestError (406), listing what is to be had."""
    offers = formats_for(kind)
    if kind is ResultKind.GRAPH:
        offers = (TURTLE, *(item for item in offers if item is not TURTLE))
    chosen = choose_format(accept, offers, wanted)
    if chosen is None:
        raise not_acceptable(FormatError(kind), accept, wanted)
    return chosen


def not_acceptable(error: FormatError, accept: str | None, wanted: str | None) -> RequestError:
    """Return the error that says which formats a result of that kind is to be had in."""
    listed = ", ".join(f"{item.media_type} (format={item.name})" for item in formats_for(ResultKind(error.kind)))
    return RequestError("not-acceptable", f"{error.what}, by {wish(accept, wanted)}. To be had: {listed}.")
