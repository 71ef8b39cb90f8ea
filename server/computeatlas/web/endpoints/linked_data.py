"""Linked data: every IRI of the graph leads to a description of what it names, on whatever host serves the graph.

An identifier `/id/KIND/NAME` is answered by 303 with the document that describes it, as "Cool URIs for the Semantic
Web" has it (https://www.w3.org/TR/cooluris/#r303gendocument). A document `/doc/KIND/NAME` is had in the format that the
client wants (RFC 9110, section 12), or in the one that its ending names. Pages for people are Flask's: `entity`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachetools import LRUCache

from computeatlas.engine.base import Delivery, GraphRead, Query
from computeatlas.engine.table import read_table
from computeatlas.model.mediatypes import Format, ResultKind
from computeatlas.model.namespaces import ONTOLOGY_IRI, graph_iri
from computeatlas.model.terms import iri
from computeatlas.sparql.rewrite import with_offset
from computeatlas.views.entity.status import Status, read_status
from computeatlas.views.query import bind
from computeatlas.web.endpoints.operation import Operation, parameters
from computeatlas.web.endpoints.plan import Plan, choose_graph_format
from computeatlas.web.http.link_headers import link_header
from computeatlas.web.http.messages import Request, Response
from computeatlas.web.http.negotiate import choose_coding, wants_page
from computeatlas.web.http.page_numbers import read_page_number
from computeatlas.web.http.problems import RequestError
from computeatlas.web.http.urls import DOCUMENTS, iri_of, path_of, split_suffix

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

    from computeatlas.engine.base import Engine, Question
    from computeatlas.engine.table import Table
    from computeatlas.web.endpoints.answer import Answers
    from computeatlas.web.endpoints.page import PageMaker
    from computeatlas.web.http.settings import Settings

METHODS = ("GET", "HEAD", "OPTIONS")
#: First segments of the paths that lead to descriptions.
ROOTS = frozenset({"id", "doc", "describe", "ontology", *DOCUMENTS})
#: What refers to a thing is described so many statements at a time: as many as `queries/views/description.rq` takes.
PAGE = 500
#: Longer names are nobody's.
_LONGEST = 2000
#: Pages whose followers are remembered.
_REMEMBERED = 10_000
_TABLE = ((str(ResultKind.BINDINGS), "json"),)


class LinkedDataEndpoint:
    """Describes things in the formats of RDF."""

    def __init__(self, engine: Engine, settings: Settings, answers: Answers, pages: PageMaker):
        self._pages = pages
        self._engine = engine
        self._settings = settings
        self._answers = answers
        #: Version, thing and page → whether there is a page after it.
        self._seen: LRUCache[tuple[str, str, int], bool] = LRUCache(_REMEMBERED)

    async def __call__(self, request: Request) -> Response:
        """Answer the request; raises AtlasError."""
        if len(request.path) > _LONGEST:
            raise RequestError("not-found", f"A path of {len(request.path)} characters names nothing here.")
        if request.path.startswith("/id/"):
            return self._see_other(request)
        operation = Operation(None, tuple(parameters(request.query_string, "query string")))
        path, form, is_html = split_suffix(request.raw_path)
        if is_html or (form is None and wants_page(request.header(b"accept"), operation.value("format"))):
            return await self._pages.make(request)
        page = read_page_number(operation.values("page"))
        tail = request.query_string.decode("ascii")
        thing = self._thing(path, operation)
        chosen = form or choose_graph_format(request.header(b"accept"), operation.value("format"))
        if path == "/describe":
            if not (local := path_of(thing.value)).startswith("/describe"):
                return _redirect(local)
        elif thing.value == ONTOLOGY_IRI:
            # The terms are fragments of it, so their descriptions are its content.
            plan = self._plan(request, GraphRead(graph_iri("ontology"), self._settings.union), chosen)
            return await self._answers.answer(request, plan, self._about(request, path, chosen, tail, ()))
        try:
            goes_on = await self._look(request, thing, page)
        except RequestError as error:
            # What looks like an ending may be that of the name.
            if error.kind == "not-found" and form is not None and (whole := await self._whole(request)) is not None:
                return _redirect(path_of(whole.value))
            raise
        text = with_offset(bind(self._settings.views["description"], x=[thing]), (page - 1) * PAGE)
        more = [(page + 1, "next")] if goes_on else []
        before = [(page - 1, "prev")] if page > 1 else []
        about = self._about(request, path, chosen, tail, [*before, *more])
        query = Query(text, base_iri=request.site, union=self._settings.union)
        return await self._answers.answer(request, self._plan(request, query, chosen), about)

    def _see_other(self, request: Request) -> Response:
        path, form, html = split_suffix(request.raw_path)
        suffix = ".html" if html else f".{form.name}" if form else ""
        name = iri_of(path)
        if name is None:
            raise RequestError("not-found", "An identifier has a kind and a name: /id/KIND/NAME.")
        return _redirect(f"/doc/{path.removeprefix('/id/')}{suffix}" if suffix else path_of(name))

    def _thing(self, path: str, operation: Operation) -> ox.NamedNode:
        name = operation.value("iri") if path == "/describe" else iri_of(path)
        thing = iri(name) if name else None
        if thing is None:
            detail = "Say which: /describe?iri=…" if path == "/describe" else f"{path} is the path of no identifier."
            raise RequestError("bad-iri" if path == "/describe" else "not-found", detail)
        return thing

    async def _whole(self, request: Request) -> ox.NamedNode | None:
        """Return the thing whose name is the whole path, its ending too, None where it is not known."""
        name = iri_of(request.raw_path)
        thing = iri(name) if name else None
        if thing is None:
            return None
        status = read_status(await self._table(request, bind(self._settings.views["status"], x=[thing])))
        return None if status.is_missing else thing

    async def _look(self, request: Request, thing: ox.NamedNode, page: int) -> bool:
        """Say whether there is more after `page`; raises RequestError, 404 or 410, for what is not to be described."""
        key = (f"{self._engine.version} {self._settings.edition}", thing.value, page)
        if (known := self._seen.get(key)) is not None:
            return known
        status = read_status(await self._table(request, bind(self._settings.views["status"], x=[thing])))
        if status.is_missing:
            raise RequestError("not-found", f"Nothing is known here of <{thing.value}>.")
        if status.is_deprecated:
            raise gone(thing.value, status)
        beyond = with_offset(bind(self._settings.views["incoming_beyond"], x=[thing]), page * PAGE)
        goes_on = bool((await self._table(request, beyond)).rows)
        self._seen[key] = goes_on
        return goes_on

    async def _table(self, request: Request, text: str) -> Table:
        query = Query(text, union=self._settings.union)
        answer = await request.ask(self._engine, query, Delivery(_TABLE, timeout=self._settings.limits.timeout))
        return read_table(await answer.whole(self._settings.limits.max_result))

    def _plan(self, request: Request, question: Question, chosen: Format) -> Plan:
        limits = self._settings.limits
        formats = ((str(ResultKind.GRAPH), chosen.name),)
        coding = choose_coding(request.header(b"accept-encoding"))
        return Plan.of(self._engine.version, question, Delivery(formats, coding, limits.timeout, limits.max_result))

    def _about(
        self, request: Request, path: str, chosen: Format, tail: str, pages: Sequence[tuple[int, str]]
    ) -> list[tuple[bytes, bytes]]:
        others = "".join(f', <{path}.{chosen.name}?page={number}>; rel="{rel}"' for number, rel in pages)
        if path == "/describe":
            return [(b"link", b'</.well-known/void>; rel="describedby"')]
        location = f"{path}.{chosen.name}" + (f"?{tail}" if tail else "")
        return [
            (b"link", (link_header(request.site, path) + others).encode()),
            (b"content-location", location.encode()),
        ]


def gone(name: str, status: Status) -> RequestError:
    """Return the error for a deprecated thing, which names its successors."""
    followers = ", ".join(f"<{successor}>" for successor in status.successors)
    detail = f"<{name}> is deprecated" + (f"; see {followers} instead." if followers else " and has no successor.")
    links = ", ".join(f'<{path_of(successor)}>; rel="successor-version"' for successor in status.successors)
    return RequestError("gone", detail, {"Link": links} if links else {})


def _redirect(target: str) -> Response:
    return Response(
        303,
        [
            (b"location", target.encode()),
            (b"vary", b"Accept"),
            (b"link", b'<%b>; rel="describedby"' % target.encode()),
            (b"cache-control", b"public, max-age=86400"),
            (b"content-length", b"0"),
        ],
    )
