"""The inference rules give exactly the assertions that HermiT gives: none missing, none extra."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from computeatlas.curate.check.owl import java_home
from computeatlas.curate.current_view import derive_current_view
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.engine.serialise import serialise
from computeatlas.model.namespaces import ATLAS, ID, OWL, RDF
from computeatlas.model.project import Project
from computeatlas.model.queryfile import read_query
from computeatlas.release.infer import infer
from computeatlas.turtle.lines import parse_project

pytestmark = pytest.mark.slow

TYPE = RDF + "type"
RULES = [path.stem for path in Project.find().rules()]

#: Each rule has work here that no other rule does for it.
EXTRA = """
@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix place: <https://w3id.org/compute-atlas/id/place/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

:Hut a owl:Class ; owl:equivalentClass :Cabin . :Cabin a owl:Class ; owl:equivalentClass :Lodge . :Lodge a owl:Class .
:hut a :Hut . :lodge a :Lodge .
:huts a atlas:Programme ; atlas:powerPerFacility :power . :power a owl:NamedIndividual .
:given a :Watts .
:Mixed a owl:Class ; rdfs:subClassOf [ a owl:Class ; owl:intersectionOf ( :Left :Right ) ] .
:Left a owl:Class . :Right a owl:Class . :mixed a :Mixed .
:Watts a owl:Class ; owl:equivalentClass [ a owl:Restriction ; owl:onProperty atlas:unit ; owl:hasValue "W" ] .
:watt a owl:NamedIndividual ; atlas:unit "W" .
:InKilowatts a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty atlas:unit ; owl:hasValue "kW" ] .
:kilowatts a :InKilowatts .
:public a atlas:PublicOrganization . :hall a atlas:DataCentre ; atlas:fundedBy :public .
:model a atlas:AcceleratorModel . :hall atlas:usesAccelerator :model ; atlas:locatedIn :town .
:town atlas:within :region . :region atlas:within :land . :part atlas:partOf :hall .
:money atlas:funds :hall ; atlas:funder :payer . :friend atlas:cooperatesWith :public .
:other atlas:builtBy :builder .
:room a atlas:FacilityPart ; atlas:partOf :house . :house atlas:operatedBy :runner ; atlas:hostedBy :host .
:machine a atlas:Supercomputer ; atlas:housedIn :house . :house atlas:locatedIn :city .
:rack atlas:installedIn :room ; atlas:hardwareModel :chip . :chip atlas:manufacturer :maker .
:runner atlas:country :realm ; atlas:parentOrganization :parent . :realm atlas:within place:europe .
:ministry atlas:participatesIn :huts . :guild atlas:hasMember :runner .
:house atlas:itPower :power ; atlas:hplPerformance :rate . :rate a owl:NamedIndividual .
:act a atlas:LegalAct . :huts atlas:legalBasis :act .
"""


def project_triples() -> list[ox.Triple]:
    """Ontology, entities and current view: what HermiT sees in a check."""
    project = Project.find()
    graph, _ = parse_project(project)
    view = derive_current_view(EmbeddedEngine(graph.quads()), read_query(project.derivation()))
    return [
        *(t for name in ("ontology", "entities") for f in graph.files[name] for t in f.triples),
        *(a.triple for a in view),
    ]


@pytest.fixture(scope="module")
def triples() -> list[ox.Triple]:
    extra = ox.parse(EXTRA.encode(), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    imports = ox.NamedNode(OWL + "imports")
    kept = [t for t in project_triples() if t.predicate != imports]
    return [*kept, *(ox.Triple(q.subject, q.predicate, q.object) for q in extra)]


@pytest.fixture(scope="module")
def entailed(triples: list[ox.Triple], tmp_path_factory: pytest.TempPathFactory) -> set[ox.Triple]:
    """What HermiT entails on named individuals."""
    java_home()
    path = tmp_path_factory.mktemp("hermit") / "graph.rdf"
    path.write_bytes(serialise(triples, ox.RdfFormat.RDF_XML))
    command = [sys.executable, str(Path(__file__).with_name("hermit_entailments.py")), str(path)]
    done = subprocess.run(command, capture_output=True, check=True)
    quads = ox.parse(done.stdout, format=ox.RdfFormat.N_TRIPLES)
    return {plain(ox.Triple(q.subject, q.predicate, q.object)) for q in quads}


def plain(triple: ox.Triple) -> ox.Triple:
    """Return the triple with a literal in one form: HermiT writes the text of numbers in its own way."""
    value = triple.object
    if isinstance(value, ox.Literal) and value.datatype.value.rpartition("#")[2] in (
        "decimal",
        "integer",
        "nonNegativeInteger",
    ):
        return ox.Triple(triple.subject, triple.predicate, ox.Literal(str(float(value.value))))
    return triple


def assertions(triples: set[ox.Triple], ontology: list[ox.Triple]) -> set[ox.Triple]:
    """Return those of `triples` that assert a named class or a property of a named individual."""
    kinds: dict[str, set[str]] = {}
    for t in ontology:
        if t.predicate.value == TYPE and isinstance(t.subject, ox.NamedNode):
            kinds.setdefault(t.object.value.rpartition("#")[2], set()).add(t.subject.value)
    classes = kinds["Class"]
    properties = kinds["ObjectProperty"] | kinds["DatatypeProperty"]
    vocabulary = classes | properties | kinds["AnnotationProperty"] | kinds["Ontology"]
    return {
        plain(t)
        for t in triples
        if isinstance(t.subject, ox.NamedNode)
        and t.subject.value not in vocabulary
        and (
            t.predicate.value in properties
            or (t.predicate.value == TYPE and isinstance(t.object, ox.NamedNode) and t.object.value in classes)
        )
    }


def ruled(triples: list[ox.Triple], names: list[str]) -> set[ox.Triple]:
    rules = [read_query(path) for path in Project.find().rules() if path.stem in names]
    return assertions({*triples, *infer(triples, rules)}, triples)


@pytest.mark.parametrize(
    ("subject", "predicate", "value"),
    [
        ("room", "operatedBy", "runner"),
        ("room", "hostedBy", "host"),
        ("machine", "locatedIn", "city"),
        ("rack", "installedIn", "house"),
        ("house", "usesHardware", "chip"),
        ("room", "technologyFrom", "maker"),
        ("house", "technologyFrom", "maker"),
        ("house", "hasInvolvedActor", "maker"),
        ("runner", "ownedBy", "parent"),
        ("huts", "participatingState", "ministry"),
        ("runner", "memberOf", "guild"),
        ("house", "electricalPower", "power"),
        ("house", "performance", "rate"),
    ],
)
def test_what_the_new_axioms_are_for_follows(
    java: str, entailed: set[ox.Triple], subject: str, predicate: str, value: str
) -> None:
    example = "http://example.org/"
    triple = ox.Triple(ox.NamedNode(example + subject), ox.NamedNode(ATLAS + predicate), ox.NamedNode(example + value))
    assert triple in entailed


def test_an_organization_of_a_country_in_europe_is_european(java: str, entailed: set[ox.Triple]) -> None:
    european = ox.NamedNode(ATLAS + "EuropeanOrganization")
    members = {t.subject.value for t in entailed if t.object == european}
    assert "http://example.org/runner" in members
    assert f"{ID}actor/telenor" in members
    assert f"{ID}actor/nvidia" not in members


def test_a_joint_undertaking_that_funds_makes_infrastructure_publicly_funded(entailed: set[ox.Triple]) -> None:
    public = ox.NamedNode(ATLAS + "PubliclyFundedInfrastructure")
    assert f"{ID}infrastructure/mimer" in {t.subject.value for t in entailed if t.object == public}


def test_rules_give_what_hermit_gives(java: str, triples: list[ox.Triple], entailed: set[ox.Triple]) -> None:
    found = ruled(triples, RULES)
    assert len(entailed) > 500
    assert sorted(map(str, entailed - found)) == []
    assert sorted(map(str, found - entailed)) == []


@pytest.mark.parametrize("name", RULES)
def test_without_a_rule_something_is_missing(java: str, triples, entailed: set[ox.Triple], name: str) -> None:
    found = ruled(triples, [rule for rule in RULES if rule != name])
    assert found < entailed
