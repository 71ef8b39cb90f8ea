"""One table of formats: name, media type, file suffix, and the kind of result that it can carry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Longer names of formats are nobody's.
_LONGEST_NAME = 100
_FAMILY = re.compile(r"^(?:application|text)/(?:x-)?")
_DROPPED = re.compile(r"[^a-z0-9]+")


class ResultKind(StrEnum):
    """What is sent: a table of bindings, a truth value, a graph, or a data set of several graphs."""

    BINDINGS = "bindings"
    BOOLEAN = "boolean"
    GRAPH = "graph"
    DATASET = "dataset"


_TABLES = frozenset({ResultKind.BINDINGS, ResultKind.BOOLEAN})
_GRAPHS = frozenset({ResultKind.GRAPH})
_DATASETS = frozenset({ResultKind.GRAPH, ResultKind.DATASET})


@dataclass(frozen=True)
class Format:
    """A serialisation: short name, media type, other media types for it, kinds of result.

    `names` are what else clients call it in `format=` and `--format`, spelled as `_spelling` leaves them.
    """

    name: str
    media_type: str
    kinds: frozenset[ResultKind]
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    charset: bool = False

    @cached_property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f"{self.media_type};charset=utf-8" if self.charset else self.media_type

    @cached_property
    def spellings(self) -> frozenset[str]:
        """All names of the format, in the spelling that tells no case, punctuation or family of media types."""
        return frozenset(_spelling(name) for name in (self.name, self.media_type, *self.aliases, *self.names))


JSON = Format(
    "json", "application/sparql-results+json", _TABLES, ("application/json",), ("sparqljson", "jsonresults", "srj")
)
XML = Format(
    "xml",
    "application/sparql-results+xml",
    _TABLES,
    ("application/xml", "text/xml"),
    ("sparqlxml", "xmlresults", "srx", "sparql"),
)
CSV = Format("csv", "text/csv", _TABLES, charset=True)
TSV = Format("tsv", "text/tab-separated-values", _TABLES, charset=True)
# Turtle is a part of N3, so it is an answer to who asks for N3.
TURTLE = Format("ttl", "text/turtle", _GRAPHS, names=("n3", "rdfn3", "rdfturtle"), charset=True)
N_TRIPLES = Format("nt", "application/n-triples", _GRAPHS, ("text/plain",), ("ntriple", "nt11", "rdfntriples"))
RDF_XML = Format("rdf", "application/rdf+xml", _GRAPHS, ("application/xml", "text/xml"), ("prettyxml", "owl"))
TRIG = Format("trig", "application/trig", _DATASETS, ("application/x-trig",))
N_QUADS = Format("nq", "application/n-quads", _DATASETS, ("text/x-nquads", "text/nquads"), ("nquad",))
JSON_LD = Format("jsonld", "application/ld+json", _DATASETS, ("application/json",))

#: A page, which is no serialisation of a result.
HTML = Format("html", "text/html", frozenset(), ("application/xhtml+xml",), charset=True)

#: In order of preference where a client has none.
FORMATS = (JSON, XML, CSV, TSV, TURTLE, N_TRIPLES, RDF_XML, TRIG, N_QUADS, JSON_LD)

#: W3C's names of formats (https://www.w3.org/ns/formats/), for the service description.
FORMAT_IRIS = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "rdf": "RDF_XML",
    "jsonld": "JSON-LD",
    "trig": "TriG",
    "nq": "N-Quads",
}


def formats_for(kind: ResultKind) -> tuple[Format, ...]:
    """Return the formats that can carry a result of `kind`, the preferred one first."""
    return tuple(item for item in FORMATS if kind in item.kinds)


def find_format(name: str, offers: Iterable[Format]) -> Format | None:
    """Return the first of `offers` that `name` names, or None.

    A name is a short name, another usual one, or a media type, in any case and with or without punctuation and
    parameters: `ttl`, `Turtle`, `text/turtle; charset=utf-8`, `rdf+xml` and, as query strings make of it, `rdf xml`.
    """
    if len(name) > _LONGEST_NAME:
        return None
    spelling = _spelling(name)
    return next((item for item in offers if spelling in item.spellings), None)


def format_named(name: str, kind: ResultKind) -> Format | None:
    """Return the format that `name` names for a result of `kind`, or None: see `find_format`.

    `xml` means RDF/XML for a graph, as `json` means JSON-LD.
    """
    return find_format(name, formats_for(kind))


def _spelling(name: str) -> str:
    """Return the letters and digits of `name` in small letters, without the family and parameters of a media type."""
    return _DROPPED.sub("", _FAMILY.sub("", name.partition(";")[0].strip().lower()))
