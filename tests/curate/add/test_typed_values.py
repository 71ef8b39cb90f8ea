"""Amounts and dates as people type them, as values of claims."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from computeatlas.curate.add.claim import add_claim
from computeatlas.curate.add.source import NewSource, add_source
from computeatlas.curate.check.run import require_sound
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.project import Project

from .examples import CLAIM, HALL, said, snapshot

pytestmark = pytest.mark.slow

TEXT = "Hallen kostar 64,1 miljoner euro och drar mer än 500 MW. Den är klar våren 2027.\n"
#: A claim of a Swedish document.
NEWS = replace(CLAIM, source="nyhet", objects=(), finds=(TEXT.strip(),))


@pytest.fixture
def news(graph: Project, tmp_path: Path) -> Path:
    path = tmp_path / "news" / "nyhet.txt"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    add_source(graph, NewSource(path, "actor:builder", name="nyhet", language="sv", kind="news", title="En hall"))
    return path.parent


@pytest.mark.parametrize(
    "predicate, value, name",
    [
        ("atlas:costEstimate", "EUR 64.1 million", "qty:eur-64100000"),
        ("atlas:costEstimate", "64,1 miljoner euro", "qty:eur-64100000"),
        ("atlas:costEstimate", "qty:eur-64100000", "qty:eur-64100000"),
        ("atlas:electricalPower", "mer än 500 MW", "qty:mw-more-than-500"),
        ("atlas:electricalPower", "> 500 MW", "qty:mw-more-than-500"),
    ],
)
def test_an_amount_becomes_the_name_of_its_quantity_and_nothing_else_is_written(
    graph: Project, news: Path, predicate: str, value: str, name: str
) -> None:
    added = add_claim(graph, replace(NEWS, predicate=predicate, values=(value,), name="new"), news)
    assert said(graph.root / HALL, "claim:new")["atlas:object"] == [name]
    assert added.files == ("graph_data/sources/nyhet.ttl", HALL)
    assert any(character.isdigit() for character in added.label)
    require_sound(graph)


@pytest.mark.parametrize(
    "predicate, value, says",
    [
        ("atlas:costEstimate", "64 miljoner kronor", "write the code of the currency"),
        ("atlas:costEstimate", "500 MW", "it is not of the class atlas:MonetaryAmount"),
        ("atlas:costEstimate", "500 bananer", "“bananer” is no unit or currency"),
        ("atlas:costEstimate", "qty:euro-5", "is no quantity"),
        ("atlas:costEstimate", "actor:builder", "it is not of the class atlas:MonetaryAmount"),
    ],
)
def test_an_amount_with_a_fault_is_refused(graph: Project, news: Path, predicate: str, value: str, says: str) -> None:
    before = snapshot(graph)
    with pytest.raises(UsageError) as caught:
        add_claim(graph, replace(NEWS, predicate=predicate, values=(value,)), news)
    assert says in str(caught.value)
    assert snapshot(graph) == before


def test_an_amount_that_the_passage_does_not_have_is_refused(graph: Project, news: Path) -> None:
    before = snapshot(graph)
    with pytest.raises(FindingsError) as caught:
        add_claim(graph, replace(NEWS, predicate="atlas:costEstimate", values=("EUR 65 million",)), news)
    assert {finding.code for finding in caught.value.findings} == {"figure-not-in-passage"}
    assert snapshot(graph) == before


def test_dates_are_read_in_the_language_of_the_document(graph: Project, news: Path) -> None:
    new = replace(NEWS, predicate="atlas:operationalFrom", values=("våren 2027",), as_of="mars 2026", name="new")
    add_claim(graph, new, news)
    found = said(graph.root / HALL, "claim:new")
    edtf = "<http://id.loc.gov/datatypes/edtf/EDTF>"
    assert found["atlas:value"] == [f'"2027-21"^^{edtf}']
    assert found["atlas:asOf"] == [f'"2026-03"^^{edtf}']
    require_sound(graph)


def test_a_claim_with_a_number_takes_few_lines_in_all_files(graph: Project, news: Path) -> None:
    def lines() -> int:
        files = (graph.root / "graph_data").rglob("*.ttl")
        text = "".join(path.read_text(encoding="utf-8") for path in files)
        # Directives are there once a file.
        return sum(1 for line in text.splitlines() if line and not line.startswith("@prefix"))

    before = lines()
    add_claim(graph, replace(NEWS, predicate="atlas:costEstimate", values=("EUR 64.1 million",)), news)
    assert lines() - before <= 12
