"""The two files that name every Turtle file of a graph, so that Protégé opens all of them offline.

`ontology/compute-atlas-all.ttl` imports them, `ontology/catalog-v001.xml` leads each import to its file
(https://www.oasis-open.org/committees/download.php/14810/xml-catalogs.pdf). Both are made from the ontology headers of
the files: `fmt` writes them, and so does whatever adds a file. A graph that has neither is for people without Protégé.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

import pyoxigraph as ox

from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import BASE, OWL, RDF
from computeatlas.turtle.lines import MadeFile
from computeatlas.turtle.statement import Part, Statement, prefix_line
from computeatlas.turtle.triples import parse_triples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from computeatlas.model.project import Project
    from computeatlas.turtle.lines import ParsedGraph

ALL_IRI = BASE + "all"
_ALL = "ontology/compute-atlas-all.ttl"
_CATALOGUE = "ontology/catalog-v001.xml"
_REMARK = (
    "# Open this file in Protégé: it brings in ontology, code lists and data by way of catalog-v001.xml, offline.\n"
    "# `computeatlas fmt` writes both files from the ontology headers of all others.\n"
)
_IS_ONTOLOGY = (ox.NamedNode(RDF + "type"), ox.NamedNode(OWL + "Ontology"))
_VERSION = ox.NamedNode(OWL + "versionIRI")
_CATALOGUE_NAMESPACE = "urn:oasis:names:tc:entity:xmlns:xml:catalog"


@dataclass(frozen=True)
class _Header:
    """The ontology header of the file with the relative path `name`; `version` is empty where it gives none."""

    name: str
    iri: str
    version: str

    @property
    def entries(self) -> list[tuple[str, str]]:
        """The IRIs that lead to the file, each with its path as seen from `ontology/`."""
        seen = self.name.removeprefix("ontology/") if self.name.startswith("ontology/") else f"../{self.name}"
        return [(iri, seen) for iri in (self.iri, self.version) if iri]


def protege_files(project: Project) -> list[Path]:
    """Return those of the two files that `project` has."""
    return [path for name in (_ALL, _CATALOGUE) if (path := project.root / name).is_file()]


def stale_protege_files(
    project: Project, new: Mapping[Path, str] | None = None, parsed: ParsedGraph | None = None
) -> dict[Path, str]:
    """Return the text that the two files should have, for those that `project` has with another text.

    `new` has the texts of Turtle files that are about to be written, `parsed` what was read of others. A file without
    an ontology header cannot be imported and is left out. Raises FindingsError where a file is not Turtle, UsageError
    where one cannot be read.
    """
    present = protege_files(project)
    if not present:
        return {}
    headers = list(_headers(project, new or {}, parsed))
    texts = {project.root / _ALL: _imports(headers), project.root / _CATALOGUE: _catalogue(headers)}
    # Bytes are compared, so that other line ends count as stale.
    return {path: texts[path] for path in present if path.read_bytes() != texts[path].encode()}


def catalogue(entries: Iterable[tuple[str, str]]) -> str:
    """Return an XML catalogue that leads each IRI to the file given with it."""
    root = ElementTree.Element("catalog", {"prefer": "public", "xmlns": _CATALOGUE_NAMESPACE})
    for iri, file in entries:
        ElementTree.SubElement(root, "uri", {"name": iri, "uri": file})
    ElementTree.indent(root, "    ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _headers(project: Project, new: Mapping[Path, str], parsed: ParsedGraph | None) -> Iterator[_Header]:
    """Yield the headers: those of the ontology, of its code lists, of the data, each in the order of the paths."""
    paths = {*project.ontology(), *project.turtle("graph_data"), *new} - {project.root / _ALL}
    names = {project.relative(path): path for path in paths}
    read = {file.path: file.triples for _folder, file in parsed or () if not isinstance(file, MadeFile)}
    for name in sorted(
        names, key=lambda name: (name.startswith("graph_data/"), name.count("/") > 1, name.removesuffix(".ttl"))
    ):
        if names[name] in new or name not in read:
            text = new[names[name]] if names[name] in new else read_text(names[name], name)
            triples = parse_triples(text, name, "so it cannot be named to Protégé")
        else:
            triples = read[name]
        versions = {t.subject: t.object.value for t in triples if t.predicate == _VERSION and _is_named(t.object)}
        for triple in triples:
            if (triple.predicate, triple.object) == _IS_ONTOLOGY and _is_named(triple.subject):
                yield _Header(name, triple.subject.value, versions.get(triple.subject, ""))


def _is_named(term: object) -> TypeGuard[ox.NamedNode]:
    return isinstance(term, ox.NamedNode)


def _imports(headers: list[_Header]) -> str:
    imported = tuple(ox.NamedNode(header.iri) for header in headers)
    predicate, ontology = _IS_ONTOLOGY
    parts = [Part(predicate, (ontology,))]
    if imported:
        parts.append(Part(ox.NamedNode(OWL + "imports"), imported))
    statement = Statement(ox.NamedNode(ALL_IRI), tuple(parts))
    return _REMARK + "".join(map(prefix_line, sorted(statement.prefixes()))) + "\n" + statement.text()


def _catalogue(headers: list[_Header]) -> str:
    return catalogue([(ALL_IRI, _ALL.removeprefix("ontology/")), *(e for header in headers for e in header.entries)])


def read_text(path: Path, name: str) -> str:
    """Return the text of `path` with its line ends as they are.

    Raises UsageError, calling it `name`, where it cannot be read as UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("cannot be read as UTF-8 text", where=name, why=str(error)) from error
