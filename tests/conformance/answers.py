"""Answers to queries, read from what was sent or from the file that says what to expect.

The readers of JSON, XML, CSV and of the result-set vocabulary are written here from their specifications: the engine
that wrote an answer does not read it again. Only terms in Turtle syntax are left to its parser.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from xml.etree import ElementTree

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"

_SRX = "{http://www.w3.org/2005/sparql-results#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DIR = "{http://www.w3.org/2005/11/its}dir"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_DOUBLE = "http://www.w3.org/2001/XMLSchema#double"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_DIRECTIONS = {"ltr": ox.BaseDirection.LTR, "rtl": ox.BaseDirection.RTL, None: None}


@dataclass(frozen=True)
class Solutions:
    """The solutions of a SELECT query: the variables' names, and a mapping for each row.

    `ordered` says that the order of the rows is known: the result-set vocabulary may leave it out.
    """

    variables: frozenset[str]
    rows: tuple[dict[str, Term], ...]
    ordered: bool = True


def _literal(value: str, language: str | None, direction: str | None, datatype: str | None) -> ox.Literal:
    if language:
        return ox.Literal(value, language=language, direction=_DIRECTIONS[direction])
    return ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value)


def _json_term(term: dict) -> Term:
    match term["type"]:
        case "uri":
            return ox.NamedNode(term["value"])
        case "bnode":
            return ox.BlankNode(term["value"])
        case "literal" | "typed-literal":
            return _literal(term["value"], term.get("xml:lang"), term.get("its:dir"), term.get("datatype"))
        case "triple":
            return ox.Triple(*(_json_term(term["value"][part]) for part in ("subject", "predicate", "object")))
    raise ValueError(f"{term['type']} is no type of term")


def read_json(body: bytes) -> Solutions | bool:
    """Read SPARQL Query Results JSON: https://www.w3.org/TR/sparql12-results-json/"""
    answer = json.loads(body)
    if "boolean" in answer:
        return bool(answer["boolean"])
    rows = ({name: _json_term(term) for name, term in row.items()} for row in answer["results"]["bindings"])
    return Solutions(frozenset(answer["head"]["vars"]), tuple(rows))


def _xml_term(element: ElementTree.Element) -> Term:
    text = element.text or ""
    match element.tag.removeprefix(_SRX):
        case "uri":
            return ox.NamedNode(text)
        case "bnode":
            return ox.BlankNode(text)
        case "literal":
            return _literal(text, element.get(_LANG), element.get(_DIR), element.get("datatype"))
        case "triple":
            parts = (element.find(f"{_SRX}{part}/*") for part in ("subject", "predicate", "object"))
            return ox.Triple(*(_xml_term(part) for part in parts))
    raise ValueError(f"{element.tag} is no element of a term")


def read_xml(body: bytes) -> Solutions | bool:
    """Read SPARQL Query Results XML: https://www.w3.org/TR/sparql12-results-xml/"""
    root = ElementTree.fromstring(body)
    boolean = root.find(_SRX + "boolean")
    if boolean is not None:
        return {"true": True, "false": False}[boolean.text.strip()]
    variables = frozenset(variable.get("name") for variable in root.iterfind(f"{_SRX}head/{_SRX}variable"))
    rows = (
        {binding.get("name"): _xml_term(binding[0]) for binding in result.iterfind(_SRX + "binding")}
        for result in root.iterfind(f"{_SRX}results/{_SRX}result")
    )
    return Solutions(variables, tuple(rows))


def _csv_term(value: str) -> Term:
    if value.startswith("_:"):
        return ox.BlankNode(value[2:])
    if _NUMBER.fullmatch(value):
        return ox.Literal(value, datatype=ox.NamedNode(_DOUBLE))
    return ox.Literal(value)


def read_csv(body: bytes) -> Solutions:
    """Read SPARQL CSV, whose values have no kind.

    What looks like a number is read as one: W3C's expected file has `1.0E6` where the data have `1.0e6`. An IRI is
    read as a string, an unbound variable as the empty one. https://www.w3.org/TR/sparql12-results-csv-tsv/
    """
    header, *lines = csv.reader(io.StringIO(body.decode(), newline=""))
    rows = (
        {name: _csv_term(value) for name, value in zip(header, line, strict=True)}
        # A row without any value is an empty line if there is one variable.
        for line in (line or [""] for line in lines)
    )
    return Solutions(frozenset(header), tuple(rows))


def _turtle_term(text: str) -> Term:
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    (quad,) = ox.parse(f"<x:s> <x:p> {text} .", ox.RdfFormat.TURTLE)
    return quad.object


def read_tsv(body: bytes) -> Solutions:
    """Read SPARQL TSV, whose values are terms in Turtle syntax: https://www.w3.org/TR/sparql12-results-csv-tsv/"""
    header, *lines = body.decode().removesuffix("\n").split("\n")
    names = [name.removeprefix("?") for name in header.split("\t")]
    rows = (
        {name: _turtle_term(text) for name, text in zip(names, line.split("\t"), strict=True) if text}
        for line in (line.removesuffix("\r") for line in lines)
    )
    return Solutions(frozenset(name.strip() for name in names), tuple(rows))


def read_result_set(quads: list[ox.Quad]) -> Solutions | bool | None:
    """Read the result-set vocabulary of the SPARQL 1.0 tests; None if the graph is not in it.

    https://www.w3.org/2001/sw/DataAccess/tests/README.html
    """
    objects: dict[object, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        objects[quad.subject][quad.predicate.value].append(quad.object)
    roots = [node for node, said in objects.items() if ox.NamedNode(_RS + "ResultSet") in said[_RDF + "type"]]
    if not roots:
        return None
    (root,) = roots
    if objects[root][_RS + "boolean"]:
        return objects[root][_RS + "boolean"][0].value == "true"
    solutions = objects[root][_RS + "solution"]
    indexes = [int(objects[node][_RS + "index"][0].value) for node in solutions if objects[node][_RS + "index"]]
    ordered = bool(indexes) and len(indexes) == len(solutions)
    if ordered:
        solutions = [node for _, node in sorted(zip(indexes, solutions, strict=True), key=lambda pair: pair[0])]
    rows = (
        {
            objects[binding][_RS + "variable"][0].value: objects[binding][_RS + "value"][0]
            for binding in objects[node][_RS + "binding"]
        }
        for node in solutions
    )
    variables = frozenset(node.value for node in objects[root][_RS + "resultVariable"])
    return Solutions(variables, tuple(rows), ordered)


#: Media type → its reader.
READERS = {JSON: read_json, XML: read_xml, CSV: read_csv, TSV: read_tsv}
#: Ending of an expected file → its media type.
MEDIA_TYPES = {"srj": JSON, "srx": XML, "csv": CSV, "tsv": TSV}
