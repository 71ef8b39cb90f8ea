"""SHACL Core (https://www.w3.org/TR/shacl/): what each single record must have.

The shapes are in `ontology/shapes/`. Of records that they cannot tell apart one is validated: all of them took rudof
0.8 ms and 170 kB a claim. Rules that compare records are queries instead (`rules.py`): `sh:sparql` is asked once for
each node, which takes minutes where one query takes milliseconds.

A property shape says in `sh:message` what is wrong, in `sh:description` why that matters, in `rdfs:comment` how to fix
it; the local name of its IRI is the code of the finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.check.shape_samples import Records, of_single_values, sight_of
from computeatlas.engine.serialise import serialise
from computeatlas.model.errors import UsageError
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import RDFS, SH, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyrudof

    from computeatlas.turtle.lines import ParsedGraph


def find_shape_violations(graph: ParsedGraph, shapes: list[Path]) -> list[Finding]:
    """Return a finding for each result of the validation, in the order of the files.

    Raises UsageError where a file of `shapes` is not Turtle or has no shapes.
    """
    triples = [triple for path in shapes for triple in _read(path)]
    if not triples or not any(file.triples for _name, file in graph):
        return []
    where = ", ".join(map(str, shapes))
    sight = sight_of(triples)
    if sight is None:
        results = _validate([triple for _name, file in graph for triple in file.triples], triples, where)
    else:
        results = _validate_sample(Records(graph, sight), triples, where)
    texts = {
        (triple.subject.value, triple.predicate.value): triple.object.value
        for triple in triples
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.Literal)
    }
    return sorted(set(_findings(graph, texts, results)))


def _validate(data: list[ox.Triple], shapes: list[ox.Triple], where: str) -> list[pyrudof.ShaclValidationEntry]:
    """Return the results of the validation of `data`; raises UsageError where the files `where` are no shapes."""
    # A large library, which a command that checks nothing need not load.
    import pyrudof

    validator = pyrudof.Rudof(pyrudof.RudofConfig())
    text = serialise(data, ox.RdfFormat.N_TRIPLES).decode()
    validator.read_data(text, pyrudof.RDFFormat.NTriples, reader_mode=pyrudof.ReaderMode.Strict)
    try:
        validator.read_shacl(serialise(shapes, ox.RdfFormat.N_TRIPLES).decode(), pyrudof.ShaclFormat.NTriples)
    except pyrudof.RudofError as error:
        raise UsageError("the shapes cannot be read as SHACL", where=where, why=str(error).splitlines()[0]) from error
    return list(validator.validate_shacl(mode=pyrudof.ShaclValidationMode.Native))


def _validate_sample(records: Records, shapes: list[ox.Triple], where: str) -> list[pyrudof.ShaclValidationEntry]:
    """Return the results of the validation of `records`, of which one stands for all that are alike."""
    things, stood = records.stand_ins()
    faulty = {result.focus_node for result in _validate(things, of_single_values(shapes), where)} if stood else set()
    groups = records.alike(set().union(*(stood[name] for name in faulty if name in stood)))
    first = {_name(group[0]): group for group in groups}
    results = _results_on([group[0] for group in groups], records, shapes, where)
    # What is wrong with one is wrong with all that are like it.
    others = [node for name in dict.fromkeys(r.focus_node for r in results) for node in first[name][1:]]
    return results + (_results_on(others, records, shapes, where) if others else [])


def _results_on(
    nodes: list[ox.NamedNode | ox.BlankNode], records: Records, shapes: list[ox.Triple], where: str
) -> list[pyrudof.ShaclValidationEntry]:
    """Return the results on `nodes`: of their values, data that is validated may have no more than the types."""
    names = set(map(_name, nodes))
    return [one for one in _validate(records.describe(nodes), shapes, where) if one.focus_node in names]


def _name(node: ox.NamedNode | ox.BlankNode) -> str:
    """Return what rudof calls a node."""
    return node.value if isinstance(node, ox.NamedNode) else str(node)


def _read(path: Path) -> list[ox.Triple]:
    try:
        quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
        return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads]
    except (OSError, SyntaxError) as error:
        raise UsageError("is not a file of shapes", where=str(path), why=str(error).splitlines()[0]) from error


def _findings(
    graph: ParsedGraph, texts: dict[tuple[str, str], str], results: list[pyrudof.ShaclValidationEntry]
) -> Iterator[Finding]:
    for result in results:
        shape = result.source_shape or ""
        value = _value(result.value)
        place, line = graph.place(result.focus_node, result.path, value)
        named = shorten(result.focus_node) if ":" in result.focus_node else "a blank node"
        message = texts.get((shape, SH + "message"), "does not have the shape that it must have")
        yield Finding(
            place,
            line,
            shape.rpartition("/")[2],
            f"{named} {message}",
            texts.get((shape, SH + "description"), ""),
            texts.get((shape, RDFS + "comment"), ""),
        )


def _value(written: str | None) -> str | None:
    """Return the IRI or the lexical form of a value as rudof writes it: a literal in quotation marks, unescaped."""
    if written is None or not written.startswith('"'):
        return written
    return written[1 : written.rindex('"')]
