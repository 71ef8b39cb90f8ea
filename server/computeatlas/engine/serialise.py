"""RDF as bytes."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Protocol

import pyoxigraph as ox

from computeatlas.model.errors import FormatError
from computeatlas.model.mediatypes import RDF_XML, ResultKind
from computeatlas.model.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from computeatlas.model.mediatypes import Format

#: Our names of RDF formats → Oxigraph's.
RDF_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}
#: Our names of formats of results → Oxigraph's.
RESULT_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}

_PREFIX_LINES = re.compile(rb"(?:@prefix [^\n]*\n)+")
_PREFIX_LINE = re.compile(rb"@prefix ([^:]*:) [^\n]*\n")
_XML_PREFIXES = re.compile(rb"<rdf:RDF((?: xmlns:[\w.-]+=\"[^\"]*\")*)")
_XML_PREFIX = re.compile(rb" xmlns:([\w.-]+)=\"[^\"]*\"")
#: Characters that XML 1.0 has no way to write, not even as references: https://www.w3.org/TR/xml/#charsets.
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_NOT_XML_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: How an IRI must end to be the name of an element: https://www.w3.org/TR/xml-names/#NT-NCName. A digit, for instance,
#: cannot begin a name.
_ENDS_IN_NAME = re.compile(r"[^\W\d][\w.\-\u00B7]*\Z")


class Writer(Protocol):
    """What a serialisation is written to."""

    def write(self, data: bytes, /) -> int:
        """Take `data` and return its length."""


def serialise(items: Iterable[ox.Triple] | Iterable[ox.Quad], form: ox.RdfFormat) -> bytes:
    """Return triples or quads in the format `form`, with the prefixes of the project where it has prefixes.

    Raises TypeError for triples in a format of quads or the reverse, FormatError for what RDF/XML cannot express.
    """
    buffer = io.BytesIO()
    if form == ox.RdfFormat.RDF_XML:
        ox.serialize(expressible_in_xml(items), buffer, form, prefixes=PREFIXES)  # type: ignore[arg-type]
        return keep_line_breaks(buffer.getvalue(), RDF_XML)
    ox.serialize(items, buffer, form, prefixes=PREFIXES)
    return buffer.getvalue()


def tidy_prefixes(data: bytes, form: Format, *, whole: bool) -> bytes:
    """Return the beginning `data` of a serialisation by Oxigraph with its prefixes in the order of their names.

    Oxigraph declares all prefixes that it was given, in an order that changes from answer to answer. Where `data` is
    the `whole` text, those that it does not use are left out.
    """
    if form.name in ("ttl", "trig"):
        match = _PREFIX_LINES.match(data)
        if not match:
            return data
        body = data[match.end() :]
        lines = sorted(_PREFIX_LINE.finditer(match[0]), key=lambda line: line[1])
        return b"".join(line[0] for line in lines if not whole or line[1] in body) + body
    if form.name == "rdf":
        match = _XML_PREFIXES.search(data)
        if not match:
            return data
        body = data[match.end() :]
        names = sorted(_XML_PREFIX.finditer(match[1]), key=lambda name: name[1])
        kept = b"".join(name[0] for name in names if not whole or name[1] == b"rdf" or name[1] + b":" in body)
        return data[: match.start(1)] + kept + body
    return data


def keep_line_breaks(data: bytes, form: Format) -> bytes:
    """Return XML `data` in which a carriage return survives a parser, which takes a bare one for a line feed.

    https://www.w3.org/TR/xml/#sec-line-ends. What Oxigraph writes around values has none.
    """
    return data.replace(b"\r", b"&#xD;") if form.name in ("xml", "rdf") else data


def check_characters(data: bytes, form: Format) -> None:
    """Raise FormatError where `data`, in the format `form`, holds a character that the format cannot express.

    Oxigraph writes such characters into XML as they are, which no parser reads.
    """
    if form.name in ("xml", "rdf") and (match := _NOT_XML.search(data)):
        kind = ResultKind.GRAPH if form.name == "rdf" else ResultKind.BINDINGS
        character = ord(match[0].decode())
        raise FormatError(kind, f"{form.media_type} cannot express the character U+{character:04X}")


def expressible_in_xml(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield `triples`; raises FormatError at a character that XML has not, or a predicate that names no element.

    Oxigraph writes the character as it is, and an element without a name. https://www.w3.org/TR/rdf-syntax-grammar/#section-Serialising
    """
    for triple in triples:
        if not _ENDS_IN_NAME.search(triple.predicate.value):
            raise FormatError(
                ResultKind.GRAPH, f"application/rdf+xml cannot express the property <{triple.predicate.value}>"
            )
        if isinstance(triple.object, ox.Literal) and (character := not_in_xml(triple.object.value)):
            raise FormatError(
                ResultKind.GRAPH,
                f"application/rdf+xml cannot express the character U+{ord(character):04X}, which stands in a value of "
                f"<{triple.predicate.value}> of {triple.subject}",
            )
        yield triple


def not_in_xml(text: str) -> str | None:
    """Return the first character of `text` that XML 1.0 has no way to write, or None."""
    match = _NOT_XML_TEXT.search(text)
    return match[0] if match else None
