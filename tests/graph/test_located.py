"""Rows of research tables that stand in the graph as claims on located evidence; recomputed from the files.

`graph_data/coverage_located.tsv` lists all rows: row, source, passage, language of the document, kinds of fact, and the
claims that the row became, or why it was left out.
"""

from __future__ import annotations

import csv
import random
import urllib.request
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest

from computeatlas.model.namespaces import ATLAS, BASE, ID

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


#: Why a row is left out: another row of the document says it, it is no matter of the graph, no property can say it
#: without loss or its locator shows something else, a later document corrects it, or it looks wrong.
REASONS = {"repetition", "outside", "not-checkable", "superseded", "doubtful"}
#: What a country is the place of: infrastructure and organizations, by any way that the graph knows.
IN_COUNTRY = """
PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
SELECT (COUNT(DISTINCT ?country) AS ?countries) WHERE {
  ?thing atlas:locatedIn/atlas:within* ?country . ?thing a atlas:Infrastructure . ?country a atlas:Country }
"""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    """All rows, those that were left out too."""
    with (REPOSITORY / "graph_data/coverage_located.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def table(rows) -> list[dict[str, str]]:
    """The rows that became claims."""
    return [row for row in rows if row["claims"]]


@pytest.fixture(scope="module")
def facts(parsed) -> dict[tuple[str, str], set[str]]:
    """Subject and property, each as the last part of its IRI, to values, from the Turtle files."""
    found: dict[tuple[str, str], set[str]] = {}
    for _name, file in parsed:
        for triple in file.triples:
            key = (triple.subject.value.removeprefix(ID), triple.predicate.value.rpartition("#")[2].rpartition("/")[2])
            found.setdefault(key, set()).add(triple.object.value)
    return found


def test_every_row_is_modelled_or_left_out_for_a_reason(rows) -> None:
    assert len({row["row"] for row in rows}) == len(rows)
    for row in rows:
        assert bool(row["claims"]) != bool(row["left_out"]), row["row"]
        assert row["claims"] or (row["left_out"] in REASONS and row["remark"]), row["row"]


def test_the_graph_is_as_large_as_it_says(table, site, ask) -> None:
    assert len(table) >= 1500
    assert len({row["source"] for row in table}) >= 650
    assert int(ask(site, IN_COUNTRY, "text/csv").split()[1]) >= 28


def test_there_are_many_rows_of_every_kind_in_many_languages(table) -> None:
    assert len({row["row"] for row in table}) == len(table) >= 80
    kinds = Counter(kind for row in table for kind in row["kinds"].split(", "))
    assert {kind for kind in KINDS if kinds[kind] < 2} == set()
    assert len({row["language"] for row in table}) >= 8


def test_each_row_is_modelled_by_claims_that_rest_on_its_passages(table, facts) -> None:
    for row in table:
        source = f"source/{row['source']}"
        passages = {ID + f"passage/{passage}" for passage in row["passage"].split()}
        assert {iri for passage in passages for iri in facts[passage.removeprefix(ID), "inSource"]} == {ID + source}
        assert facts[source, "language"] == {row["language"]}
        for claim in row["claims"].split():
            assert facts[f"claim/{claim}", "evidence"] & passages, (row["row"], claim)


def test_every_located_passage_is_in_the_table(table, facts) -> None:
    located = {subject for subject, predicate in facts if predicate == "locator" and subject.startswith("passage/")}
    assert located == {f"passage/{passage}" for row in table for passage in row["passage"].split()}


def test_rows_agree_with_the_research_tables(rows, table, facts) -> None:
    if not RESEARCH.is_dir():
        pytest.skip(f"no research tables at {RESEARCH}")
    given = {}
    for name in ("facts", "facts_b", "facts_c", "facts_d"):
        with (RESEARCH / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
            given |= {row["fact_id"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    assert {row["row"] for row in rows} == set(given)
    for row in table:
        words = given[row["row"]]["locator"].split()
        (locator,) = facts[f"passage/{row['passage'].split()[0]}", "locator"]
        assert f" {locator} " in f" {' '.join(words)} ", row["row"]
        # Second readers lowered some: what is machine-made, or copies.
        (reliability,) = facts[f"source/{row['source']}", "reliability"]
        assert reliability.rpartition("/")[2] >= given[row["row"]]["reliability"].lower(), row["row"]


def test_each_claim_has_its_line_in_csv_and_its_page(table, site, ask) -> None:
    claims = {ID + f"claim/{claim}" for row in table for claim in row["claims"].split()}
    listed = ask(site, f"SELECT ?c WHERE {{ ?c a <{ATLAS}Claim> }}", "text/csv").split()
    assert claims <= set(listed)
    # Pages of claims are made alike; two of each kind of fact and a hundred drawn from all are asked for.
    drawn = set(random.Random(20261128).sample(sorted(claims), 100))
    for kind in sorted(KINDS):
        of_kind = [row["claims"].split()[0] for row in table if kind in row["kinds"].split(", ")]
        drawn |= {ID + f"claim/{claim}" for claim in of_kind[:2]}
    for claim in sorted(drawn):
        address = site + claim.removeprefix(BASE).replace("id/", "doc/", 1)
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": "text/html"})) as page:
            assert page.status == 200


def test_each_document_is_cited(table, site) -> None:
    sources = sorted({row["source"] for row in table})
    for start in range(0, len(sources), 50):
        some = sources[start : start + 50]
        values = " ".join(f"<{ID}source/{source}>" for source in some)
        query = f"SELECT ?c ?s WHERE {{ VALUES ?s {{ {values} }} ?c <{ATLAS}evidence>/<{ATLAS}inSource> ?s }}"
        body = urlencode({"query": query, "cite": "true", "format": "json"}).encode()
        with urllib.request.urlopen(site + "sparql", body) as answer:
            cited = answer.read().decode()
        assert {source for source in some if f'source/{source}"' not in cited} == set()
