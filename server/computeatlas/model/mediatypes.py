"""One table of formats: name, media type, file suffix, and the kind of result that it can carry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


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
    """A serialisation: short name (for `format=` and `--format`), media type, aliases, kinds of result."""

    name: str
    media_type: str
    kinds: frozenset[ResultKind]
    aliases: tuple[str, ...] = ()
    charset: bool = False

    @cached_property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f"{self.media_type};charset=utf-8" if self.charset else self.media_type


JSON = Format("json", "application/sparql-results+json", _TABLES, ("application/json",))
XML = Format("xml", "application/sparql-results+xml", _TABLES, ("application/xml", "text/xml"))
CSV = Format("csv", "text/csv", _TABLES, charset=True)
TSV = Format("tsv", "text/tab-separated-values", _TABLES, charset=True)
TURTLE = Format("ttl", "text/turtle", _GRAPHS, charset=True)
N_TRIPLES = Format("nt", "application/n-triples", _GRAPHS, ("text/plain",))
RDF_XML = Format("rdf", "application/rdf+xml", _GRAPHS, ("application/xml", "text/xml"))
TRIG = Format("trig", "application/trig", _DATASETS, ("application/x-trig",))
N_QUADS = Format("nq", "application/n-quads", _DATASETS, ("text/x-nquads", "text/nquads"))
JSON_LD = Format("jsonld", "application/ld+json", _DATASETS, ("application/json",))

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


def format_named(name: str, kind: ResultKind) -> Format | None:
    """Return the format with the short name `name` for a result of `kind`, or None.

    `xml` means RDF/XML for a graph, as `json` means JSON-LD.
    """
    if kind is ResultKind.GRAPH:
        name = {"xml": "rdf", "json": "jsonld"}.get(name, name)
    return next((item for item in formats_for(kind) if item.name == name), None)
