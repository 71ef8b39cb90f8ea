"""Faults of single statements.

Undeclared terms, identifiers defined twice, names that break the naming scheme, characters that XML cannot hold.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.serialise import not_in_xml
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, ID, KINDS, OWL, RDF, RDFS, XSD, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.turtle.lines import ParsedFile, ParsedGraph

_TYPE = RDF + "type"
#: The vocabulary of OWL, RDF, RDFS and XSD is there without a declaration.
_BUILT_IN = (OWL, RDF, RDFS, XSD)
#: Types that declare a term or a thing.
_DECLARATIONS = frozenset(
    ox.NamedNode(OWL + kind)
    for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")
)
_NAME = re.compile(r"^[a-z0-9][a-z0-9.-]*$")


def find_structural_faults(graph: ParsedGraph) -> list[Finding]:
    """Return the faults that single statements show, in the order of the files."""
    return [*_undeclared_terms(graph), *_twice_defined(graph), *_names_out_of_scheme(graph), *_not_in_xml(graph)]


def declared_terms(graph: ParsedGraph) -> set[str]:
    """Return the IRIs that the ontology files give a type to: its own terms and those of other vocabularies."""
    return {
        triple.subject.value
        for file in graph.files["ontology"]
        for triple in file.triples
        if triple.predicate.value == _TYPE and isinstance(triple.subject, ox.NamedNode)
    }


def _undeclared_terms(graph: ParsedGraph) -> Iterator[Finding]:
    declared = declared_terms(graph)
    for _name, file in graph:
        reported: set[tuple[str, int]] = set()
        for triple in file.triples:
            for term in _used_terms(triple):
                if term in declared or term.startswith(_BUILT_IN):
                    continue
                line = file.line_of(triple)
                if (term, line) in reported:
                    continue
                reported.add((term, line))
                yield Finding(
                    file.path,
                    line,
                    "undeclared-term",
                    f"{shorten(term)} is not declared in the ontology",
                    "a misspelt or unknown term would be accepted and never be found by a query",
                    _suggestion(term, declared),
                )


def _used_terms(triple: ox.Triple) -> Iterator[str]:
    """Yield the IRIs that `triple` uses as a property, as a class, or otherwise as a term of ours."""
    yield triple.predicate.value
    value = triple.object
    if isinstance(value, ox.NamedNode) and (triple.predicate.value == _TYPE or value.value.startswith(ATLAS)):
        yield value.value


def _suggestion(term: str, declared: set[str]) -> str:
    names = {shorten(iri): iri for iri in declared}
    near = difflib.get_close_matches(shorten(term), names, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else "use a declared term, or declare it in ontology/"


def _twice_defined(graph: ParsedGraph) -> Iterator[Finding]:
    """An identifier is defined where it gets a type; once, in one file. A file may declare terms of another."""
    typed = {file.path: _typed(file) for _name, file in graph}
    often = Counter(subject for subjects in typed.values() for subject in subjects)
    first: dict[str, tuple[str, int]] = {}
    for _name, file in graph:
        # Lines are looked up for what gets several types only: it takes time.
        for subject in dict.fromkeys(subject for subject in typed[file.path] if often[subject] > 1):
            # Two types in one statement (`a x , y`) stand on one line or follow one another.
            for line in _beginnings(file.lines(subject, _TYPE)):
                if subject in first:
                    path, before = first[subject]
                    yield Finding(
                        file.path,
                        line,
                        "duplicate-identifier",
                        f"{shorten(subject)} is already defined at {path}:{before}",
                        "the two would flow together into one thing with the statements of both",
                        "give one of them another name",
                    )
                else:
                    first[subject] = (file.path, line)


def _typed(file: ParsedFile) -> list[str]:
    """Return the subjects of the statements of types, in their order; without those that are declared only."""
    declared = _only_declared(file)
    return [
        triple.subject.value
        for triple in file.triples
        if triple.predicate.value == _TYPE
        and isinstance(triple.subject, ox.NamedNode)
        and triple.subject.value not in declared
    ]


def _only_declared(file: ParsedFile) -> set[str]:
    """Return what the file says nothing of but that it is a class, a property or an individual.

    So a module of an ontology names what it needs of others (https://www.w3.org/TR/owl2-syntax/#Entity_Declarations).
    """
    declared: set[str] = set()
    described: set[str] = set()
    for triple in file.triples:
        if isinstance(triple.subject, ox.NamedNode):
            is_declaration = triple.predicate.value == _TYPE and triple.object in _DECLARATIONS
            (declared if is_declaration else described).add(triple.subject.value)
    return declared - described


def _beginnings(lines: list[int]) -> Iterator[int]:
    last: int | None = None
    for line in lines:
        if last is None or line > last + 1:
            yield line
        last = line


def _names_out_of_scheme(graph: ParsedGraph) -> Iterator[Finding]:
    kinds = {*KINDS.values(), "scheme"}
    for name, file in graph:
        if name == "ontology":
            continue
        for subject in dict.fromkeys(t.subject.value for t in file.triples if isinstance(t.subject, ox.NamedNode)):
            if not subject.startswith(ID):
                continue
            kind, _, local = subject.removeprefix(ID).partition("/")
            if kind in kinds and _NAME.match(local):
                continue
            yield Finding(
                file.path,
                (file.lines(subject) or [0])[0],
                "naming-scheme",
                f"{shorten(subject)} does not follow {ID}KIND/NAME",
                f"KIND is one of {', '.join(sorted(kinds))}; NAME has small letters a to z, digits, dots and hyphens",
                "rename it",
            )


def _not_in_xml(graph: ParsedGraph) -> Iterator[Finding]:
    """Literals only: no IRI can hold such a character (https://www.rfc-editor.org/rfc/rfc3987#section-2.2)."""
    for _name, file in graph:
        for triple in file.triples:
            if isinstance(triple.object, ox.Literal) and (character := not_in_xml(triple.object.value)):
                yield Finding(
                    file.path,
                    file.line_of(triple),
                    "not-in-xml",
                    f"a value of {shorten(triple.predicate.value)} holds the character U+{ord(character):04X}",
                    "XML 1.0 has no way to write it, so exports in RDF/XML and results in XML would fail",
                    "remove it, also where it is written as an escape",
                )
