"""What a page and a command tell of the quality of the data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import ID, METRIC, XSD
from computeatlas.model.project import Project
from computeatlas.model.queryfile import read_query
from computeatlas.views.names import Names
from computeatlas.views.quality import NEWEST, TABLES, TOTALS, Figure, Quality, Row, quality_in, read_quality
from computeatlas.views.reader import Reader

SWEDEN, NORWAY = ID + "place/sweden", ID + "place/norway"


def number(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal"))


def row(metric: str, value: object, of: str | None = None, language: str | None = None) -> dict[str, object]:
    found = {"metric": ox.NamedNode(METRIC + metric), "value": value}
    if of:
        found["of"] = ox.NamedNode(of)
    if language:
        found["language"] = ox.Literal(language)
    return found


def reader(engine: EmbeddedEngine, language: str = "en") -> Reader:
    views = {path.stem: read_query(path) for path in Project.find().views()}
    return Reader(lambda text: engine.table(Query(text)), views, Names(views["labels"]), language)


def test_each_metric_is_shown_somewhere_and_no_other(project: Project) -> None:
    shown = {NEWEST, *TOTALS, *(name for columns in TABLES.values() for name in columns)}
    assert shown == {path.stem.replace("_", "-") for path in project.quality()}


def test_shares_stand_beside_their_numbers_and_the_largest_row_is_first() -> None:
    found = quality_in(
        [
            row("claims", number("10")),
            row("claims-by-country", number("3"), NORWAY),
            row("claims-by-country-share", number("0.3"), NORWAY),
            row("claims-by-country", number("7"), SWEDEN),
            row("claims-by-country-share", number("0.7"), SWEDEN),
            row("facilities-by-country", number("2"), SWEDEN),
            row("claims-by-language", number("10"), language="sv"),
            row(NEWEST, ox.Literal("2026-03-01", datatype=ox.NamedNode(XSD + "date"))),
        ],
        {},
    )
    assert found.totals == {METRIC + "claims": Figure(Decimal(10))}
    assert [table.name for table in found.tables] == ["countries", "languages"]
    assert found.tables[0].rows == (
        Row(SWEDEN, None, (Figure(Decimal(7), Decimal("0.7")), Figure(Decimal(2)))),
        Row(NORWAY, None, (Figure(Decimal(3), Decimal("0.3")), None)),
    )
    assert found.tables[1].rows == (Row(None, "sv", (Figure(Decimal(10)),)),)
    assert found.age(date(2026, 3, 31)) == 30


def test_data_without_measurements_say_nothing() -> None:
    found = read_quality(reader(EmbeddedEngine()))
    assert not found
    assert found == Quality(None, {}, (), {})
    assert found.age(date(2026, 1, 1)) is None


TERMS = st.one_of(
    st.text(max_size=5).map(ox.Literal),
    st.sampled_from([ox.NamedNode("urn:x"), ox.BlankNode(), number("-1"), number("1e2"), number("NaN"), number("")]),
    st.sampled_from([*TOTALS, "claims-share", "x-share", "-share", ""]).map(lambda name: ox.NamedNode(METRIC + name)),
)


@given(st.lists(st.fixed_dictionaries({"metric": TERMS, "value": TERMS}, optional={"of": TERMS, "language": TERMS})))
def test_any_data_can_be_told_of(rows: list[dict[str, object]]) -> None:
    found = quality_in(rows, {})
    assert all(isinstance(figure.value, Decimal) for figure in found.totals.values())


@pytest.mark.parametrize("language, words", [("en", "Facilities that no source places"), ("sv", "Anläggningar som")])
def test_the_real_graph_is_told_of_in_both_languages(engine, language: str, words: str) -> None:
    present = reader(engine, language)
    found = read_quality(present)
    assert [table.name for table in found.tables] == list(TABLES)
    assert list(found.totals) == [METRIC + name for name in TOTALS]
    assert found.definitions[METRIC + "facilities-without-location"].startswith(words)
    assert present.label(METRIC + "claims") == {"en": "Claims", "sv": "Påståenden"}[language]
    assert found.newest is not None
