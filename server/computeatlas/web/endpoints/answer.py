"""From a plan to a response: kept before, or not modified, or asked of the engine. The last steps of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.web.http.answer_cache import AnswerCache, CachedAnswer
from computeatlas.web.http.conditions import matches, names
from computeatlas.web.http.messages import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from computeatlas.engine.base import Answer, Engine
    from computeatlas.model.mediatypes import Format
    from computeatlas.web.endpoints.plan import Plan
    from computeatlas.web.http.settings import Settings

    Headers = Sequence[tuple[bytes, bytes]]

_VARY = (b"vary", b"Accept, Accept-Encoding")
_NO_STORE = (b"cache-control", b"no-store")
#: How long a cache may use an answer without asking again, in seconds: a new release is seen within this time.
_FRESH = 60


class Answers:
    """Answers plans from `engine`, and from a cache what was asked before."""

    def __init__(self, engine: Engine, settings: Settings):
        self.cache = AnswerCache(settings.limits.cache)
        self._engine = engine
        fresh = b"no-cache" if settings.writable else b"public, max-age=%d" % _FRESH
        self._cache_control = (b"cache-control", fresh)
        #: What `max_rows` says in a header, so that a cut answer does not look whole.
        self._limited: tuple[tuple[bytes, bytes], ...] = ()
        if settings.limits.max_rows is not None:
            self._limited = ((b"atlas-row-limit", str(settings.limits.max_rows).encode()),)

    async def answer(
        self, request: Request, plan: Plan, about: Headers = (), known: tuple[object, ...] | None = None
    ) -> Response:
        """Return the response to `request` that the answer to `plan` makes, kept or asked for.

        `about`: headers that this request gets besides. `known`: what `again` may find the answer by, the next time.
        Raises what `Engine.ask` raises.
        """
        response = self._kept(request, plan, about, known)
        if response is None:
            response = self._respond(
                request, plan, about, await request.ask(self._engine, plan.question, plan.delivery)
            )
        return response

    def again(self, request: Request, known: tuple[object, ...], about: Headers = ()) -> Response | None:
        """Return the response to a request that was answered before, known by its bytes, or None."""
        cached = self.cache.shortcut(self._engine.version, known)
        return None if cached is None else self._from_cache(request, cached, about)

    def headers(self, etag: bytes | None) -> list[tuple[bytes, bytes]]:
        """Return the headers for caches, of an answer that has the tag `etag`, or None."""
        if etag is None:
            return [_VARY, _NO_STORE, *self._limited]
        return [_VARY, (b"etag", etag), self._cache_control, *self._limited]

    def _kept(self, request: Request, plan: Plan, about: Headers, known: tuple[object, ...] | None) -> Response | None:
        """Return the response that needs no engine: a kept answer, or that the client has it already."""
        if plan.etag is None:
            return None
        cached = self.cache.get(plan.version, plan.key)
        if cached is not None:
            if known is not None:
                self.cache.remember(plan.version, known, plan.key)
            return self._from_cache(request, cached, about)
        if request.method != "POST" and names(request.header(b"if-none-match"), plan.etag):
            return Response(304, [*self.headers(plan.etag), *about])
        return None

    def _respond(self, request: Request, plan: Plan, about: Headers, answer: Answer) -> Response:
        """Return the response that `answer` makes, and have it kept."""
        # Where the data have changed meanwhile, it is not known which of the two the answer is of.
        etag = plan.etag if self._engine.version == plan.version else None
        if etag is not None and request.method != "POST" and matches(request.header(b"if-none-match"), etag):
            request.leave()
            return Response(304, [*self.headers(etag), *about])
        headers = [*self.headers(etag), *content_headers(answer)]
        if plan.hint is not None:
            headers.append((b"atlas-hint", plan.hint))
        response = Response(200, [*headers, *about], answer.body, answer.rows)
        if etag is not None and self.cache.largest:
            keep = self._keeper(plan, etag, headers, answer)
            if isinstance(answer.body, bytes):
                keep(answer.body, answer.rows)
            else:
                response.keep_limit = self.cache.largest
                response.keep = keep
        return response

    def _from_cache(self, request: Request, cached: CachedAnswer, about: Headers) -> Response:
        if request.method != "POST":
            condition = request.header(b"if-none-match")
            if condition is not None and matches(condition, cached.etag):
                return Response(304, [*self.headers(cached.etag), *about], cached=True)
        return Response(200, [*cached.headers, *about], cached.body, cached.rows, cached=True)

    def _keeper(
        self, plan: Plan, etag: bytes, headers: list[tuple[bytes, bytes]], answer: Answer
    ) -> Callable[[bytes, int | None], None]:
        """Return what keeps the body of `answer`, with a length among its headers where it was sent without."""

        def keep(body: bytes, rows: int | None) -> None:
            whole = headers
            if not isinstance(answer.body, bytes):
                whole = [*headers, (b"content-length", b"%d" % len(body))]
            size = len(str(plan.question[0])) if plan.question else 0
            self.cache.put(plan.version, plan.key, CachedAnswer(answer.form, rows, etag, tuple(whole), body, size))

        return keep


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
