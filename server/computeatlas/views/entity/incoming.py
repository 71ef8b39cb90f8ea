"""What refers to a thing: as it is said, or as a claim has it, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, PROV
from computeatlas.model.terms import iri_of, text_of, whole_of
from computeatlas.sparql.rewrite import with_offset
from computeatlas.views.entity.statements import Origin, origin_of

if TYPE_CHECKING:
    from computeatlas.engine.table import Table
    from computeatlas.views.reader import Reader

#: As many references as `queries/views/entity_incoming.rq` takes at a time.
PAGE = 50
#: What that query leaves out.
_LEFT_OUT = frozenset({ATLAS + "subject", ATLAS + "object", PROV + "wasDerivedFrom", PROV + "wasAttributedTo"})


@dataclass(frozen=True)
class Counts:
    """How many things refer to a thing, by property; `claims_on` counts the claims whose subject it is."""

    by_property: dict[str, int]
    claims_on: int

    @property
    def total(self) -> int:
        """The number of references that are shown as such."""
        return sum(self.by_property.values())

    @property
    def pages(self) -> int:
        """The number of pages that they fill, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Reference:
    """`subject` refers to the thing by the property `by`; `origin` is None where claims say so, not the view."""

    by: str
    subject: str
    origin: Origin | None
    claims: tuple[str, ...] = ()


def read_counts(table: Table) -> Counts:
    """Return how many things refer to a thing, from the answer to `entity_incoming_counts`."""
    numbers = {name: whole_of(row["number"]) or 0 for row in table.records() if (name := iri_of(row.get("p")))}
    shown = {name: number for name, number in numbers.items() if name not in _LEFT_OUT}
    return Counts(shown, numbers.get(ATLAS + "subject", 0))


def incoming_text(reader: Reader, thing: ox.NamedNode, page: int) -> str:
    """Return the query for the references of `page`, which counts from 1."""
    return with_offset(reader.text("entity_incoming", x=[thing]), (page - 1) * PAGE)


def read_incoming(table: Table) -> tuple[Reference, ...]:
    """Return the references in the answer to a query of `incoming_text`, by property."""
    graphs: dict[tuple[str, str], set[str]] = {}
    claims: dict[tuple[str, str], dict[str, None]] = {}
    for row in table.records():
        key = text_of(row["p"]), text_of(row["s"])
        found, said = graphs.setdefault(key, set()), claims.setdefault(key, {})
        if "g" in row:
            found.add(row["g"].value)
        if isinstance(row.get("claim"), ox.NamedNode):
            said[row["claim"].value] = None
    return tuple(
        Reference(name, subject, _origin(found, tuple(claims[name, subject])), tuple(claims[name, subject]))
        for (name, subject), found in graphs.items()
    )


def _origin(graphs: set[str], claims: tuple[str, ...]) -> Origin | None:
    # Without a named graph and without claims it is said in the default graph.
    return origin_of(graphs) if graphs or not claims else None
