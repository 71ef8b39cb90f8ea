"""From a job to a response: by way of the cache, of conditions, or of a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.web.http.answer_cache import AnswerCache, CachedAnswer
from computeatlas.web.http.conditions import entity_tag, matches, names
from computeatlas.web.http.messages import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from computeatlas.engine.pool.pending_query import Answer
    from computeatlas.engine.pool.pool import Pool
    from computeatlas.engine.pool.wire import Job
    from computeatlas.model.mediatypes import Format
    from computeatlas.web.http.settings import Settings

    Headers = Sequence[tuple[bytes, bytes]]

_VARY = (b"vary", b"Accept, Accept-Encoding")
_NO_STORE = (b"cache-control", b"no-store")
#: How long a cache may use an answer without asking again, in seconds: a new release is seen within this time.
_FRESH = 60


class Answering:
    """Answers jobs from `pool`, and from a cache what was asked before."""

    def __init__(self, pool: Pool, settings: Settings):
        self.cache = AnswerCache(settings.limits.cache)
        self._pool = pool
        fresh = b"no-cache" if settings.writable else b"public, max-age=%d" % _FRESH
        self._cache_control = (b"cache-control", fresh)
        #: What `max_rows` says in a header, so that a cut answer does not look whole.
        self._limited: tuple[tuple[bytes, bytes], ...] = ()
        if settings.limits.max_rows is not None:
            self._limited = ((b"atlas-row-limit", str(settings.limits.max_rows).encode()),)

    async def answer(
        self,
        request: Request,
        job: Job,
        *,
        volatile: bool = False,
        known: tuple[object, ...] | None = None,
        about: Headers = (),
    ) -> Response:
        """Return the response to `request` that the answer to `job` makes.

        `volatile`: the answer may differ from one time to the next, so it is neither kept nor tagged. `known`: what
        `again` may find the answer by, the next time. `about`: headers that this request gets besides. Raises what the
        job raises.
        """
        version = self._pool.version
        key = (version, job.text, job.base, job.default, job.named, job.formats, job.coding)
        etag = None
        if not volatile:
            if (cached := self.cache.get(version, key)) is not None:
                if known is not None:
                    self.cache.remember(version, known, key)
                return self.from_cache(request, cached, about)
            etag = entity_tag(key)
            if request.method != "POST" and names(request.header(b"if-none-match"), etag):
                return Response(304, [*self.headers(etag), *about])
        answer = await run(self._pool, request, job)
        if self._pool.version != version:
            # The data have changed meanwhile, and it is not known which of the two this answer is of.
            etag = None
        if etag is not None and request.method != "POST" and matches(request.header(b"if-none-match"), etag):
            request.leave()
            return Response(304, [*self.headers(etag), *about])
        headers = [*self.headers(etag), *content_headers(answer)]
        response = Response(200, [*headers, *about], answer.body, answer.rows)
        if etag is not None and self.cache.largest:
            keep = self._keeper(version, key, etag, headers, answer)
            if isinstance(answer.body, bytes):
                keep(answer.body, answer.rows)
            else:
                response.keep_limit = self.cache.largest
                response.keep = keep
        return response

    def again(self, request: Request, known: tuple[object, ...], about: Headers = ()) -> Response | None:
        """Return the response to a request that was answered before, known by its bytes, or None."""
        cached = self.cache.shortcut(self._pool.version, known)
        return None if cached is None else self.from_cache(request, cached, about)

    def from_cache(self, request: Request, cached: CachedAnswer, about: Headers = ()) -> Response:
        """Return the response that a kept answer makes."""
        if request.method != "POST":
            condition = request.header(b"if-none-match")
            if condition is not None and matches(condition, cached.etag):
                return Response(304, [*self.headers(cached.etag), *about], cached=True)
        return Response(200, [*cached.headers, *about], cached.body, cached.rows, cached=True)

    def headers(self, etag: bytes | None) -> list[tuple[bytes, bytes]]:
        """Return the headers for caches, of an answer that has the tag `etag`, or None."""
        if etag is None:
            return [_VARY, _NO_STORE, *self._limited]
        return [_VARY, (b"etag", etag), self._cache_control, *self._limited]

    def _keeper(
        self, version: str, key: tuple[object, ...], etag: bytes, headers: list[tuple[bytes, bytes]], answer: Answer
    ) -> Callable[[bytes, int | None], None]:
        """Return what keeps the body of `answer`, with a length among its headers where it was sent without."""

        def keep(body: bytes, rows: int | None) -> None:
            whole = headers
            if not isinstance(answer.body, bytes):
                whole = [*headers, (b"content-length", b"%d" % len(body))]
            self.cache.put(version, key, CachedAnswer(answer.form, rows, etag, tuple(whole), body, len(str(key[1]))))

        return keep


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
