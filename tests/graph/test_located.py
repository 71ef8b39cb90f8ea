"""Rows of research tables that stand in the graph as claims on located evidence; recomputed from the files.

`graph_data/coverage_located.tsv` lists them: row, source, passage, language of the document, kinds of fact, claims.
"""

from __future__ import annotations

import csv
import urllib.request
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest

from computeatlas.model.namespaces import ATLAS, BASE, ID
from computeatlas.turtle.lines import parse_project

REPOSITORY = Path(__file__).parents[2]
RESEARCH = REPOSITORY.parent / "shared/research"
#: Kinds of facts of which there are two at least.
KINDS = {
    "capital expenditure",
    "contracts",
    "coordination",
    "dates",
    "finance",
    "founding",
    "hardware",
    "interconnect",
    "jobs",
    "legal acts",
    "membership",
    "ownership",
    "performance",
    "power",
    "rankings",
    "site",
    "status",
    "storage and nodes",
    "strict bounds",
    "tenancy",
}


@pytest.fixture(scope="module")
def table() -> list[dict[str, str]]:
    with (REPOSITORY / "graph_data/coverage_located.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def facts(project) -> dict[tuple[str, str], set[str]]:
    """Subject and property, each as the last part of its IRI, to values, from the Turtle files."""
    graph, findings = parse_project(project)
    assert findings == []
    found: dict[tuple[str, str], set[str]] = {}
    for _name, file in graph:
        for triple in file.triples:
            key = (triple.subject.value.removeprefix(ID), triple.predicate.value.rpartition("#")[2].rpartition("/")[2])
            found.setdefault(key, set()).add(triple.object.value)
    return found


def test_there_are_many_rows_of_every_kind_in_many_languages(table) -> None:
    assert len({row["row"] for row in table}) == len(table) >= 80
    kinds = Counter(kind for row in table for kind in row["kinds"].split(", "))
    assert {kind for kind in KINDS if kinds[kind] < 2} == set()
    assert len({row["language"] for row in table}) >= 8


def test_each_row_is_modelled_by_claims_that_rest_on_its_passage(table, facts) -> None:
    for row in table:
        passage, source = f"passage/{row['passage']}", f"source/{row['source']}"
        assert facts[passage, "inSource"] == {ID + source}
        assert facts[source, "language"] == {row["language"]}
        assert row["claims"]
        for claim in row["claims"].split():
            assert ID + passage in facts[f"claim/{claim}", "evidence"], (row["row"], claim)


def test_every_located_passage_is_in_the_table(table, facts) -> None:
    located = {subject for subject, predicate in facts if predicate == "locator" and subject.startswith("passage/")}
    assert located == {f"passage/{row['passage']}" for row in table}


def test_rows_agree_with_the_research_tables(table, facts) -> None:
    if not RESEARCH.is_dir():
        pytest.skip(f"no research tables at {RESEARCH}")
    rows = {}
    for name in ("facts", "facts_b", "facts_c", "facts_d"):
        with (RESEARCH / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
            rows |= {row["fact_id"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    for row in table:
        words = rows[row["row"]]["locator"].split()
        (locator,) = facts[f"passage/{row['passage']}", "locator"]
        assert locator.split() == words[: len(locator.split())], row["row"]
        assert (
            rows[row["row"]]["reliability"].lower()
            == next(iter(facts[f"source/{row['source']}", "reliability"])).rpartition("/")[2]
        )


def test_each_claim_has_its_page_and_its_line_in_csv(table, site, ask) -> None:
    claims = {ID + f"claim/{claim}" for row in table for claim in row["claims"].split()}
    listed = ask(site, f"SELECT ?c WHERE {{ ?c a <{ATLAS}Claim> }}", "text/csv").split()
    assert claims <= set(listed)
    for claim in sorted(claims):
        address = site + claim.removeprefix(BASE).replace("id/", "doc/", 1)
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": "text/html"})) as page:
            assert page.status == 200


def test_each_document_is_cited(table, site) -> None:
    query = f"SELECT ?c ?s WHERE {{ ?c <{ATLAS}evidence>/<{ATLAS}inSource> ?s }}"
    body = urlencode({"query": query, "cite": "true", "format": "json"}).encode()
    with urllib.request.urlopen(site + "sparql", body) as answer:
        cited = answer.read().decode()
    assert {row["source"] for row in table if f'source/{row["source"]}"' not in cited} == set()
