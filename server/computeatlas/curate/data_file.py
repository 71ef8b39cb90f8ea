"""A curated data file: its IRI, its ontology header, by which Protégé knows it, and its first text."""

from __future__ import annotations

import pyoxigraph as ox

from computeatlas.model.namespaces import BASE, ONTOLOGY_IRI, OWL, RDF
from computeatlas.turtle.statement import Part, Statement, prefix_line


def data_iri(folder: str, name: str) -> str:
    """Return the IRI of the file `name`.ttl in graph_data/`folder`, as ontology header and Protégé's catalogue say."""
    return f"{BASE}data/{folder}/{name}"


def new_file(iri: str, comment: str, *statements: Statement) -> str:
    """Return a file with `comment`, the prefixes that it needs, the ontology header of `iri`, and `statements`."""
    header = ontology_header(iri)
    needed = sorted(header.prefixes().union(*(statement.prefixes() for statement in statements)))
    lines = "".join(prefix_line(prefix) for prefix in needed)
    return "\n".join([f"# {comment}\n{lines}", header.text(), *(statement.text() for statement in statements)])


def ontology_header(iri: str) -> Statement:
    """Return the header by which Protégé knows the data file `iri`."""
    imports = Part(ox.NamedNode(OWL + "imports"), (ox.NamedNode(ONTOLOGY_IRI),))
    return Statement(ox.NamedNode(iri), (Part(ox.NamedNode(RDF + "type"), (ox.NamedNode(OWL + "Ontology"),)), imports))
