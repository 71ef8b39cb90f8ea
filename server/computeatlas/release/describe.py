"""The description of a release in its own metadata graph: VoID (https://www.w3.org/TR/void/), DCAT 3 and counts.

No time of building is recorded: the same input must give the same bytes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import (
    ATLAS,
    DATASET_IRI,
    DCAT,
    DCTERMS,
    OWL,
    RDF,
    VOID,
    XSD,
    graph_iri,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_TYPE = ox.NamedNode(RDF + "type")
_HEADER = ("title", "description", "license", "creator")


def ontology_version(ontology: list[ox.Triple]) -> str:
    """Return the owl:versionInfo of the ontology header, or "0" where there is none."""
    versions = sorted(
        triple.object.value
        for triple in ontology
        if triple.predicate.value == OWL + "versionInfo" and not isinstance(triple.object, ox.Triple)
    )
    return versions[0] if versions else "0"


def describe(graphs: dict[str, list[ox.Triple]], day: date | None = None) -> Iterator[ox.Triple]:
    """Yield the description of the data set made of `graphs`, triples by the name of their named graph.

    `day` is that by which all documents had been issued, where the release looks back: the end of the period that it
    covers (https://www.w3.org/TR/vocab-dcat-3/#Property:dataset_temporal).
    """
    dataset = ox.NamedNode(DATASET_IRI)
    yield ox.Triple(dataset, _TYPE, ox.NamedNode(VOID + "Dataset"))
    yield ox.Triple(dataset, _TYPE, ox.NamedNode(DCAT + "Dataset"))
    yield from _header(dataset, graphs["ontology"])
    if day:
        period = ox.NamedNode(f"{DATASET_IRI}/period")
        yield ox.Triple(dataset, ox.NamedNode(DCTERMS + "temporal"), period)
        yield ox.Triple(period, _TYPE, ox.NamedNode(DCTERMS + "PeriodOfTime"))
        end = ox.Literal(day.isoformat(), datatype=ox.NamedNode(XSD + "date"))
        yield ox.Triple(period, ox.NamedNode(DCAT + "endDate"), end)
    version = ox.Literal(ontology_version(graphs["ontology"]))
    yield ox.Triple(dataset, ox.NamedNode(OWL + "versionInfo"), version)
    yield ox.Triple(dataset, ox.NamedNode(DCAT + "version"), version)
    yield ox.Triple(dataset, ox.NamedNode(VOID + "vocabulary"), ox.NamedNode(ATLAS))
    yield ox.Triple(dataset, ox.NamedNode(VOID + "triples"), _number(sum(map(len, graphs.values()))))
    for name, triples in graphs.items():
        graph = ox.NamedNode(graph_iri(name))
        yield ox.Triple(dataset, ox.NamedNode(VOID + "subset"), graph)
        yield ox.Triple(graph, _TYPE, ox.NamedNode(VOID + "Dataset"))
        yield ox.Triple(graph, ox.NamedNode(VOID + "triples"), _number(len(triples)))
    # The metadata graph cannot state its own size.
    yield ox.Triple(dataset, ox.NamedNode(VOID + "subset"), ox.NamedNode(graph_iri("metadata")))
    yield ox.Triple(ox.NamedNode(graph_iri("metadata")), _TYPE, ox.NamedNode(VOID + "Dataset"))
    yield from _class_partitions(dataset, graphs)


def _header(dataset: ox.NamedNode, ontology: list[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield title, description, licence and creator of the data set: its own, or those of the ontology."""
    headers = {t.subject for t in ontology if t.predicate == _TYPE and t.object == ox.NamedNode(OWL + "Ontology")}
    own = {triple.predicate for triple in ontology if triple.subject == dataset}
    parts = {DCTERMS + key for key in _HEADER}
    # Modules of an ontology say the same in their headers.
    yield from dict.fromkeys(
        ox.Triple(dataset, triple.predicate, triple.object)
        for triple in ontology
        if triple.predicate.value in parts
        and (triple.subject == dataset or (triple.subject in headers and triple.predicate not in own))
    )


def _class_partitions(dataset: ox.NamedNode, graphs: dict[str, list[ox.Triple]]) -> Iterator[ox.Triple]:
    members: Counter[str] = Counter()
    seen: set[ox.Triple] = set()
    for name in ("entities", "sources", "claims", "inferred"):
        for triple in graphs[name]:
            if triple.predicate == _TYPE and isinstance(triple.object, ox.NamedNode) and triple not in seen:
                seen.add(triple)
                members[triple.object.value] += 1
    for iri, count in sorted(members.items()):
        if not iri.startswith(ATLAS):
            continue
        part = ox.NamedNode(f"{DATASET_IRI}/class/{iri.removeprefix(ATLAS)}")
        yield ox.Triple(dataset, ox.NamedNode(VOID + "classPartition"), part)
        yield ox.Triple(part, ox.NamedNode(VOID + "class"), ox.NamedNode(iri))
        yield ox.Triple(part, ox.NamedNode(VOID + "entities"), _number(count))


def _number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer"))
