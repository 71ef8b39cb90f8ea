"""Turtle with line numbers.

pyoxigraph reads each file for the triples, with exact lexical forms and the position of a syntax error. rdflib's
parser, sixty times as slow, tells the line on which each triple's object stands; it reads a file when a line of it is
asked for, which is when something was found in it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib.plugins.parsers.notation3 import BadSyntax

from computeatlas.model.errors import FindingsError
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, ID, RDF, graph_iri
from computeatlas.model.quantities import QuantityNameError, describe_quantity, read_name
from computeatlas.model.units import read_units, shipped_units
from computeatlas.turtle.defaults import add_default_ranks
from computeatlas.turtle.limits import read_turtle
from computeatlas.turtle.recover import recover
from computeatlas.turtle.statement_lines import key_of, statements_of
from computeatlas.turtle.syntax_findings import too_new_finding
from computeatlas.turtle.triples import find_relative_iris, parse_triples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from computeatlas.model.project import Project
    from computeatlas.model.units import Units

#: What the IRIs of quantities begin with.
QUANTITIES = ID + "quantity/"
#: What may be newer than Turtle 1.1 (https://www.w3.org/TR/rdf12-turtle/) or a relative IRI: files with it are read
#: token by token. It may stand in a string or a comment; there it costs time only. A tilde at the end of a typed string
#: is that of a date such as `"2026~"^^edtf:EDTF`, and no reifier.
_LOOK_CLOSER = re.compile(
    r"""<<|\{\||~(?![-\d/.?%~]*"\^\^)|@[a-z][a-z0-9-]*--|version\s*["'#]"""
    r"""|<(?![A-Za-z][A-Za-z0-9+.-]*:)[^\s<>"]*>""",
    re.IGNORECASE,
)


@dataclass
class ParsedFile:
    """The triples of one file and where each of them stands."""

    path: str
    triples: list[ox.Triple]
    text: str = field(repr=False)

    @cached_property
    def _lines(self) -> dict[tuple[str, ...], list[int]]:
        try:
            return _lines_of(self.text)
        except BadSyntax:
            return {}

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many triples each IRI is the subject of."""
        counted: Counter[str] = Counter()
        for triple in self.triples:
            if isinstance(triple.subject, ox.NamedNode):
                counted[triple.subject.value] += 1
        return dict(counted)

    def lines(self, subject: str, predicate: str | None = None, value: str | None = None) -> list[int]:
        """Return the lines of the statements with these terms, in order; the narrowest match that is known."""
        keys = [(subject, predicate, value), (subject, predicate), (subject,)]
        for key in keys:
            exact = tuple(part for part in key if part is not None)
            if len(exact) == len(key) and (found := self._lines.get(exact)):
                return found
        return []

    def line_of(self, triple: ox.Triple) -> int:
        """Return the line of `triple`, or 0 where it is not known, as for a statement on a blank node."""
        return (self.lines(key_of(triple.subject), key_of(triple.predicate), key_of(triple.object)) or [0])[0]


@dataclass
class MadeFile(ParsedFile):
    """Triples that were made for things which a file uses; each stands where the file first uses its subject."""

    #: IRI of a subject → the file and its triple that first uses it.
    uses: dict[str, tuple[ParsedFile, ox.Triple]]

    @cached_property
    def _lines(self) -> dict[tuple[str, ...], list[int]]:
        lines = {iri: file.line_of(use) for iri, (file, use) in self.uses.items()}
        keys = [(key_of(t.subject), key_of(t.predicate), key_of(t.object)) for t in self.triples]
        return _line_index([(*key, lines[key[0]]) for key in keys])


@dataclass
class ParsedGraph:
    """All parsed files of a project, by the folder or named graph that they belong to."""

    files: dict[str, list[ParsedFile]]
    #: The subjects, as they are written, of statements of data files that cannot be read while others of the file can.
    lost: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[tuple[str, ParsedFile]]:
        for graph, files in self.files.items():
            for file in files:
                yield graph, file

    def quads(self) -> Iterator[ox.Quad]:
        """Yield every triple as a quad of its named graph."""
        for graph, file in self:
            name = ox.NamedNode(graph_iri(graph))
            for triple in file.triples:
                yield ox.Quad(triple.subject, triple.predicate, triple.object, name)

    @cached_property
    def units(self) -> Units:
        """The register of units of the ontology, or that which came with the program where it has none."""
        own = read_units(triple for file in self.files["ontology"] for triple in file.triples)
        return own or shipped_units()

    def undescribed_quantities(self) -> dict[str, tuple[ParsedFile, ox.Triple]]:
        """Return the IRIs of quantities that are used and not described, each with file and triple of its first use.

        A thing is described where it is given a type.
        """
        described: set[str] = set()
        used: dict[str, tuple[ParsedFile, ox.Triple]] = {}
        for _graph, file in self:
            described |= file.uses.keys() if isinstance(file, MadeFile) else set()
            for triple in file.triples if "quantity/" in file.text else ():
                value, subject = triple.object, triple.subject
                if isinstance(value, ox.NamedNode) and value.value.startswith(QUANTITIES):
                    used.setdefault(value.value, (file, triple))
                if isinstance(subject, ox.NamedNode) and triple.predicate.value == RDF + "type":
                    described.add(subject.value)
        return {iri: use for iri, use in used.items() if iri not in described}

    def members(self, class_iri: str) -> set[str]:
        """Return the IRIs of the things that are given the type `class_iri`."""
        return set(self._members.get(class_iri, ()))

    @cached_property
    def _members(self) -> dict[str, set[str]]:
        """The IRIs of things by each type that they are given; looked up once, when all files are read."""
        members: dict[str, set[str]] = defaultdict(set)
        for _graph, file in self:
            for triple in file.triples:
                if triple.predicate.value == RDF + "type" and isinstance(triple.subject, ox.NamedNode):
                    members[key_of(triple.object)].add(triple.subject.value)
        return dict(members)

    def place(self, subject: str, predicate: str | None = None, value: str | None = None) -> tuple[str, int]:
        """Return path and line of a statement with these terms; the narrowest match, or ("", 0).

        Of files that match alike it is the one that says most about the subject: others may only declare it.
        """
        best: tuple[tuple[int, int], str, int] | None = None
        for _graph, file in self:
            if subject not in file.sizes:
                continue
            for depth, key in enumerate(((subject, predicate, value), (subject, predicate), (subject,))):
                if None in key:
                    continue
                found = file._lines.get(key)  # type: ignore[arg-type]
                if found:
                    fit = (-depth, file.sizes[subject])
                    if best is None or fit > best[0]:
                        best = (fit, file.path, found[0])
                    break
        return (best[1], best[2]) if best else ("", 0)


#: Named graph of a release → folder of the files that fill it.
FOLDERS = {
    "ontology": "ontology",
    "entities": "graph_data/entities",
    "sources": "graph_data/sources",
    "claims": "graph_data/claims",
}


def parse_project(project: Project, new: Mapping[Path, str] | None = None) -> tuple[ParsedGraph, list[Finding]]:
    """Parse every Turtle file of `project`; returns what could be parsed, and a finding for each file that could not.

    Of a data file with a syntax error, what can be read without it is returned too. Claims without a rank get the
    normal one.
    Quantities that a file describes get the class of their unit; those that are used and described nowhere get triples
    from their names, in files of their own among the entities that have path and line of the first use.
    `new` has the texts of files that are parsed in place of those on disk, whether these are there or not.
    What nothing would read is a finding too: a Turtle file of `graph_data/` outside the three folders, and a link to a
    directory, which is not followed because it may lead in circles.
    """
    new = new or {}
    findings: list[Finding] = []
    files: dict[str, list[ParsedFile]] = {}
    lost: set[str] = set()
    for graph, folder in FOLDERS.items():
        files[graph] = []
        present = project.ontology() if graph == "ontology" else project.turtle(folder)
        added = [path for path in new if path.suffix == ".ttl" and path.is_relative_to(project.root / folder)]
        for path in sorted({*present, *added}, key=project.relative):
            name = project.relative(path)
            parsed, found = parse_text(new[path], name) if path in new else parse_file(path, name)
            findings += found
            if parsed is None and graph != "ontology" and [finding.code for finding in found] == ["syntax"]:
                recovered = recover(new[path] if path in new else path.read_text(encoding="utf-8"))
                parsed = parse_text(recovered.text, name)[0] if recovered else None
                lost |= recovered.lost if recovered else set()
            if parsed:
                files[graph].append(parsed)
    read = {file.path for parsed_files in files.values() for file in parsed_files} | {f.path for f in findings}
    for path in project.turtle("graph_data"):
        if (name := project.relative(path)) not in read:
            what = "this Turtle file is in none of the folders that are read"
            hint = "move it to graph_data/entities, graph_data/sources or graph_data/claims"
            findings.append(Finding(name, 1, "stray-file", what, "its statements would be lost in silence", hint))
    for path in project.linked_directories():
        what = "is a link to a directory, which is not followed"
        why = "its statements would be lost in silence, and links may lead in circles"
        findings.append(Finding(project.relative(path), 1, "linked-directory", what, why, "put the files here"))
    for claims in files["claims"]:
        add_default_ranks(claims)
    parsed_graph = ParsedGraph(files, frozenset(lost))
    _classify_quantities(parsed_graph)
    files["entities"] += _describe_quantities(parsed_graph)
    return parsed_graph, findings


def _classify_quantities(graph: ParsedGraph) -> None:
    """Give quantities that a file describes, but for their class, the class of their unit: ranges name that."""
    described = (ox.NamedNode(RDF + "type"), ox.NamedNode(ATLAS + "QuantityValue"))
    for file in graph.files["entities"]:
        triples = file.triples if "QuantityValue" in file.text else []
        general = {triple.subject for triple in triples if (triple.predicate, triple.object) == described}
        for triple in [t for t in triples if t.subject in general and t.predicate.value == ATLAS + "unit"]:
            if unit := graph.units.by_notation.get(key_of(triple.object)):
                file.triples.append(ox.Triple(triple.subject, described[0], ox.NamedNode(unit.kind)))


def _describe_quantities(graph: ParsedGraph) -> list[ParsedFile]:
    """Return the triples of quantities that files of `graph` use by their names, as if they stood at the first use.

    Names that say no quantity are left out: `find_unknown_codes` finds them.
    """
    made: dict[str, MadeFile] = {}
    for iri, (file, use) in graph.undescribed_quantities().items():
        try:
            quantity = read_name(iri.removeprefix(QUANTITIES), graph.units)
        except QuantityNameError:
            continue
        target = made.setdefault(file.path, MadeFile(file.path, [], "", {}))
        target.triples += describe_quantity(iri, quantity, graph.units)
        target.uses[iri] = file, use
    return [made[path] for path in sorted(made)]


def parse_file(path: Path, name: str) -> tuple[ParsedFile | None, list[Finding]]:
    """Parse the Turtle file `path`, called `name` in findings; returns the file, or None, and what was found.

    The grammar is Turtle 1.1 (https://www.w3.org/TR/turtle/).
    """
    data, findings = read_turtle(path, name)
    if data is None:
        return None, findings
    parsed, found = parse_text(data.decode("utf-8"), name)
    return parsed, findings + found


def parse_text(text: str, name: str) -> tuple[ParsedFile | None, list[Finding]]:
    """Parse the Turtle `text`, called `name` in findings; returns what it holds, or None, and what was found."""
    try:
        triples = parse_triples(text, name, "the file is not Turtle, so nothing of it was read")
        if _LOOK_CLOSER.search(text):
            # Of a file in Turtle 1.1 each token is known; rdflib would take a triple term for an IRI.
            if relative := find_relative_iris(text, name):
                return None, relative
            statements_of(text)
    except FindingsError as error:
        return None, list(error.findings)
    except BadSyntax as error:
        return None, [too_new_finding(name, error.lines + 1)]
    return ParsedFile(name, triples, text), []


@lru_cache(maxsize=32)
def _lines_of(text: str) -> dict[tuple[str, ...], list[int]]:
    """Return the index of the statements of `text`; raises BadSyntax as `statements_of` does.

    Kept for the files asked for last: who checks after each change, as `--watch` does, asks for most of them again.
    """
    return _line_index(statements_of(text))


def _line_index(statements: list[tuple[str, str, str, int]]) -> dict[tuple[str, ...], list[int]]:
    """Return the lines of `statements` by subject, by subject and predicate, and by all three terms."""
    index: dict[tuple[str, ...], list[int]] = {}
    for subject, predicate, value, line in statements:
        for key in ((subject, predicate, value), (subject, predicate), (subject,)):
            index.setdefault(key, []).append(line)
    return index
