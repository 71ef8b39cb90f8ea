"""Documents, with what rests on them and how their claims have fared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.views.query import iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from computeatlas.engine.table import Term
    from computeatlas.views.reader import Reader

#: A document of more subjects than that has no list of them on the page.
MOST_SUBJECTS = 60
#: Name of a modality → column of `sources_figures`.
MODALITIES = {
    "reported": "reported",
    "announced-plan": "planned",
    "estimate": "estimated",
    "speculation": "speculated",
    "opinion": "opinions",
    "stated-unknown": "unknown",
}


@dataclass(frozen=True)
class Record:
    """A document in figures. `title` and the like are None where they are not said.

    `by_modality` counts its claims by the name of their modality. `contradicted` claims are contradicted by any other,
    `contradicted_elsewhere` by one that another document supports. `facts` are the plain triples of the current view
    that rest on it, `alone` those that rest on no other document.
    """

    iri: str
    publisher: Term | None
    issued: str
    language: str
    page: str
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
    return tuple(row["document"].value for row in reader.records("sources_list"))


def read_records(reader: Reader, documents: Iterable[str]) -> tuple[Record, ...]:
    """Return `documents` in figures, in their order."""
    nodes = [node for name in documents if (node := iri(name))]
    if not nodes:
        return ()
    tongue = [ox.Literal(reader.language)]
    found = {row["document"].value: row for row in reader.records("sources_figures", document=nodes, tongue=tongue)}
    return tuple(_record(found[node.value]) for node in nodes if node.value in found)


def read_subjects(reader: Reader, records: Iterable[Record]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return for each document its subjects, each with the number of claims on it, the most spoken of first.

    Documents with more than `MOST_SUBJECTS` are left out.
    """
    nodes = [node for record in records if 0 < record.subjects <= MOST_SUBJECTS and (node := iri(record.iri))]
    found: dict[str, list[tuple[str, int]]] = {node.value: [] for node in nodes}
    if nodes:
        for row in reader.records("sources_subjects", document=nodes):
            found[row["document"].value].append((row["subject"].value, int(row["claims"].value)))
    return {name: tuple(subjects) for name, subjects in found.items()}


def _record(row: Mapping[str, Term]) -> Record:
    def count(name: str) -> int:
        return int(row[name].value) if name in row else 0

    def text(name: str) -> str:
        return row[name].value if name in row else ""

    note = row.get("note")
    return Record(
        iri=row["document"].value,
        publisher=row.get("publisher"),
        issued=text("issued"),
        language=text("language"),
        page=text("page"),
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
