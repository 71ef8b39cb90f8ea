"""RDF/XML that Oxigraph does not read right, by rdflib's parser on expat.

Oxigraph 0.5 refuses text in pieces (beside a comment, a processing instruction or CDATA) and every encoding but UTF-8,
writes a namespace twice into a literal of XML, and keeps line breaks that XML normalises
(https://www.w3.org/TR/xml/#sec-line-ends, #AVNormalize). It is twenty times as fast, so it reads whatever has none of
these. Expat opens no external entity here and refuses internal ones that grow a hundredfold (since its version 2.4).
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urljoin
from xml.sax import SAXException, SAXParseException, handler
from xml.sax.expatreader import create_parser
from xml.sax.xmlreader import InputSource

import pyoxigraph as ox
import rdflib
from rdflib.exceptions import Error as RdflibError
from rdflib.plugins.parsers.rdfxml import RDFXMLHandler

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator

    from computeatlas.engine.byte_order import Readable

#: What Oxigraph reads otherwise than XML and RDF/XML have it; each may also find harmless text, which costs time only.
_BEYOND_OXIGRAPH = tuple(
    re.compile(pattern)
    for pattern in (
        rb"\A(?:\xff\xfe|\xfe\xff|\x00|[^\x00]\x00)",
        rb"\A(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*[\"'](?!(?i:utf-?8|us-ascii)[\"'])",
        rb"\r",
        rb"<!\[CDATA\[",
        rb"[^>\s]\s*<(?:!--|\?)",
        rb"(?:--|\?)>\s*[^<\s]",
        rb"parseType\s*=\s*[\"'](?!(?:Resource|Collection)[\"'])",
        rb"=\s*\"[^\"<]*[\n\t]",
        rb"=\s*'[^'<]*[\n\t]",
    )
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
#: Bytes that are parsed at a time.
_PIECE = 64 * 1024


def is_beyond_oxigraph(data: bytes | mmap.mmap) -> bool:
    """Say whether RDF/XML `data` may hold what Oxigraph does not read as XML and RDF/XML have it."""
    return any(pattern.search(data) for pattern in _BEYOND_OXIGRAPH)


def parse_rdfxml(file: Readable, base: str) -> Iterator[ox.Quad]:
    """Yield the triples of RDF/XML in any encoding that expat knows, as quads of the default graph.

    Relative IRIs are resolved against `base`. Raises SyntaxError, with line and column, for malformed data.
    """
    # Expat expands no external entity and refuses internal ones that grow out of bounds: see above.
    parser = create_parser()  # noqa: S315
    parser.setFeature(handler.feature_namespaces, True)
    parser.setFeature(handler.feature_external_ges, False)
    sink = _Sink()
    content = _Handler(sink)
    content.setDocumentLocator(InputSource(base))  # type: ignore[arg-type]
    parser.setContentHandler(content)
    try:
        while piece := file.read(_PIECE):
            with _lexical_forms():
                parser.feed(piece)
            yield from sink.take()
        parser.close()
    except SAXParseException as error:
        raise _malformed(error.getMessage(), error.getLineNumber(), error.getColumnNumber()) from error
    except (SAXException, RdflibError, ValueError, LookupError, TypeError, AttributeError) as error:
        # rdflib meets some malformed documents with whatever its code happens to raise.
        message = str(error) if isinstance(error, _RefusedError | ValueError) else "it is not RDF/XML"
        raise _malformed(message, parser.getLineNumber(), parser.getColumnNumber()) from error


def _malformed(message: str, line: int | None, column: int | None) -> SyntaxError:
    return SyntaxError(message, (None, line or 0, (column or 0) + 1, None))


class _RefusedError(RdflibError):
    """What the grammar of RDF/XML does not allow."""


class _Sink:
    """What rdflib's parser takes for a graph: it collects the triples as Oxigraph's quads."""

    def __init__(self) -> None:
        self._quads: list[ox.Quad] = []

    def bind(self, *_arguments: object, **_options: object) -> None:
        """Pass over a prefix."""

    def add(self, triple: tuple[Any, Any, Any]) -> None:
        """Take a triple of rdflib; raises ValueError for an IRI that is none."""
        subject, predicate, thing = triple
        self._quads.append(ox.Quad(_resource(subject), ox.NamedNode(str(predicate)), _term(thing)))

    def take(self) -> list[ox.Quad]:
        """Return what was collected, and forget it."""
        quads, self._quads = self._quads, []
        return quads


def _resource(term: rdflib.term.Node) -> ox.NamedNode | ox.BlankNode:
    return ox.NamedNode(str(term)) if isinstance(term, rdflib.URIRef) else ox.BlankNode(str(term))


def _term(term: rdflib.term.Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if not isinstance(term, rdflib.Literal):
        return _resource(term)
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None)


class _Handler(RDFXMLHandler):
    """rdflib's parser, which also refuses text where none may stand, and leaves absolute IRIs as they are."""

    def __init__(self, sink: _Sink):
        super().__init__(sink)  # type: ignore[arg-type]
        self._pieces: list[str] = []

    def error(self, message: str) -> NoReturn:
        raise _RefusedError(message)

    def characters(self, content: str) -> None:
        # Text comes in pieces, and to join each to those before takes time that grows with the square.
        self._pieces.append(content)

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802 - named by SAX
        self._end_text()
        super().startElementNS(name, qname, attrs)

    def endElementNS(self, name: Any, qname: Any) -> None:  # noqa: N802
        self._end_text()
        super().endElementNS(name, qname)

    def _end_text(self) -> None:
        if self._pieces:
            content = "".join(self._pieces)
            self._pieces.clear()
            if self.current.char is None and content.strip():
                self.error("text where an element should be")
            super().characters(content)

    def property_element_char(self, data: str) -> None:
        if self.current.data is None and data.strip():
            self.error("text where an element should be")
        super().property_element_char(data)

    def property_element_end(self, name: tuple[str, str], qname: object) -> None:
        current = self.current
        if current.object is not None and current.data and current.data.strip():
            self.error("text beside an element")
        super().property_element_end(name, qname)

    def absolutize(self, uri: str) -> rdflib.URIRef:
        if _SCHEME.match(uri):
            return rdflib.URIRef(uri)
        match = _SCHEME.match(self.current.base or "")
        if not match:
            return rdflib.URIRef(uri)
        if not uri or uri.startswith("#"):
            return rdflib.URIRef(self.current.base.partition("#")[0] + uri)
        # urljoin knows few schemes, and treats a base of any other as none.
        joined = urljoin(f"http:{match[2]}", uri)
        fragment = "#" if uri.endswith("#") and not joined.endswith("#") else ""
        return rdflib.URIRef(f"{match[1]}{joined.removeprefix('http')}{fragment}")


@contextmanager
def _lexical_forms() -> Iterator[None]:
    """Let rdflib keep literals as they are written, and say nothing of those that it cannot read."""
    log = logging.getLogger("rdflib.term")
    before = rdflib.NORMALIZE_LITERALS, log.disabled
    rdflib.NORMALIZE_LITERALS, log.disabled = False, True
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS, log.disabled = before
