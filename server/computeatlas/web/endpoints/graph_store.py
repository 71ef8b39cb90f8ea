"""`/store`: SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/).

A graph is named by `?graph=IRI` or `?default`. Without either, the resource is the whole data set, as in Oxigraph's own
server, but for a POST of triples, which makes a new graph (section 5.5).
"""

from __future__ import annotations

import re
import tempfile
import uuid
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from computeatlas.engine.base import DataSetRead, Delivery, GraphRead
from computeatlas.engine.changes import Change
from computeatlas.engine.content_coding import ENCODERS
from computeatlas.model.errors import DataError
from computeatlas.model.mediatypes import FORMATS, RDF_XML, Format, ResultKind, formats_for
from computeatlas.web.endpoints.answer import content_headers
from computeatlas.web.endpoints.operation import Operation, media_type_of, parameters, require_absolute, require_utf8
from computeatlas.web.endpoints.plan import choose_graph_format
from computeatlas.web.endpoints.update import change_headers, require_token
from computeatlas.web.http.conditions import entity_tag, matches, names
from computeatlas.web.http.messages import Request, Response
from computeatlas.web.http.negotiate import choose_coding
from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from computeatlas.engine.base import Engine
    from computeatlas.web.http.settings import Settings

_READS = ("GET", "HEAD", "OPTIONS")
_WRITES = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")
_VARY = (b"vary", b"Accept, Accept-Encoding")
#: Media type → format of RDF that can be sent here; an alias that several formats share names none.
_TYPES: dict[str, Format] = {
    media_type: form
    for form in FORMATS
    if ResultKind.GRAPH in form.kinds
    for media_type in (form.media_type, *form.aliases)
    if media_type not in ("application/json", "application/xml", "text/xml", "text/plain")
}
_ACCEPTED = ", ".join(form.media_type for form in FORMATS if ResultKind.GRAPH in form.kinds)
#: File names that parts of a form may have instead of a media type.
_SUFFIX = re.compile(r"\.(ttl|nt|rdf|jsonld|trig|nq)$")


class GraphStoreEndpoint:
    """Reads graphs for all, and writes them for those who have the token."""

    def __init__(self, engine: Engine, settings: Settings):
        self._engine = engine
        self._settings = settings
        self.methods = _WRITES if settings.writable else _READS
        self._cache_control = b"no-cache" if settings.writable else b"public, max-age=60"

    async def __call__(self, request: Request) -> Response:
        """Answer the request; raises AtlasError."""
        operation = Operation(None, tuple(parameters(request.query_string, "query string")))
        whole, graph = _target(operation, request)
        if request.method in ("GET", "HEAD"):
            return await self._read(request, operation, whole=whole, graph=graph)
        require_token(request, self._settings)
        if request.method == "DELETE":
            with tempfile.TemporaryFile() as file:
                change = Change("delete", graph, whole=whole)
                await self._engine.change(change, file, lambda: self._require(request, whole=whole, graph=graph))
            return Response(204, [(b"cache-control", b"no-store")])
        try:
            return await self._write(request, whole=whole, graph=graph)
        except DataError as error:
            if media_type_of(request.header(b"content-type")):
                raise
            raise _read_as_rdfxml(error) from error

    async def _require(self, request: Request, *, whole: bool, graph: str | None) -> None:
        """Raise RequestError (412) where a condition of the request does not hold: RFC 9110, section 13.1.

        A tag holds for a graph if it is that of any of its representations.
        """
        conditions = request.header(b"if-match"), request.header(b"if-none-match")
        if conditions == (None, None):
            return
        timeout = self._settings.limits.timeout
        exists = graph is None or await self._engine.has_graph(request.client, graph, timeout)
        kind = ResultKind.DATASET if whole else ResultKind.GRAPH
        tags = [
            self._tag(form, coding, whole=whole, graph=graph)
            for form in formats_for(kind)
            for coding in ("identity", *ENCODERS)
        ]
        must, must_not = (
            condition is not None and exists and any(matches(condition, tag) for tag in tags)
            for condition in conditions
        )
        if (conditions[0] is not None and not must) or must_not:
            raise RequestError("precondition", "The condition of the request does not hold for this graph now.")

    def _tag(self, form: Format, coding: str, *, whole: bool, graph: str | None) -> bytes:
        return entity_tag((self._engine.version, "graph", whole, graph, form.name, coding))

    async def _read(self, request: Request, operation: Operation, *, whole: bool, graph: str | None) -> Response:
        kind = ResultKind.DATASET if whole else ResultKind.GRAPH
        chosen = choose_graph_format(request.header(b"accept"), operation.value("format"), kind)
        coding = choose_coding(request.header(b"accept-encoding"))
        etag = self._tag(chosen, coding, whole=whole, graph=graph)
        headers = [_VARY, (b"etag", etag), (b"cache-control", self._cache_control)]
        limits = self._settings.limits
        question = DataSetRead() if whole else GraphRead(graph, self._settings.union)
        delivery = Delivery(((str(kind), chosen.name),), coding, limits.timeout, limits.max_result)
        condition = request.header(b"if-none-match")
        if names(condition, etag):
            return Response(304, headers)
        answer = await request.ask(self._engine, question, delivery)
        if matches(condition, etag):
            return Response(304, headers)
        return Response(200, [*headers, *content_headers(answer)], answer.body, answer.rows)

    async def _write(self, request: Request, *, whole: bool, graph: str | None) -> Response:
        content_type = request.header(b"content-type")
        with tempfile.TemporaryFile() as file:
            async for part in request.body_parts(self._settings.limits.max_body):
                file.write(part)
            length = file.tell()
            if media_type_of(content_type) == "multipart/form-data":
                parts = _split_form(file, content_type or "", length)
            else:
                parts = ((_format_of(content_type).name, 0, length),)
            if parts:
                # RDF/XML, Turtle and the rest may name another charset; ours is UTF-8 alone.
                require_utf8(content_type)
            if not length and whole and request.method == "POST":
                # Section 5.5: an empty payload makes no graph.
                return Response(204, [(b"cache-control", b"no-store")])
            file.flush()
            location = None
            if whole and request.method == "POST" and not all(name in ("trig", "nq") for name, _, _ in parts):
                whole = False
                graph = location = f"{request.site}store/{uuid.uuid4()}"
            change = Change(request.method.lower(), graph, whole=whole, base=graph or request.url, parts=parts)
            whole_now, graph_now = whole, graph
            changed = await self._engine.change(
                change, file, lambda: self._require(request, whole=whole_now, graph=graph_now)
            )
        headers = change_headers(changed)
        if changed.created:
            named = location or f"{request.url}?graph={quote(str(graph), safe='')}"
            headers.append((b"location", named.encode()))
            headers.append((b"content-length", b"0"))
        return Response(201 if changed.created else 204, headers)


def _target(operation: Operation, request: Request) -> tuple[bool, str | None]:
    """Return whether the whole data set is meant, and the IRI of the graph or None for the default graph.

    `/store/NAME` is itself the IRI of a graph, as POST makes them (section 4.1, direct identification).
    """
    graphs = operation.values("graph")
    defaults = operation.values("default")
    if request.path != "/store":
        if graphs or defaults:
            raise RequestError("two-graphs", "The path names a graph already.")
        return False, request.url
    if len(graphs) + len(defaults) > 1:
        raise RequestError("two-graphs", "Name one graph, by ?graph=IRI or by ?default.")
    if graphs:
        return False, require_absolute(graphs[0], "graph")
    if defaults and defaults[0]:
        raise RequestError("bad-default", "Write ?default without a value.")
    return not defaults, None


def _read_as_rdfxml(error: DataError) -> DataError:
    """Return `error` of data without a media type, saying how they were read."""
    return DataError(
        f"no Content-Type was sent, so the data was read as RDF/XML (Graph Store Protocol, section 5.1): {error.what}",
        line=error.line,
        column=error.column,
        hint=f"send the Content-Type that the data has ({_ACCEPTED}), or if it is RDF/XML, {error.hint or 'fix it'}",
    )


def _format_of(content_type: str | None, filename: str | None = None) -> Format:
    media_type = media_type_of(content_type)
    # Section 5.1: a payload that does not say what it is, is RDF/XML.
    form = RDF_XML if not media_type and filename is None else _TYPES.get(media_type)
    if form is None and media_type in ("", "application/octet-stream", "text/plain") and filename:
        match = _SUFFIX.search(filename.lower())
        form = next((item for item in FORMATS if match and item.name == match[1]), None)
    if form is None:
        raise RequestError(
            "content-type",
            f"RDF is sent here as one of {_ACCEPTED}, not as {media_type or 'nothing'}.",
            {"Accept-Post": _ACCEPTED},
        )
    return form


def _split_form(file: IO[bytes], content_type: str, length: int) -> tuple[tuple[str, int, int], ...]:
    """Return format, offset and length of the graphs in a form, whose bytes are put behind the form in `file`.

    Section 5.5: every part is a graph.
    """
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    if not boundary:
        raise RequestError("multipart", "The Content-Type of a form needs a boundary.")
    file.seek(0)
    try:
        fields, files = MultiPartParser(max_form_parts=_PARTS).parse(file, boundary.encode("latin-1"), length)
    except (ValueError, UnicodeError) as error:
        raise RequestError("multipart", f"The form cannot be read: {error}") from error
    if fields:
        raise RequestError("multipart", "Every part needs a file name and the media type of RDF.")
    parts = []
    file.seek(0, 2)
    # Several parts may have one name.
    for _name, storage in files.items(multi=True):
        form = _format_of(storage.content_type, storage.filename)
        offset = file.tell()
        while piece := storage.stream.read(1 << 16):
            file.write(piece)
        parts.append((form.name, offset, file.tell() - offset))
        storage.close()
    return tuple(parts)


#: How many parts a form may have.
_PARTS = 1000
