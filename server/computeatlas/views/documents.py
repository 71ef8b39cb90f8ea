"""Documents, with what rests on them and how their claims have fared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, DCTERMS, PREFIXES
from computeatlas.model.record_facts import read_source
from computeatlas.model.terms import iri, iri_of, text_of, whole_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from computeatlas.model.records import Source
    from computeatlas.model.terms import Term
    from computeatlas.views.reader import Reader

#: A document of more subjects than that has no list of them on the page.
MOST_SUBJECTS = 60
#: Name of a modality → column of `sources_figures`.
MODALITIES = {
    "reported": "reported",
    "announced-plan": "planned",
    "estimate": "estimated",
    "prediction": "predicted",
    "speculation": "speculated",
    "opinion": "opinions",
    "stated-unknown": "unknown",
}
#: Column of `sources_figures` → property of the document.
_COLUMNS = {
    "publisher": DCTERMS + "publisher",
    "issued": DCTERMS + "issued",
    "dateInferred": ATLAS + "dateInferred",
    "language": DCTERMS + "language",
    "page": PREFIXES["foaf"] + "page",
    "kind": ATLAS + "sourceKind",
    "reliability": ATLAS + "reliability",
    "copyOf": ATLAS + "copyOf",
    "digest": ATLAS + "sha256",
}


@dataclass(frozen=True)
class Figures:
    """A source in figures, with the curators' note on it, None where there is none.

    `by_modality` counts its claims by the name of their modality. `contradicted` claims are contradicted by any other,
    `contradicted_elsewhere` by one that another document supports. `facts` are the plain triples of the current view
    that rest on it, `alone` those that rest on no other document.
    """

    source: Source
    note: ox.Literal | None
    passages: int
    claims: int
    subjects: int
    by_modality: Mapping[str, int]
    preferred: int
    deprecated: int
    contradicted: int
    contradicted_elsewhere: int
    facts: int
    alone: int


def read_documents(reader: Reader) -> tuple[str, ...]:
    """Return the IRIs of all documents, the newest first, those without a date last."""
    return tuple(name for row in reader.records("sources_list") if (name := iri_of(row.get("document"))))


def read_records(reader: Reader, documents: Iterable[str]) -> tuple[Figures, ...]:
    """Return `documents` in figures, in their order."""
    nodes = [node for name in documents if (node := iri(name))]
    if not nodes:
        return ()
    label_language = [ox.Literal(reader.language)]
    found = {
        text_of(row.get("document")): row
        for row in reader.records("sources_figures", document=nodes, labelLanguage=label_language)
    }
    return tuple(_record(found[node.value]) for node in nodes if node.value in found)


def read_subjects(reader: Reader, records: Iterable[Figures]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return for each document its subjects, each with the number of claims on it, the most spoken of first.

    Documents with more than `MOST_SUBJECTS` are left out.
    """
    nodes = [node for record in records if 0 < record.subjects <= MOST_SUBJECTS and (node := iri(record.source.iri))]
    found: dict[str, list[tuple[str, int]]] = {node.value: [] for node in nodes}
    if nodes:
        for row in reader.records("sources_subjects", document=nodes):
            if subject := iri_of(row.get("subject")):
                found[text_of(row["document"])].append((subject, whole_of(row.get("claims")) or 0))
    return {name: tuple(subjects) for name, subjects in found.items()}


def _record(row: Mapping[str, Term]) -> Figures:
    def count(name: str) -> int:
        return whole_of(row.get(name)) or 0

    note = row.get("note")
    said = {name: [row[key]] for key, name in _COLUMNS.items() if key in row}
    return Figures(
        source=read_source(text_of(row["document"]), said),
        note=note if isinstance(note, ox.Literal) else None,
        passages=count("passages"),
        claims=count("claims"),
        subjects=count("subjects"),
        by_modality={name: count(column) for name, column in MODALITIES.items()},
        preferred=count("preferred"),
        deprecated=count("deprecated"),
        contradicted=count("contradicted"),
        contradicted_elsewhere=count("contradictedElsewhere"),
        facts=count("facts"),
        alone=count("alone"),
    )
