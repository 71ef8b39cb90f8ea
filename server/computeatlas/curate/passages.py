"""Passages as the graph describes them, each with the text of its document where the archive has it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, PREFIXES
from computeatlas.model.record_facts import Facts
from computeatlas.model.terms import sort_key, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.model.records import Passage
    from computeatlas.model.terms import Term
    from computeatlas.turtle.lines import ParsedGraph

_IN_SOURCE = ATLAS + "inSource"
#: What is said of a passage that is fully described.
_PARTS = frozenset({_IN_SOURCE, PREFIXES["oa"] + "start", PREFIXES["oa"] + "end", ATLAS + "sha256"})


@dataclass(frozen=True)
class ArchivedPassage:
    """A passage as recorded, and the whole archived text of its source, None where the archive lacks it."""

    record: Passage
    document: str | None

    @property
    def source(self) -> str:
        """The IRI of its source, "" where it has none."""
        return self.record.source.iri if self.record.source else ""

    @property
    def language(self) -> str:
        """The language of its source, "" where the graph does not say."""
        return next(iter(self.record.source.languages), "") if self.record.source else ""

    @property
    def title(self) -> str:
        """The title of its source, "" where the graph does not say."""
        return self.record.source.titles[0].value if self.record.source and self.record.source.titles else ""

    @property
    def text(self) -> str | None:
        """The stretch as the archive has it, or None where the archive lacks the source or the place is no place."""
        if self.document is None or self.record.start is None or self.record.end is None:
            return None
        return self.document[self.record.start : self.record.end]

    @property
    def is_sound(self) -> bool:
        """Whether the archive has the stretch, with the digest that the graph gives."""
        return self.text is not None and text_digest(self.text) == self.record.digest


def text_digest(text: str) -> str:
    """Return the SHA-256 of `text` in UTF-8, in hexadecimal, as the graph gives it for sources and passages."""
    return hashlib.sha256(text.encode()).hexdigest()


def facts_of(graph: ParsedGraph) -> Facts:
    """Return all that the files of `graph` say, by subject."""
    return Facts.of_statements(_statements(graph))


def read_passages(graph: ParsedGraph, facts: Facts, archive: dict[str, str]) -> dict[str, ArchivedPassage]:
    """Return by its IRI each passage that `graph` describes fully, in the order of the IRIs.

    `facts` are those of `graph`; `archive` has texts by their SHA-256.
    """
    named = {subject for subject, predicate, _source in _statements(graph) if predicate.value == _IN_SOURCE}
    described = [term for term in sorted(named, key=sort_key) if facts.of(term).keys() >= _PARTS]
    return {text_of(term): _archived(facts.passage(term), archive) for term in described}


def _statements(graph: ParsedGraph) -> Iterator[tuple[Term, ox.NamedNode, Term]]:
    for _name, file in graph:
        for triple in file.triples:
            # No file in Turtle 1.1 has triple terms.
            if not isinstance(triple.subject, ox.Triple) and not isinstance(triple.object, ox.Triple):
                yield triple.subject, triple.predicate, triple.object


def _archived(passage: Passage, archive: dict[str, str]) -> ArchivedPassage:
    return ArchivedPassage(passage, archive.get(passage.source.digest) if passage.source else None)
