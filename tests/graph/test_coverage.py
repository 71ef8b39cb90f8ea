"""Every statement of the five documents is modelled or accounted for; recomputed from the files."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

from computeatlas.model.namespaces import ATLAS, ID

REPOSITORY = Path(__file__).parents[2]
OA = "http://www.w3.org/ns/oa#"
STATEMENTS = REPOSITORY.parent / "shared/research/seed_claims.tsv"
#: How many statements each document makes.
COUNTS = {
    "petterhedman-falun": 69,
    "finanstidning-borlange": 54,
    "online-queso-gigafactories": 95,
    "vr-mimer": 46,
    "gixtools-mimer": 31,
}


@pytest.fixture(scope="module")
def table() -> list[dict[str, str]]:
    with (REPOSITORY / "graph_data/coverage.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def passages(parsed) -> dict[str, set[tuple[str, int, int]]]:
    """The places in archived documents on which each claim rests, from the Turtle files."""
    values: dict[str, dict[str, str]] = defaultdict(dict)
    evidence: dict[str, list[str]] = defaultdict(list)
    for _name, file in parsed:
        for triple in file.triples:
            subject, predicate, value = (term.value for term in (triple.subject, triple.predicate, triple.object))
            if predicate in (OA + "start", OA + "end", ATLAS + "inSource"):
                values[subject][predicate] = value
            elif predicate == ATLAS + "evidence":
                evidence[subject.removeprefix(ID + "claim/")].append(value)
    return {
        claim: {
            (
                values[passage][ATLAS + "inSource"].removeprefix(ID + "source/"),
                int(values[passage][OA + "start"]),
                int(values[passage][OA + "end"]),
            )
            for passage in found
            if OA + "start" in values[passage]
        }
        for claim, found in evidence.items()
        if any(OA + "start" in values[passage] for passage in found)
    }


def test_every_statement_has_one_row(table) -> None:
    rows = defaultdict(list)
    for row in table:
        rows[row["source"]].append(int(row["row"].partition("-")[2]))
    assert {source: sorted(numbers) for source, numbers in rows.items()} == {
        source: list(range(1, count + 1)) for source, count in COUNTS.items()
    }
    assert len(table) == 295


def test_rows_are_those_of_the_list_of_statements(table) -> None:
    if not STATEMENTS.is_file():
        pytest.skip(f"no list of statements at {STATEMENTS}")
    lines = [line.split("\t") for line in STATEMENTS.read_text(encoding="utf-8").splitlines()]
    start, end = lines[0].index("start"), lines[0].index("end")
    assert [(r["row"], r["start"], r["end"]) for r in table] == [(x[0], x[start], x[end]) for x in lines[1:]]


@pytest.mark.slow
def test_each_row_is_modelled_by_claims_that_rest_on_it(table, passages) -> None:
    for row in table:
        if row["outcome"] == "modelled":
            place = (row["source"], int(row["start"]), int(row["end"]))
            claims = row["claims"].split()
            assert claims
            assert not row["reason"]
            for claim in claims:
                assert place in passages[claim], (row["row"], claim)


def test_each_row_that_is_left_out_has_a_reason_of_a_known_kind(table) -> None:
    kinds = re.compile(r"^(filler|not about AI infrastructure|rhetorical question): \S")
    for row in table:
        if row["outcome"] != "modelled":
            assert row["outcome"] == "left-out"
            assert kinds.match(row["reason"]), row
            assert not row["claims"]


def test_at_least_200_rows_are_modelled(table) -> None:
    assert sum(row["outcome"] == "modelled" for row in table) >= 200


def test_every_claim_and_passage_of_the_graph_is_in_the_table(table, passages) -> None:
    listed = defaultdict(set)
    for row in table:
        for claim in row["claims"].split():
            listed[claim].add((row["source"], int(row["start"]), int(row["end"])))
    assert dict(listed) == passages
