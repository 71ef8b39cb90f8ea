"""Sums of money as a table: each claim on an amount or a share, with who pays and for what. Nothing is added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.terms import iri_of
from computeatlas.views.tables import claims
from computeatlas.views.tables.sheet import Cell, Column, Sheet, join

if TYPE_CHECKING:
    from computeatlas.views.reader import Reader

#: Column → variable of `table_money` that has its values.
_LINKS = {
    Column("Programme", "Program"): "programme",
    Column("Payer", "Betalare"): "payer",
    Column("Pays for", "Betalar för"): "paidFor",
}
COLUMNS = (*_LINKS, *claims.COLUMNS)


def money_sheet(reader: Reader) -> Sheet:
    """Return every claim that gives a sum of money or a share of one, or says that it is unknown."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for row in reader.records("table_money"):
        if (name := iri_of(row.get("claim"))) is not None:
            links = found.setdefault(name, {variable: {} for variable in _LINKS.values()})
            for variable, values in links.items():
                if value := iri_of(row.get(variable)):
                    values[value] = None
    rows = claims.claim_rows(reader, found)
    reader.need_in(found)

    def linked(claim: str) -> tuple[Cell, ...]:
        return tuple(join(reader.label(name) for name in found[claim][variable]) for variable in _LINKS.values())

    return Sheet(COLUMNS, tuple((*linked(claim), *row) for claim, row in rows.items()))
