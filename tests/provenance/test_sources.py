"""What an answer rests on: claims, passages, documents, certainty, date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import BASE, ID, PREFIXES, graph_iri
from computeatlas.model.queryfile import read_query
from computeatlas.model.records import Modality, doubt
from computeatlas.provenance.gaps import Reason
from computeatlas.provenance.report import to_json
from computeatlas.provenance.sources import Sources, cite
from computeatlas.provenance.supports import Basis

if TYPE_CHECKING:
    from computeatlas.engine.table import Ask

PREFIX = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def citing(asking, rules):
    return lambda text: cite(PREFIX + text, asking, rules)


def claims_of(sources: Sources) -> set[str]:
    return {claim.iri for claim in sources.claims}


def supporting(asking: Ask, *statements: str) -> set[str]:
    """Return the claims that support statements, each `subject property`, by their annotations."""
    found = set()
    for statement in statements:
        subject, property_ = statement.split()
        rows = asking(f"""{PREFIX}SELECT ?claim {{ ?axiom owl:annotatedSource {subject} ;
            owl:annotatedProperty {property_} ; atlas:supportedBy ?claim }}""").rows
        assert rows, statement
        found |= {claim.value for (claim,) in rows}
    return found


def selected(asking: Ask, where: str) -> set[str]:
    return {row[0].value for row in asking(f"{PREFIX}SELECT DISTINCT ?claim {{ {where} }}").rows}


def test_the_claims_on_the_cost_of_falun_are_those_of_its_question(project, asking, rules) -> None:
    found = cite(read_query(project.root / "queries/falun_cost_claims.rq").text, asking, rules)
    expected = selected(asking, "?claim atlas:subject infra:coreweave-falun ; atlas:predicate atlas:costEstimate")
    expected |= selected(
        asking, "?claim atlas:subject ?fund ; atlas:predicate atlas:amount . ?fund atlas:funds infra:coreweave-falun"
    )
    funds = {
        f"<{row[0].value}> atlas:funds"
        for row in asking(
            f"{PREFIX}SELECT ?fund {{ ?fund atlas:funds infra:coreweave-falun ; a atlas:FundingCommitment }}"
        ).rows
    }
    about_falun = selected(asking, "?claim atlas:object infra:coreweave-falun ; atlas:predicate atlas:funds")
    assert claims_of(found) == expected | (supporting(asking, *funds) & about_falun)


def test_the_claims_on_the_shares_of_mimer_are_all_there(project, asking, rules) -> None:
    found = cite(read_query(project.root / "queries/mimer_funding_shares.rq").text, asking, rules)
    funds = [
        row[0].value
        for row in asking(f"{PREFIX}SELECT ?fund {{ ?fund atlas:funds infra:mimer ; atlas:fundingShare ?share }}").rows
    ]
    statements = [f"<{fund}> atlas:{name}" for fund in funds for name in ("funds", "fundingShare", "funder")]
    assert len(statements) >= 6
    assert claims_of(found) == supporting(asking, *statements)


def test_the_claims_on_the_money_for_gigafactories_are_all_there(project, asking, rules) -> None:
    found = cite(read_query(project.root / "queries/gigafactories_for_the_money.rq").text, asking, rules)
    assert claims_of(found) == selected(
        asking,
        """{ VALUES ?fund { <https://w3id.org/compute-atlas/id/funding/eu-ai-gigafactories> }
             { ?a owl:annotatedSource ?fund ; owl:annotatedProperty atlas:funds ; atlas:supportedBy ?claim }
             UNION { ?a owl:annotatedSource ?fund ; owl:annotatedProperty atlas:amount ; atlas:supportedBy ?claim } }
           UNION { ?a owl:annotatedSource prog:eu-ai-gigafactories ; owl:annotatedProperty atlas:costPerFacility ;
                      atlas:supportedBy ?claim }""",
    )


def test_what_is_unknown_is_cited_with_the_passages_that_the_answer_shows(project, asking, rules) -> None:
    text = read_query(project.root / "queries/stated_unknown.rq").text
    shown = {tuple(cell and cell.value for cell in row[3:6]) for row in asking(text).rows}
    found = cite(text, asking, rules)
    places = {place for claim in found.claims for place in claim.passages}
    # An archived passage has a stretch of characters, a located one some words.
    bounds = [(place.start, place.end, place.locator or None) for place in places]
    assert {tuple(None if bound is None else str(bound) for bound in three) for three in bounds} == shown
    assert found.weakest == ID + "modality/stated-unknown"


def test_an_inferred_triple_rests_on_the_claims_of_its_premises(citing, asking) -> None:
    found = citing("ASK { infra:coreweave-falun atlas:locatedIn place:dalarna }")
    (support,) = found.supports
    assert support.basis is Basis.INFERENCE
    assert claims_of(found) == supporting(asking, "infra:coreweave-falun atlas:locatedIn")
    # Which place lies in which is reference data.
    assert [reference.iri for reference in found.references] == [ID + "place/falun"]
    assert found.references[0].registers


def test_the_weakest_certainty_and_the_oldest_date_are_those_of_the_claims(citing, asking) -> None:
    # All claims of the graph would be more triples than one answer is cited for.
    some = "?claim a atlas:Claim ; atlas:predicate dcterms:description ; atlas:modality ?modality"
    found = citing(f"SELECT * {{ {some} }}")
    rows = asking(f"""{PREFIX}SELECT ?claim ?modality (MIN(STR(COALESCE(?asOf, ?issued))) AS ?date) {{
        {some} ; atlas:evidence/atlas:inSource ?document .
        OPTIONAL {{ ?claim atlas:asOf ?asOf }} OPTIONAL {{ ?document dcterms:issued ?issued }} }}
        GROUP BY ?claim ?modality""").rows
    assert claims_of(found) == {row[0].value for row in rows}
    assert found.oldest == min(row[2].value for row in rows if row[2])
    assert found.undated == sum(1 for row in rows if row[2] is None)
    assert found.weakest == max((row[1].value for row in rows), key=doubt)


def test_the_certainties_are_all_those_of_the_ontology(asking) -> None:
    rows = asking(f"{PREFIX}SELECT ?m {{ ?m skos:inScheme <{ID}scheme/modality> }}").rows
    assert {row[0].value for row in rows} == set(Modality)


def test_an_annotation_that_names_a_claim_rests_on_that_one_alone(rules) -> None:
    current = """[] owl:annotatedSource infra:a ; owl:annotatedProperty atlas:locatedIn ; owl:annotatedTarget place:b ;
        atlas:supportedBy claim:one , claim:two . infra:a atlas:locatedIn place:b ."""
    ask = world({"current": current, "claims": "claim:one a atlas:Claim . claim:two a atlas:Claim ."})

    def cited(where: str) -> set[str]:
        return claims_of(cite(f"{PREFIX}SELECT * {{ {where} }}", ask, rules))

    assert cited("?a owl:annotatedTarget place:b") == {ID + "claim/one", ID + "claim/two"}
    assert cited("infra:a atlas:locatedIn ?where") == {ID + "claim/one", ID + "claim/two"}
    assert cited("?a atlas:supportedBy claim:two") == {ID + "claim/two"}


def test_a_figure_for_a_period_rests_on_the_claims_of_its_axiom(rules) -> None:
    current = """[] owl:annotatedSource infra:a ; owl:annotatedProperty atlas:facilityCount ; owl:annotatedTarget 5 ;
        atlas:scopePeriod "2025" ; atlas:supportedBy claim:one . infra:a atlas:facilityCount 5 ."""
    ask = world({"current": current, "claims": "claim:one a atlas:Claim ."})

    def cited(where: str) -> set[str]:
        return claims_of(cite(f"{PREFIX}SELECT * {{ {where} }}", ask, rules))

    assert cited("?axiom atlas:scopePeriod ?period") == {ID + "claim/one"}
    assert cited("infra:a atlas:facilityCount ?n") == {ID + "claim/one"}


def world(graphs: dict[str, str]) -> Ask:
    """Return a way to ask graphs of Turtle, by their names."""
    engine = EmbeddedEngine()
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    for name, text in graphs.items():
        triples = ox.parse((prefixes + text).encode(), format=ox.RdfFormat.TURTLE)
        engine.add(ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(graph_iri(name))) for t in triples)
    return lambda text: engine.table(Query(text))


def test_what_describes_a_document_cites_it(citing) -> None:
    found = citing("SELECT * { ?document dcterms:publisher actor:gixtools ; dcterms:issued ?when }")
    assert [document.iri for document in found.documents] == [ID + "source/gixtools-mimer"]
    assert {support.basis for support in found.supports} == {Basis.DOCUMENT}
    assert found.claims == ()
    assert found.weakest is None


@pytest.mark.parametrize(
    ("query", "basis"),
    [
        ("ASK { place:sweden rdfs:label ?name }", Basis.REFERENCE),
        ("ASK { atlas:Claim rdfs:label ?name }", Basis.TERM),
        (f"ASK {{ <{BASE}dataset> <http://rdfs.org/ns/void#triples> ?number }}", Basis.METADATA),
    ],
)
def test_what_needs_no_claim_is_told_apart(citing, query: str, basis: Basis) -> None:
    found = citing(query)
    assert {support.basis for support in found.supports} == {basis}
    assert found.gaps == ()


def test_a_nameless_node_that_annotates_nothing_is_said_to_be_untraced(citing) -> None:
    found = citing("SELECT * { ?class owl:intersectionOf ?list }")
    assert {gap.reason for gap in found.gaps} == {Reason.BLANK}


def test_every_claim_of_a_trace_has_a_passage_in_a_document_that_is_listed(project, asking, rules) -> None:
    for path in project.questions():
        found = cite(read_query(path).text, asking, rules)
        listed = {document.iri for document in found.documents}
        assert found.claims or found.documents, path.name
        for claim in found.claims:
            assert claim.passages
            assert {source.iri for source in claim.sources} <= listed
        assert {iri for support in found.supports for iri in support.claims} == claims_of(found)


def test_the_report_has_every_part(citing) -> None:
    data = to_json(citing("SELECT * { infra:coreweave-falun atlas:locatedIn place:dalarna MINUS { ?x atlas:none 1 } }"))
    assert data["untraced"][0]["reason"] == "absence"
    (traced,) = data["traced"]
    assert traced["why"]["rule"] == "prp_spo2"
    assert traced["claims"] == [claim["iri"] for claim in data["claims"]]
    assert data["documents"][0]["iri"] == data["claims"][0]["passages"][0]["document"]
