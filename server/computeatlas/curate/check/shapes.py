"""SHACL Core (https://www.w3.org/TR/shacl/): what each single record must have.

The shapes are in `ontology/shapes/`. Rules that compare records are queries instead (`rules.py`): with `sh:sparql`,
pySHACL asks once for each node and takes minutes where Oxigraph takes milliseconds.

A property shape says in `sh:message` what is wrong, in `sh:description` why that matters, in `rdfs:comment` how to fix
it; the local name of its IRI is the code of the finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rdflib
from rdflib.namespace import RDF, RDFS, SH

from computeatlas.model.errors import UsageError
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from computeatlas.turtle.lines import ParsedGraph


def find_shape_violations(graph: ParsedGraph, shapes: list[Path]) -> list[Finding]:
    """Return a finding for each result of the validation, in the order of the files.

    Raises UsageError where a file of `shapes` is not Turtle.
    """
    # It takes as long to import as the rest of a command that checks nothing, such as one that serves a release.
    import pyshacl

    shapes_graph = rdflib.Graph()
    for path in shapes:
        try:
            shapes_graph.parse(path, format="turtle")
        except (OSError, SyntaxError) as error:
            raise UsageError("is not a file of shapes", where=str(path), why=str(error).splitlines()[0]) from error
    data = rdflib.Graph()
    for _name, file in graph:
        data += file.rdflib_graph
    _conforms, report, _text = pyshacl.validate(data, shacl_graph=shapes_graph, inference="none", advanced=False)
    return sorted(_findings(graph, shapes_graph, report))


def _findings(graph: ParsedGraph, shapes: rdflib.Graph, report: rdflib.Graph) -> Iterator[Finding]:
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape = report.value(result, SH.sourceShape)
        focus = report.value(result, SH.focusNode)
        path = report.value(result, SH.resultPath)
        value = report.value(result, SH.value)
        place, line = graph.place(str(focus), _text(path), _text(value))
        named = shorten(str(focus)) if isinstance(focus, rdflib.URIRef) else "a blank node"
        yield Finding(
            place,
            line,
            str(shape).rpartition("/")[2],
            f"{named} {report.value(result, SH.resultMessage)}",
            str(shapes.value(shape, SH.description) or ""),
            str(shapes.value(shape, RDFS.comment) or ""),
        )


def _text(term: rdflib.term.Node | None) -> str | None:
    return None if term is None else str(term)
