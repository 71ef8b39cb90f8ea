"""Claims with all that is recorded of them, read in one query for many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.record_facts import Facts
from computeatlas.model.records import Records
from computeatlas.model.terms import iri

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyoxigraph as ox

    from computeatlas.engine.table import Table
    from computeatlas.views.reader import Reader


def read_claims(reader: Reader, claims: Iterable[str]) -> Records:
    """Return what is recorded of each of `claims`; what is no IRI is left out."""
    nodes = claim_nodes(claims)
    return records_in(reader.ask(claims_text(reader, nodes)), nodes) if nodes else Records({}, {})


def claim_nodes(claims: Iterable[str]) -> list[ox.NamedNode]:
    """Return `claims` as terms, each once, without what is no IRI."""
    return [node for text in dict.fromkeys(claims) if (node := iri(text))]


def claims_text(reader: Reader, nodes: Iterable[ox.NamedNode]) -> str:
    """Return the query for what is recorded of some claims."""
    return reader.text("entity_records", claim=nodes)


def records_in(table: Table, nodes: Iterable[ox.NamedNode]) -> Records:
    """Return what the answer to the query of `claims_text` records of the claims `nodes`."""
    return Facts(table.records()).records(node.value for node in nodes)
