"""The days that follow from dates."""

from __future__ import annotations

from datetime import date

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.curate.derived_days import derive_days, derived_quads
from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import ATLAS, PREFIXES, graph_iri

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
DAYS = st.dates().map(date.isoformat)


def days(turtle: str) -> dict[str, str]:
    """Return the days that follow for `claim:x` and `src:x`, by the name of the property."""
    found = derive_days(ox.parse(HEADER + turtle, format=ox.RdfFormat.TURTLE))
    assert found == sorted(found, key=str)
    assert {t.object.datatype.value for t in found} <= {PREFIXES["xsd"] + "date"}
    return {t.predicate.value.removeprefix(ATLAS): t.object.value for t in found}


@pytest.mark.parametrize(
    "written", ['"2025-07"^^edtf:EDTF', '"2025-07"^^xsd:gYearMonth', '"2025-07"', '"2025-07~"^^edtf:EDTF']
)
def test_the_day_of_a_claim_however_it_is_written(written: str) -> None:
    assert days(f"claim:x atlas:asOf {written} .") == {"asOfEarliest": "2025-07-01", "asOfLatest": "2025-07-31"}


def test_the_days_of_a_source() -> None:
    assert days('src:x dcterms:issued "2024-12-10"^^edtf:EDTF .') == {
        "issuedEarliest": "2024-12-10",
        "issuedLatest": "2024-12-10",
    }


def test_of_several_dates_the_earliest_and_the_latest_day_count() -> None:
    assert days('claim:x atlas:value "2027-34"^^edtf:EDTF , "2026"^^edtf:EDTF .') == {
        "valueEarliest": "2026-01-01",
        "valueLatest": "2027-06-30",
    }


def test_an_open_side_has_no_day() -> None:
    assert days('claim:x atlas:value "2027/.."^^edtf:EDTF .') == {"valueEarliest": "2027-01-01"}
    assert days('claim:x atlas:value "../2027"^^edtf:EDTF , "2026"^^edtf:EDTF .') == {"valueLatest": "2027-12-31"}


@pytest.mark.parametrize(
    "written",
    [
        *("atlas:value 2027", 'atlas:value "2027"', 'atlas:value "2027"@en', 'atlas:value "soon"^^edtf:EDTF'),
        *('atlas:asOf "soon"', "atlas:asOf claim:y", 'atlas:statedOn "2027"', 'atlas:value "2025-02-30"^^xsd:date'),
    ],
)
def test_what_is_no_date_has_no_day(written: str) -> None:
    assert days(f"claim:x {written} .") == {}


def test_blank_nodes_have_no_days() -> None:
    assert days('[] atlas:asOf "2025"^^edtf:EDTF .') == {}


@given(st.lists(st.one_of(DAYS, DAYS.map(lambda day: f"{day}/.."), DAYS.map(lambda day: day[:7])), min_size=1))
def test_the_earliest_day_is_never_behind_the_latest(texts: list[str]) -> None:
    found = days("claim:x atlas:value " + " , ".join(f'"{text}"^^edtf:EDTF' for text in texts) + " .")
    assert found["valueEarliest"] == min(text[:10] + "-01"[: 10 - len(text[:10])] for text in texts)
    assert found.get("valueLatest", "9999-12-31") >= found["valueEarliest"]
    assert ("valueLatest" in found) == all("/" not in text for text in texts)


def test_they_stand_in_the_graph_of_what_is_inferred() -> None:
    quad = ox.Quad(ox.NamedNode("http://e/c"), ox.NamedNode(ATLAS + "asOf"), ox.Literal("2025"), ox.DefaultGraph())
    assert {found.graph_name.value for found in derived_quads([quad])} == {graph_iri("inferred")}


def test_every_dated_claim_of_the_release_has_its_days(engine: EmbeddedEngine) -> None:
    query = """PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
        PREFIX graph: <https://w3id.org/compute-atlas/graph/>
        SELECT ?claim ?day WHERE {
          ?claim atlas:asOf ?date
          OPTIONAL { GRAPH graph:inferred { ?claim atlas:asOfEarliest ?day ; atlas:asOfLatest ?last } }
        }"""
    rows = engine.table(Query(query)).rows
    assert rows
    assert all(day is not None for _claim, day in rows)
