"""What claims rest on together: how many independent documents, and the best grade of their passages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeatlas.model.records import Grade

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.model.records import Claim, Source


@dataclass(frozen=True)
class Evidence:
    """The documents that claims rest on, in the order of their IRIs.

    Of documents with one origin only one is among `independent`. `grade` is the best of the passages: LOCATED where
    none is archived, None where none has a place.
    """

    documents: tuple[Source, ...] = ()
    independent: tuple[Source, ...] = ()
    grade: Grade | None = None

    @property
    def is_located_only(self) -> bool:
        """Whether no text of any of its passages is archived."""
        return self.grade is Grade.LOCATED

    @property
    def copies(self) -> int:
        """How many of the documents say only what another of them, or their common origin, says."""
        return len(self.documents) - len(self.independent)


def evidence_of(claims: Iterable[Claim]) -> Evidence:
    """Return what `claims` rest on together."""
    claims = tuple(claims)
    documents = {source.iri: source for claim in claims for source in claim.sources}
    grades = {claim.grade for claim in claims}
    return Evidence(
        tuple(documents[name] for name in sorted(documents)),
        independent(documents.values()),
        next((grade for grade in Grade if grade in grades), None),
    )


def independent(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Return those of `sources` that stand for themselves: of documents with one origin only one, the origin first.

    A document that copies several is left out where one of them is counted. Their number is what “rests on N
    independent documents” says.
    """
    origins = {source: source.origins or (source.iri,) for source in sources}
    counted: set[str] = set()
    kept = []
    for source in sorted(origins, key=lambda one: (len(origins[one]), bool(one.copies), one.iri)):
        if counted.isdisjoint(origins[source]):
            kept.append(source)
            counted.update(origins[source])
    return tuple(sorted(kept, key=lambda one: one.iri))
