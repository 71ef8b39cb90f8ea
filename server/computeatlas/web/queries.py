"""The query side of `/sparql`: SPARQL 1.1 Protocol, section 2.1 (https://www.w3.org/TR/sparql11-protocol/#query-operation)."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from computeatlas.model.errors import FormatError
from computeatlas.model.mediatypes import TURTLE, Format, ResultKind, format_named, formats_for
from computeatlas.web import protocol
from computeatlas.web.answer_cache import AnswerCache, CachedAnswer
from computeatlas.web.exchange import Request, Response
from computeatlas.web.negotiate import choose_coding, choose_format
from computeatlas.web.problems import RequestError
from computeatlas.web.reading import read_job

if TYPE_CHECKING:
    from computeatlas.engine.frames import Job
    from computeatlas.engine.pool import Pool
    from computeatlas.engine.tickets import Answer
    from computeatlas.web.protocol import Operation
    from computeatlas.web.service_description import Describer
    from computeatlas.web.settings import Settings

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_QUERY_KINDS = (ResultKind.BINDINGS, ResultKind.BOOLEAN, ResultKind.GRAPH)
_VARY = (b"vary", b"Accept, Accept-Encoding")
_NO_STORE = (b"cache-control", b"no-store")
#: How long a cache may use an answer without asking again, in seconds: a new release is seen within this time.
_FRESH = 60


class QueryEndpoint:
    """Answers queries from `pool`, and from a cache what was asked before."""

    def __init__(self, pool: Pool, settings: Settings, describer: Describer):
        self._describer = describer
        self.cache = AnswerCache(settings.limits.cache)
        self._pool = pool
        self._settings = settings
        fresh = b"no-cache" if settings.writable else b"public, max-age=%d" % _FRESH
        self._cache_control = (b"cache-control", fresh)
        #: What `max_rows` says in a header, so that a cut answer does not look whole.
        self._limited: tuple[tuple[bytes, bytes], ...] = ()
        if settings.limits.max_rows is not None:
            self._limited = ((b"atlas-row-limit", str(settings.limits.max_rows).encode()),)

    async def __call__(self, request: Request) -> Response:
        """Answer the request; raises AtlasError."""
        known = None
        if request.method != "POST":
            if not request.query_string:
                return await self._describe(request, None)
            if self.cache.largest:
                known = (
                    request.query_string,
                    request.raw_header(b"accept"),
                    request.raw_header(b"accept-encoding"),
                    request.raw_header(b"host"),
                    request.scheme,
                )
                if (cached := self.cache.shortcut(self._pool.version, known)) is not None:
                    return self._from_cache(request, cached)
            body = b""
        else:
            body = await request.body(max(self._settings.limits.max_query * 4, 4096))
        operation = protocol.read_query(request.method, request.header(b"content-type"), request.query_string, body)
        if operation.text is None:
            return await self._describe(request, operation.value("format"))
        return await self._answer(request, operation, known)

    async def _answer(self, request: Request, operation: Operation, known: tuple[object, ...] | None) -> Response:
        accept = request.header(b"accept")
        wanted = operation.value("format")
        formats = negotiate_formats(accept, wanted)
        coding = choose_coding(request.header(b"accept-encoding"))
        job, volatile = read_job(operation, self._settings, request.url, formats, coding)
        version = self._pool.version
        key = (version, job.text, job.base, job.default, job.named, formats, coding)
        etag = None
        if not volatile:
            if (cached := self.cache.get(version, key)) is not None:
                if known is not None:
                    self.cache.remember(version, known, key)
                return self._from_cache(request, cached)
            etag = entity_tag(key)
            if request.method != "POST" and names(request.header(b"if-none-match"), etag):
                return Response(304, self._headers(etag))
        try:
            answer = await run(self._pool, request, job)
        except FormatError as error:
            raise not_acceptable(error, accept, wanted) from error
        if self._pool.version != version:
            # The data have changed meanwhile, and it is not known which of the two this answer is of.
            etag = None
        if etag is not None and request.method != "POST" and matches(request.header(b"if-none-match"), etag):
            request.leave()
            return Response(304, self._headers(etag))
        headers = [*self._headers(etag), *content_headers(answer)]
        response = Response(200, headers, answer.body, answer.rows)
        if etag is not None and self.cache.largest:
            if isinstance(answer.body, bytes):
                self._keep(version, key, headers, answer, answer.rows, etag, answer.body)
            else:
                response.keep_limit = self.cache.largest
                response.keep = lambda body, rows: self._keep(version, key, headers, answer, rows, etag, body)
        return response

    def _keep(
        self,
        version: str,
        key: tuple[object, ...],
        headers: list[tuple[bytes, bytes]],
        answer: Answer,
        rows: int | None,
        etag: bytes,
        body: bytes,
    ) -> None:
        """Keep an answer with its headers, to which a length is added where it was sent without."""
        if not isinstance(answer.body, bytes):
            headers = [*headers, (b"content-length", b"%d" % len(body))]
        self.cache.put(version, key, CachedAnswer(answer.form, rows, etag, tuple(headers), body, len(str(key[1]))))

    def _from_cache(self, request: Request, cached: CachedAnswer) -> Response:
        if request.method != "POST":
            condition = request.header(b"if-none-match")
            if condition is not None and matches(condition, cached.etag):
                return Response(304, self._headers(cached.etag), cached=True)
        return Response(200, list(cached.headers), cached.body, cached.rows, cached=True)

    def _headers(self, etag: bytes | None) -> list[tuple[bytes, bytes]]:
        if etag is None:
            return [_VARY, _NO_STORE, *self._limited]
        return [_VARY, (b"etag", etag), self._cache_control, *self._limited]

    async def _describe(self, request: Request, wanted: str | None) -> Response:
        accept = request.header(b"accept")
        chosen = choose_graph_format(accept, wanted)
        etag = entity_tag((self._pool.version, "service description", request.url, chosen.name))
        headers = self._headers(etag)
        if matches(request.header(b"if-none-match"), etag):
            return Response(304, headers)
        data = await self._describer.service(request.site, chosen)
        return Response(200, [*headers, *data_headers(chosen, data)], data)


async def run(pool: Pool, request: Request, job: Job) -> Answer:
    """Return the answer to `job`, given up when the client of `request` goes away.

    Raises what the job raises, OverloadedError, ClientGoneError.
    """
    ticket = pool.submit(request.client, job)
    connection = request.connection
    if connection is not None:
        connection.abandon = lambda: pool.abandon(ticket)
    # Not cleared when the answer begins: while it is sent, a client that leaves still frees the worker.
    return await ticket.future


def data_headers(form: Format, data: bytes) -> list[tuple[bytes, bytes]]:
    """Return the headers that say what `data` is."""
    return [(b"content-type", form.content_type.encode()), (b"content-length", b"%d" % len(data))]


def content_headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    """Return the headers that say what the body of `answer` is."""
    headers = [(b"content-type", answer.form.content_type.encode())]
    if answer.coding != "identity":
        headers.append((b"content-encoding", answer.coding.encode()))
    if isinstance(answer.body, bytes):
        headers.append((b"content-length", b"%d" % len(answer.body)))
    return headers


@lru_cache(maxsize=1024)
def negotiate_formats(accept: str | None, wanted: str | None) -> tuple[tuple[str, str], ...]:
    """Return the kinds of result that a query may have, each with the name of its format; kinds may be missing."""
    formats = []
    for kind in _QUERY_KINDS:
        chosen = format_named(wanted, kind) if wanted else choose_format(accept, formats_for(kind))
        if chosen is not None:
            formats.append((str(kind), chosen.name))
    return tuple(formats)


def choose_graph_format(accept: str | None, wanted: str | None, kind: ResultKind = ResultKind.GRAPH) -> Format:
    """Return the format for a graph, or a data set; raises RequestError (406), listing what is to be had."""
    offers = formats_for(kind)
    if kind is ResultKind.GRAPH:
        offers = (TURTLE, *(item for item in offers if item is not TURTLE))
    chosen = format_named(wanted, kind) if wanted else choose_format(accept, offers)
    if chosen is None:
        raise not_acceptable(FormatError(kind), accept, wanted)
    return chosen


def not_acceptable(error: FormatError, accept: str | None, wanted: str | None) -> RequestError:
    """Return the error that says which formats a result of that kind is to be had in."""
    asked = f"format={wanted}" if wanted else f"Accept: {accept}"
    listed = ", ".join(f"{item.media_type} (format={item.name})" for item in formats_for(ResultKind(error.kind)))
    return RequestError("not-acceptable", f"{error.what}, by {asked}. To be had: {listed}.")


def entity_tag(key: object) -> bytes:
    """Return a strong entity tag for the representation that `key` names: equal keys, equal tags."""
    return b'"' + blake2b(repr(key).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest().encode() + b'"'


def matches(condition: str | None, etag: bytes) -> bool:
    """Say whether a condition names a representation that is there, with the tag `etag` or by `*`: RFC 9110, 13.1."""
    return names(condition, etag) or (condition is not None and condition.strip() == "*")


def names(condition: str | None, etag: bytes) -> bool:
    """Say whether a condition names the tag `etag`: then the client has seen that representation.

    A `*` names none: whether it holds is known when there is an answer, for a condition is only looked at where the
    answer would be a success (RFC 9110, section 13.2.1).
    """
    if condition is None:
        return False
    mine = etag.decode()
    return any(item.strip().removeprefix("W/") == mine for item in condition.split(","))
