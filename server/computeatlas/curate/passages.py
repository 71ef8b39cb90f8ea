"""Passages as the graph describes them, each with the text of its document where the archive has it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeatlas.engine.embedded import Query

if TYPE_CHECKING:
    from computeatlas.engine.embedded import EmbeddedEngine

# Positions that are no integers, and sources with two digests, are for other checks: such a passage is left out, or
# read in one of its documents.
_PASSAGES = """
PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT ?passage ?source ?start ?end ?digest (MIN(?filed) AS ?document) (MIN(?tag) AS ?language) (MIN(?name) AS ?title)
WHERE {
  ?passage atlas:inSource ?source ; oa:start ?start ; oa:end ?end ; atlas:sha256 ?digest .
  OPTIONAL { ?source atlas:sha256 ?filed }
  OPTIONAL { ?source dcterms:language ?tag }
  OPTIONAL { ?source dcterms:title ?name }
} GROUP BY ?passage ?source ?start ?end ?digest ORDER BY STR(?passage)
"""


#: The lexical forms of xsd:integer (https://www.w3.org/TR/xmlschema11-2/#integer).
_INTEGER = re.compile(r"[+-]?[0-9]+")


@dataclass(frozen=True)
class Passage:
    """A stretch of a document, from character `start` to `end`.

    `document` is the whole archived text of the source, or None where the archive lacks it; `language` and `title`
    are those of the source, empty where the graph does not say.
    """

    iri: str
    source: str
    start: int
    end: int
    digest: str
    document: str | None
    language: str
    title: str

    @property
    def text(self) -> str | None:
        """The stretch as the archive has it, or None where the archive lacks the source."""
        return None if self.document is None else self.document[max(self.start, 0) : max(self.end, 0)]

    @property
    def is_sound(self) -> bool:
        """Whether the archive has the stretch, with the digest that the graph gives."""
        return self.text is not None and hashlib.sha256(self.text.encode()).hexdigest() == self.digest


def read_passages(engine: EmbeddedEngine, archive: dict[str, str]) -> dict[str, Passage]:
    """Return by its IRI each passage that the graph describes fully; `archive` has texts by their SHA-256."""
    passages = {}
    for row in engine.table(Query(_PASSAGES)).rows:
        iri, source, start, end, digest, filed, language, title = (term.value if term else "" for term in row)
        first, last = read_integer(start), read_integer(end)
        if first is not None and last is not None:
            passages[iri] = Passage(iri, source, first, last, digest, archive.get(filed), language, title)
    return passages


def read_integer(text: str) -> int | None:
    """Return the integer that `text` is, of any size, or None."""
    try:
        return int(text) if _INTEGER.fullmatch(text) else None
    except ValueError:
        return None  # of more digits than Python converts
