"""The tables on the graph of the project, and on malformed data."""

from __future__ import annotations

from decimal import Decimal

import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import ATLAS, ID
from computeatlas.views.country_points import point_of
from computeatlas.views.facilities import chosen, read_choices, read_facilities
from computeatlas.views.facility_points import PointOf, points_of
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader
from computeatlas.views.tables.claims import COLUMNS, claim_rows, claim_sheet
from computeatlas.views.tables.facilities import facility_sheet
from computeatlas.views.tables.money import money_sheet
from computeatlas.views.tables.sheet import Cell, Sheet
from computeatlas.views.tables.sources import source_sheet

from ...web.pages.malformed import quads
from ..claimed import views


def reader_of(engine: EmbeddedEngine, language: str = "en") -> Reader:
    return Reader(lambda text: engine.table(Query(text)), views(), Names(views()["labels"]), language)


def all_facilities(reader: Reader) -> Sheet:
    return facility_sheet(reader, read_facilities(reader, chosen(read_choices(reader), (), ())))


SHEETS = {"facilities": all_facilities, "claims": claim_sheet, "money": money_sheet, "sources": source_sheet}


def records(sheet: Sheet) -> list[dict[str, Cell]]:
    heads = [column.en for column in sheet.columns]
    assert len(heads) == len(set(heads))
    return [dict(zip(heads, row, strict=True)) for row in sheet.rows]


def known(engine: EmbeddedEngine, name: str) -> set[str]:
    return {row["x"].value for row in engine.table(Query(f"SELECT ?x {{ ?x a <{ATLAS}{name}> }}")).records()}


def test_a_claim_has_its_value_its_certainty_and_its_document(engine: EmbeddedEngine) -> None:
    names = [ID + "claim/borlange-campus-cost", ID + "claim/falun-cost-unknown"]
    rows = claim_rows(reader_of(engine), names)
    assert list(rows) == names
    cost = records(Sheet(COLUMNS, (rows[names[0]],)))[0]
    assert (cost["Unit or currency"], cost["At least"], cost["At most"]) == (
        "EUR",
        Decimal(2500000000),
        Decimal(2500000000),
    )
    assert (cost["Value"], cost["Property"]) == ("EUR 2.5 billion", "cost estimate")
    assert cost["Certainty"] == "estimate"
    assert str(cost["Claim"]).startswith("Developing 240 MW in Borlänge")
    assert str(cost["Addresses"]).startswith("http")
    unknown = records(Sheet(COLUMNS, (rows[names[1]],)))[0]
    assert (unknown["Value"], unknown["At least"], unknown["In the current view"]) == ("", None, False)
    assert unknown["Claim"] == "How much goes to the site in Falun is not known"


def test_facilities_are_all_there_with_sources_and_points(engine: EmbeddedEngine) -> None:
    rows = records(all_facilities(reader_of(engine)))
    assert {row["Identifier"] for row in rows} == known(engine, "Infrastructure")
    mimer = next(row for row in rows if row["Identifier"] == ID + "infrastructure/mimer")
    assert mimer["Kind"] == "AI factory"
    assert mimer["Sources"]
    assert all((row["Latitude"] is None) == (row["The point is that"] == "") for row in rows)
    # What is said in the row is said by somebody.
    assert all(row["Sources"] for row in rows if row["Stage: certainty"] or row["Power"])


def test_sources_are_all_there(engine: EmbeddedEngine) -> None:
    rows = records(source_sheet(reader_of(engine)))
    assert {row["Identifier"] for row in rows} == known(engine, "Source")


def test_money_has_who_pays_for_what(engine: EmbeddedEngine) -> None:
    rows = records(money_sheet(reader_of(engine)))
    shares = [row for row in rows if row["Property"] == "funding share"]
    assert shares
    assert any("EuroHPC" in str(row["Payer"]) for row in shares)
    assert all(row["Sources"] for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHEETS)
def test_nothing_that_data_hold_raises(name: str) -> None:
    engine = EmbeddedEngine(quads())
    for language in ("en", "sv"):
        sheet = SHEETS[name](reader_of(engine, language))
        assert all(len(row) == len(sheet.columns) for row in sheet.rows)


def test_each_country_of_the_graph_has_a_point(engine: EmbeddedEngine) -> None:
    rows = engine.table(Query(f"SELECT ?code {{ ?x <{ATLAS}isoCode> ?code }}")).records()
    assert [row["code"].value for row in rows if point_of(row["code"].value) is None] == []
    assert point_of("XX") is None


def test_a_point_of_the_country_says_so(engine: EmbeddedEngine) -> None:
    reader = reader_of(engine)
    found = read_facilities(reader, chosen(read_choices(reader), (), ()))
    by_country = [facility for facility in found if facility.spots and not facility.pinned]
    assert by_country
    for facility in by_country:
        points = points_of(facility)
        assert points
        assert {point.of for point in points} == {PointOf.COUNTRY}
        assert not any(point.exact for point in points)
    assert all(points_of(facility) == () for facility in found if not facility.spots)
