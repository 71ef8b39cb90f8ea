"""The query side of `/sparql`: SPARQL 1.1 Protocol, section 2.1 (https://www.w3.org/TR/sparql11-protocol/#query-operation)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from computeatlas.engine.base import Delivery
from computeatlas.model.errors import FormatError, ResultTooLargeError
from computeatlas.web.endpoints.admit import AdmittedQuery, admit_query
from computeatlas.web.endpoints.answer import data_headers
from computeatlas.web.endpoints.cite import Tracer, choose_sources_format
from computeatlas.web.endpoints.operation import Operation, read_query
from computeatlas.web.endpoints.page import AnswerPage, SourcesPage
from computeatlas.web.endpoints.plan import (
    Representation,
    choose_graph_format,
    choose_representation,
    negotiate_formats,
    not_acceptable,
    plan_query,
)
from computeatlas.web.http.conditions import entity_tag, matches, names
from computeatlas.web.http.messages import Request, Response
from computeatlas.web.http.negotiate import choose_coding
from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from computeatlas.engine.base import Engine
    from computeatlas.web.endpoints.answer import Answers
    from computeatlas.web.endpoints.page import PageMaker
    from computeatlas.web.endpoints.service_description import Describer
    from computeatlas.web.http.settings import Settings

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
#: Where the sources behind an answer are told: web/pages/cite.py.
#: Proxies refuse the head of an answer that is longer than some 4 or 8 kB.
_LONGEST_LINK = 2000
#: What a page shows, and more bytes than it can show.
_PAGE_FORMATS = (("bindings", "json"), ("boolean", "json"), ("graph", "ttl"))
_LARGEST_PAGE = 8 * 1024 * 1024
_SOURCES = b'</sparql?%b&cite=true>; rel="describedby"'


class QueryEndpoint:
    """Answers queries with data by way of `answers`, or with pages that `pages` makes of finished answers.

    Without `pages` every answer is data, whatever a request prefers.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        answers: Answers,
        describer: Describer,
        pages: PageMaker | None = None,
    ):
        self._engine = engine
        self._settings = settings
        self._answers = answers
        self._describer = describer
        self._pages = pages
        self._tracer = Tracer(engine, settings)

    async def __call__(self, request: Request) -> Response:
        """Answer the request; raises AtlasError."""
        known = None
        about: tuple[tuple[bytes, bytes], ...] = ()
        body = b""
        if request.method == "POST":
            body = await request.body(max(self._settings.limits.max_query * 4, 4096))
        elif request.query_string:
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
        operation = read_query(request.method, request.header(b"content-type"), request.query_string, body)
        accept = request.header(b"accept")
        representation = choose_representation(operation, accept)
        if self._pages is not None and representation is not Representation.DATA:
            return await self._page(self._pages, request, operation, representation)
        wanted = operation.value("format")
        if operation.text is None:
            return await self._describe(request, wanted)
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

    async def sources(self, request: Request) -> Response:
        """Answer with the sources of a query, at an address of their own; raises AtlasError."""
        body = b""
        if request.method == "POST":
            body = await request.body(max(self._settings.limits.max_query * 4, 4096))
        operation = read_query(request.method, request.header(b"content-type"), request.query_string, body)
        if self._pages is None:
            raise RequestError("not-found", "Sources of answers are not told here.")
        return await self._page(self._pages, request, operation, Representation.SOURCES)

    async def _page(
        self, pages: PageMaker, request: Request, operation: Operation, representation: Representation
    ) -> Response:
        """Return a page of the finished answer, or of its sources."""
        text = operation.text
        if text is None:
            if representation is Representation.SOURCES:
                raise RequestError("no-query", "Send the query whose sources you want in the parameter `query`.")
            return await pages.make(request, "/sparql", AnswerPage(""))
        admitted = admit_query(operation, self._settings, f"{request.site}sparql")
        if representation is Representation.SOURCES:
            return await self._sources(pages, request, operation, text, admitted)
        limits = self._settings.limits
        delivery = Delivery(_PAGE_FORMATS, timeout=admitted.timeout, max_result=limits.max_result)
        answer = await request.ask(self._engine, admitted.query, delivery)
        try:
            data = await answer.whole(_LARGEST_PAGE)
        except ResultTooLargeError as error:
            raise ResultTooLargeError(
                "the result is more than a page can show", hint="add LIMIT, or ask for CSV"
            ) from error
        return await pages.make(request, "/sparql", AnswerPage(text, answer.form, data))

    async def _sources(
        self, pages: PageMaker, request: Request, operation: Operation, text: str, admitted: AdmittedQuery
    ) -> Response:
        form = choose_sources_format(request.header(b"accept"), operation.value("format"))
        headers = [(b"vary", b"Accept, Accept-Encoding, Accept-Language, Cookie"), (b"cache-control", b"no-store")]
        if not admitted.is_volatile:
            # The rest is what the language of the reader is chosen by.
            reader = (operation.values("lang"), request.header(b"accept-language"), request.header(b"cookie"))
            made_of = (self._engine.version, admitted, form.name, request.site, self._settings.edition, reader)
            etag = entity_tag(made_of)
            headers[1:] = [(b"cache-control", b"no-cache"), (b"etag", b"W/" + etag)]
            if request.method != "POST" and names(request.header(b"if-none-match"), etag):
                return Response(304, headers)
        found = await self._tracer.trace(request.questions, admitted)
        response = await pages.make(request, "/sparql/cite", SourcesPage(text, form, found))
        ours = {name for name, _ in headers}
        response.headers = [*(pair for pair in response.headers if pair[0] not in ours), *headers]
        return response

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
    pairs = [pair for pair in query_string.split(b"&") if unquote_to_bytes(pair.partition(b"=")[0]) != b"format"]
    return ((b"link", _SOURCES % b"&".join(pairs)),)
