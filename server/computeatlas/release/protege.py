"""The bundle for ontology editors: a release as OWL files that Protégé opens offline.

One RDF/XML file for each named graph that holds statements of the curators, one that imports them all, and a catalogue
(https://www.oasis-open.org/committees/download.php/14810/xml-catalogs.pdf) that leads every import to its file. Each
assertion of the current view is annotated with the claims that it rests on. The same statements are in one file more,
without imports, for tools that read no catalogue, such as owlready2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.protege_files import ALL_IRI, catalogue
from computeatlas.engine.embedded import Query
from computeatlas.engine.serialise import serialise
from computeatlas.model.errors import DataError, FormatError, UsageError
from computeatlas.model.namespaces import BASE, ONTOLOGY_IRI, OWL, RDF, RDFS, graph_iri

if TYPE_CHECKING:
    from pathlib import Path

    from computeatlas.engine.embedded import EmbeddedEngine

#: Named graph → IRI of the ontology that its file holds.
PARTS = {
    "ontology": ONTOLOGY_IRI,
    "entities": BASE + "data/entities",
    "sources": BASE + "data/sources",
    "claims": BASE + "data/claims",
    "current": BASE + "data/current",
}
ALL = "compute-atlas.owl"
#: All parts in one file.
WHOLE = "compute-atlas-whole.owl"
CATALOG = "catalog-v001.xml"

_TYPE = ox.NamedNode(RDF + "type")
_ONTOLOGY = ox.NamedNode(OWL + "Ontology")
_IMPORTS = ox.NamedNode(OWL + "imports")
_INDIVIDUAL = ox.NamedNode(OWL + "NamedIndividual")
_WHOLE_IRI = BASE + "whole"
#: Types in these namespaces make a term or an axiom, any other makes an individual.
_NO_INDIVIDUALS = (OWL, RDF, RDFS)


def export_protege(engine: EmbeddedEngine, target: Path) -> list[Path]:
    """Write the bundle into the directory `target`, which is made, and return its files, the one to open first.

    Raises UsageError where the directory has other files in it or cannot be written, DataError where the release holds
    what RDF/XML cannot express.
    """
    names = [ALL, *(f"{name}.owl" for name in PARTS), WHOLE, CATALOG]
    try:
        target.mkdir(parents=True, exist_ok=True)
        others = sorted(path.name for path in target.iterdir() if path.name not in names)
        if others:
            hint = "name a new directory, or an older bundle"
            raise UsageError(f"has other files in it, such as {others[0]}", where=str(target), hint=hint)
        parts = {name: _part(engine, name, iri) for name, iri in PARTS.items()}
        for name, triples in parts.items():
            (target / f"{name}.owl").write_bytes(_in_xml(triples, f"{name}.owl"))
        (target / WHOLE).write_bytes(_in_xml(_whole(parts), WHOLE))
        (target / ALL).write_bytes(serialise(_header(ALL_IRI, list(PARTS.values())), ox.RdfFormat.RDF_XML))
        entries = [(ALL_IRI, ALL), *((iri, f"{name}.owl") for name, iri in PARTS.items())]
        (target / CATALOG).write_text(catalogue(entries), encoding="utf-8")
    except OSError as error:
        hint = "name a directory that can be written"
        raise UsageError("cannot be written", where=str(target), why=error.strerror, hint=hint) from error
    return [target / name for name in names]


def _in_xml(triples: list[ox.Triple], name: str) -> bytes:
    try:
        return serialise(triples, ox.RdfFormat.RDF_XML)
    except FormatError as error:
        hint = "correct the files that the release was built from; `computeatlas check` names file and line"
        raise DataError(f"cannot be written: {error.what}", where=name, hint=hint) from error


def _part(engine: EmbeddedEngine, name: str, iri: str) -> list[ox.Triple]:
    """Return the triples of a named graph under one header: that of the terms stays, those of the files go.

    So do imports: what they brought in, the modules of the ontology, is in the graph.
    """
    triples = engine.graph(Query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph_iri(name)}> {{ ?s ?p ?o }} }}"))
    files = {t.subject for t in triples if t.predicate == _TYPE and t.object == _ONTOLOGY} - {ox.NamedNode(iri)}
    kept = sorted((t for t in triples if t.subject not in files and t.predicate != _IMPORTS), key=str)
    kept += _declarations(kept)
    return kept if name == "ontology" else [*_header(iri, [ONTOLOGY_IRI]), *kept]


def _declarations(triples: list[ox.Triple]) -> list[ox.Triple]:
    """Return declarations of the things in `triples` as named individuals: some tools list only what is declared."""
    things = {
        t.subject
        for t in triples
        if t.predicate == _TYPE
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.NamedNode)
        and not t.object.value.startswith(_NO_INDIVIDUALS)
    }
    return [ox.Triple(thing, _TYPE, _INDIVIDUAL) for thing in sorted(things, key=str)]


def _whole(parts: dict[str, list[ox.Triple]]) -> list[ox.Triple]:
    """Return all triples of the parts, with one header that imports nothing in place of theirs."""
    headers = {ox.NamedNode(iri) for iri in PARTS.values()}
    kept = dict.fromkeys(t for triples in parts.values() for t in triples if t.subject not in headers)
    return [*_header(_WHOLE_IRI, []), *kept]


def _header(iri: str, imports: list[str]) -> list[ox.Triple]:
    header = ox.NamedNode(iri)
    imported = [ox.Triple(header, _IMPORTS, ox.NamedNode(other)) for other in imports]
    return [ox.Triple(header, _TYPE, _ONTOLOGY), *imported]
