"""Queries of long lists cost in proportion to what they list: of four times the claims four times as much, not sixteen.

What counts is the time that the processor spends on one graph beside that on another, made the same way.
"""

from __future__ import annotations

import time

import pyoxigraph as ox
import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import GRAPH, ID, PREFIXES
from computeatlas.model.project import Project
from computeatlas.model.queryfile import read_query

pytestmark = pytest.mark.slow

FEW, TIMES = 300, 4
#: Between the growth of what is listed and its square.
MOST = TIMES * 2.5
HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
QUERIES = (
    "timeline_claims",
    "timeline_documents",
    "money_claims",
    "money_cost_claims",
    "conflicts_claims",
    "front_latest",
)


def made(number: int) -> EmbeddedEngine:
    """Return an engine with so many sites, each with a stage, a cost and money, on passages of documents of its own."""
    turtle = HEADER + "atlas:costEstimate rdfs:range atlas:MonetaryAmount .\n"
    for n in range(number):
        turtle += f"""infra:i{n} a atlas:Infrastructure . fund:f{n} a atlas:FundingCommitment .
            psg:p{n} atlas:inSource src:s{n} ; atlas:locator "some words {n}" ; atlas:seenOn "2026-01-01"^^xsd:date .
            src:s{n} a atlas:Source ; dcterms:issued "2025-0{n % 9 + 1}"^^edtf:EDTF .
            """
        for subject, name, value in (
            (f"infra:i{n}", "status", f"status:{'announced' if n % 2 else 'selected'}"),
            (f"infra:i{n}", "status", "status:operational"),
            (f"infra:i{n}", "costEstimate", f"qty:eur-{n}"),
            (f"fund:f{n}", "amount", f"qty:eur-{n}"),
        ):
            turtle += f"""[] a atlas:Claim ; atlas:subject {subject} ; atlas:predicate atlas:{name} ;
                atlas:object {value} ; atlas:modality modality:reported ; atlas:rank rank:normal ;
                atlas:evidence psg:p{n} .
                """
    graph = ox.NamedNode(GRAPH + "claims")
    triples = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    return EmbeddedEngine(
        ox.Quad(_named(t.subject), t.predicate, _named(t.object), graph)
        for t in triples
        if not isinstance(t.subject, ox.Triple)
    )


def _named(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode | ox.Literal | ox.Triple:
    return ox.NamedNode(f"{ID}claim/{term.value}") if isinstance(term, ox.BlankNode) else term


def cost(engine: EmbeddedEngine, text: str) -> float:
    """Return the least of the times that the processor spent on a query, in seconds."""
    times = []
    for _ in range(3):
        begun = time.process_time()
        engine.table(Query(text))
        times.append(time.process_time() - begun)
    return min(times)


@pytest.fixture(scope="module")
def engines() -> tuple[EmbeddedEngine, EmbeddedEngine]:
    return made(FEW), made(FEW * TIMES)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_costs_in_proportion_to_what_it_lists(
    project: Project, engines: tuple[EmbeddedEngine, EmbeddedEngine], name: str
) -> None:
    text = next(read_query(path).text for path in project.views() if path.stem == name)
    few, many = engines
    assert len(many.table(Query(text)).rows) >= len(few.table(Query(text)).rows) > 0
    assert cost(many, text) < MOST * cost(few, text)
