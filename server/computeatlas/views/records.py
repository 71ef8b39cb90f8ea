"""Claims with all that is recorded of them, read in one query for many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.record_facts import Facts
from computeatlas.model.records import Records
from computeatlas.model.terms import iri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.views.reader import Reader


def read_claims(reader: Reader, claims: Iterable[str]) -> Records:
    """Return what is recorded of each of `claims`; what is no IRI is left out."""
    nodes = [node for text in dict.fromkeys(claims) if (node := iri(text))]
    if not nodes:
        return Records({}, {})
    return Facts(reader.records("entity_records", claim=nodes)).records(node.value for node in nodes)
