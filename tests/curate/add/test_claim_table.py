"""Many claims in one go: all or none, and every fault by row and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeatlas.curate.add.claim import add_claim
from computeatlas.curate.add.claim_table import COLUMNS, REQUIRED, AddedClaims, add_claims
from computeatlas.curate.check.run import require_sound
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.namespaces import shorten
from computeatlas.model.project import Project

from .examples import ARCHIVE, CLAIM, HALL, PAPER, said, snapshot

pytestmark = pytest.mark.slow

GOOD = {
    "name": "hall-operator",
    "subject": "Hall",
    "predicate": "operated by",
    "value": "Byggare",
    "modality": "reported",
    "source": "paper",
    "quote": "Builder",
}


def add(graph: Project, tmp_path: Path, *rows: dict[str, str], accept_similar: bool = False) -> AddedClaims:
    columns = [name for name in COLUMNS if name in REQUIRED or any(name in row for row in rows)]
    lines = ["\t".join(columns), *("\t".join(row.get(name, "") for name in columns) for row in rows)]
    path = tmp_path / "claims.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return add_claims(graph, path, ARCHIVE, accept_similar=accept_similar)


def refused(graph: Project, tmp_path: Path, *rows: dict[str, str]) -> list[str]:
    before = snapshot(graph)
    with pytest.raises(FindingsError) as caught:
        add(graph, tmp_path, *rows)
    assert snapshot(graph) == before
    assert {one.path for one in caught.value.findings} == {str(tmp_path / "claims.tsv")}
    return [f"{one.line}: {one.what} — {one.why} — {one.hint}" for one in caught.value.findings]


def test_all_rows_are_written_together_and_name_things_by_their_labels(graph: Project, tmp_path: Path) -> None:
    words = {**GOOD, "name": "", "predicate": "atlas:purpose", "value": "to stand@en | att stå@sv", "quote": "Town"}
    other = {**GOOD, "name": "hall-owner", "as_of": "2024", "contradicts": "hall-operator", "quote": "a hall"}
    added = add(graph, tmp_path, other, GOOD, words, accept_similar=True)
    assert [shorten(claim.iri) for claim in added.claims] == [
        "claim:hall-owner",
        "claim:hall-operator",
        "claim:hall-purpose",
    ]
    assert added.files == (PAPER, HALL)
    found = said(graph.root / HALL, "claim:hall-purpose")
    assert found["atlas:value"] == ['"to stand"@en', '"att stå"@sv']
    assert said(graph.root / HALL, "claim:hall-owner")["atlas:contradicts"] == ["claim:hall-operator"]
    assert said(graph.root / HALL, "claim:hall-operator")["atlas:object"] == ["actor:builder"]
    require_sound(graph)


def test_every_fault_is_told_by_row_and_column_and_nothing_is_written(graph: Project, tmp_path: Path) -> None:
    found = refused(
        graph,
        tmp_path,
        GOOD,
        {**GOOD, "name": "b", "subject": "Hal", "predicate": "operated by", "modality": "sure"},
        {**GOOD, "name": "c", "value": "", "source": ""},
        {**GOOD, "name": "d", "value": "Town", "quote": "Bulider", "as_of": "someday"},
        {**GOOD, "name": "hall-operator", "predicate": "atlas:partOf", "value": "", "modality": "stated-unknown"},
        {**GOOD, "name": "e", "supersedes": "nothing", "quote": "", "passage": "7-9"},
        {**GOOD, "name": "f", "quote": ""},
    )
    told = [(line.split(":")[0], line.split(": ")[1].removeprefix("column ")) for line in found]
    assert told == [
        ("3", "modality"), ("3", "subject"),
        ("4", "source"), ("4", "value"),
        ("5", "as_of"), ("5", "quote"), ("5", "value"),
        ("6", "name"),
        ("7", "passage"),
        ("8", "passage"), ("8", "value"),
    ]  # fmt: skip
    assert "did you mean infra:hall?" in found[1]


def test_what_the_check_finds_in_a_row_is_told_by_the_row(graph: Project, tmp_path: Path) -> None:
    figure = {**GOOD, "name": "g", "predicate": "atlas:renewableShare", "value": "0.7"}
    found = refused(graph, tmp_path, GOOD, figure)
    assert len(found) == 1
    assert found[0].startswith("3: claim:g gives 0.7, which is in none of its passages")


def test_a_claim_of_the_same_document_is_an_error_and_one_of_another_is_pointed_out(
    graph: Project, tmp_path: Path
) -> None:
    add_claim(graph, CLAIM, ARCHIVE)
    found = refused(graph, tmp_path, GOOD)
    assert found[0].startswith("2: column value: claim:hall-operated-by says the same of the same document")
    later = {**GOOD, "as_of": "2025"}
    found = refused(graph, tmp_path, later)
    assert found[0].startswith("2: column value: claim:hall-operated-by gives the same value to the same question")
    assert "the column corroborates" in found[0]
    assert "--accept-similar" in found[0]
    added = add(graph, tmp_path, later, accept_similar=True)
    assert [(one.line, one.code, one.is_error) for one in added.findings] == [(2, "similar-claim", False)]


def test_rows_of_one_table_that_say_the_same_are_found(graph: Project, tmp_path: Path) -> None:
    found = refused(graph, tmp_path, GOOD, {**GOOD, "name": "again"})
    assert found[0].startswith("3: column value: claim:hall-operator says the same of the same document")


def test_a_table_without_rows_is_wrong_use(graph: Project, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the table has no rows"):
        add(graph, tmp_path)


def test_passages_of_many_rows_stand_in_their_order(graph: Project, tmp_path: Path) -> None:
    quotes = ["Town", "a hall", "Builder", "ten", "may cost"]
    rows = [{**GOOD, "name": f"c{n}", "as_of": f"20{n}", "quote": quote} for n, quote in enumerate(quotes, 10)]
    add(graph, tmp_path, *rows, accept_similar=True)
    text = (graph.root / PAPER).read_text()
    starts = [int(line.split("-")[1]) for line in text.splitlines() if line.startswith("psg:")]
    assert starts == sorted(starts)
    assert len(starts) == 7
    require_sound(graph)
