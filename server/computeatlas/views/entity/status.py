"""Whether anything is known of a thing, and whether it is still the one to speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeatlas.model.terms import iri_of, is_true

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
    successors = (iri for row in rows if (iri := iri_of(row.get("successor"))))
    return Status(not there, deprecated, tuple(dict.fromkeys(successors)))
