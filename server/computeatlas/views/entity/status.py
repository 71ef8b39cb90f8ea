"""Whether anything is known of a thing, and whether it is still the one to speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from computeatlas.engine.table import Table


@dataclass(frozen=True)
class Status:
    """A thing is missing, deprecated (`owl:deprecated`) with `successors` (`dcterms:isReplacedBy`), or neither."""

    is_missing: bool = False
    is_deprecated: bool = False
    successors: tuple[str, ...] = ()


def read_status(table: Table) -> Status:
    """Return what the answer to `queries/views/status.rq` says."""
    rows = list(table.records())
    there = any(is_true(row.get("there")) for row in rows)
    deprecated = any(is_true(row.get("deprecated")) for row in rows)
    successors = (row["successor"] for row in rows if isinstance(row.get("successor"), ox.NamedNode))
    return Status(not there, deprecated, tuple(dict.fromkeys(term.value for term in successors)))


def is_true(term: object) -> bool:
    """Say whether a term is the truth value true: https://www.w3.org/TR/xmlschema11-2/#boolean."""
    return isinstance(term, ox.Literal) and term.value in ("true", "1")
