"""Claims as a table: what each says of what, how sure it is, and in which documents it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.quantity_text import say
from computeatlas.model.records import Grade
from computeatlas.model.terms import iri_of, pick_language, text_of
from computeatlas.model.units import shipped_units
from computeatlas.views.names import iris_in
from computeatlas.views.records import claim_nodes, claims_text, records_in
from computeatlas.views.tables import documents
from computeatlas.views.tables.sheet import Cell, Column, Sheet, join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.model.records import Claim, Quantity
    from computeatlas.views.reader import Reader

#: Claims whose records are asked for in one query: the answer stays well below what a page may read.
_BATCH = 500
#: Queries asked together.
_TOGETHER = 4
_GRADES = {
    Grade.ARCHIVED: Column("archived, verified", "arkiverat, kontrollerat"),
    Grade.LOCATED: Column("located, not archived", "utpekat, inte arkiverat"),
}
COLUMNS = (
    Column("Claim", "Påstående"),
    Column("About", "Om"),
    Column("Part", "Del"),
    Column("Property", "Egenskap"),
    Column("Value", "Värde"),
    Column("Period", "Period"),
    Column("Certainty", "Säkerhet"),
    Column("In the current view", "I den gällande bilden"),
    Column("Said or true on", "Sagt eller sant den"),
    Column("Stated by", "Sagt av"),
    *documents.COLUMNS,
    Column("Evidence", "Belägg"),
    Column("Rank", "Rang"),
    Column("Reason for the rank", "Skäl för rangen"),
    Column("At least", "Minst"),
    Column("At most", "Högst"),
    Column("Unit or currency", "Enhet eller valuta"),
    Column("Approximate", "Ungefärligt"),
    Column("Converted from", "Omräknat från"),
    Column("Identifier of the claim", "Påståendets identifierare"),
    Column("Identifier of the subject", "Ämnets identifierare"),
    Column("Identifier of the property", "Egenskapens identifierare"),
    Column("Identifier of the value", "Värdets identifierare"),
)


def claim_sheet(reader: Reader) -> Sheet:
    """Return every claim, by what it is about."""
    names = [name for row in reader.records("table_claims") if (name := iri_of(row.get("claim")))]
    return Sheet(COLUMNS, tuple(claim_rows(reader, names).values()))


def claim_rows(reader: Reader, names: Iterable[str]) -> dict[str, tuple[Cell, ...]]:
    """Return the cells of `COLUMNS` for each of the claims with these IRIs, in their order."""
    claims, quantities = _read(reader, names)
    needed: list[str] = []
    for claim in claims:
        needed.append(claim.iri)
        needed += iris_in(
            (claim.subject, claim.part, claim.predicate, claim.values, claim.modality, claim.rank, claim.stated_by)
        )
        needed += [claim.converted_from] if claim.converted_from else []
        needed += documents.named_in(claim.sources)
    reader.need(needed)
    return {claim.iri: _row(claim, quantities, reader) for claim in claims}


def _read(reader: Reader, names: Iterable[str]) -> tuple[list[Claim], dict[str, Quantity]]:
    nodes = claim_nodes(names)
    batches = [nodes[start : start + _BATCH] for start in range(0, len(nodes), _BATCH)]
    claims: list[Claim] = []
    quantities: dict[str, Quantity] = {}
    for start in range(0, len(batches), _TOGETHER):
        some = batches[start : start + _TOGETHER]
        tables = reader.ask_all(*(claims_text(reader, batch) for batch in some))
        for batch, table in zip(some, tables, strict=True):
            found = records_in(table, batch)
            claims += found.claims.values()
            quantities |= found.quantities
    return claims, quantities


def _row(claim: Claim, quantities: dict[str, Quantity], reader: Reader) -> tuple[Cell, ...]:
    values = pick_language(claim.values, reader.language)
    amounts = [quantities[text] for text in map(text_of, values) if text in quantities]
    # Bounds and unit are told of one amount, or of none.
    amount = amounts[0] if len(amounts) == len(values) == 1 else None
    grade = _GRADES.get(claim.grade) if claim.grade else None
    said = claim.as_of_text or (claim.issued.text if claim.issued else "")
    return (
        reader.label(claim.iri),
        _label(claim.subject, reader),
        _label(claim.part, reader),
        _label(claim.predicate, reader),
        join(_said(text_of(value), iri_of(value) is not None, quantities, reader) for value in values),
        claim.period,
        _label(claim.modality, reader),
        claim.in_view,
        said,
        join(reader.label(name) for name in claim.stated_by),
        *documents.cells(claim.sources, reader),
        grade.heading(reader.language) if grade else "",
        _label(claim.rank, reader),
        join(text_of(reason) for reason in pick_language(claim.reasons, reader.language)),
        amount.least if amount else None,
        amount.most if amount else None,
        amount.unit if amount else "",
        amount.approximate if amount else None,
        _said(claim.converted_from, True, quantities, reader) if claim.converted_from else "",
        claim.iri,
        claim.subject or "",
        claim.predicate or "",
        join(name for value in values if (name := iri_of(value))),
    )


def _label(name: str | None, reader: Reader) -> str:
    return reader.label(name) if name else ""


def _said(text: str, is_iri: bool, quantities: dict[str, Quantity], reader: Reader) -> str:
    """Return a value in words: an amount, the label of a thing, or a text as it is."""
    quantity = quantities.get(text)
    if quantity is not None:
        return say(quantity, shipped_units(), reader.language)
    return reader.label(text) if is_iri else text
