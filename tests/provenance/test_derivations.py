"""Why a triple is in the graph `inferred`."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from computeatlas.curate.derived_days import derive_days
from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import AtlasError
from computeatlas.model.namespaces import ATLAS, ID, RDF, graph_iri
from computeatlas.model.queryfile import parse_query_text
from computeatlas.provenance.day_steps import DAYS_OF_DATE
from computeatlas.provenance.derivations import Derivation, explain
from computeatlas.provenance.rules import read_rules
from computeatlas.release.infer import infer

if TYPE_CHECKING:
    from computeatlas.engine.table import Ask

#: Inferred triples whose steps cannot be found again.
NOT_RECORDED = 0
TYPE = ox.NamedNode(RDF + "type")
#: Triples of each property and class that are drawn of the whole graph, and how: always the same of the same graph.
EACH, SEED = 12, 20


def _in(graph: str) -> str:
    return f"SELECT ?s ?p ?o {{ GRAPH <{graph_iri(graph)}> {{ ?s ?p ?o }} }}"


@pytest.fixture(scope="module", params=["all of a small graph", "some of the whole"])
def asked(request: pytest.FixtureRequest, asking: Ask, small_engine: EmbeddedEngine) -> Ask:
    """Ask the small graph, of which every inferred triple is explained, or the whole, of which some are."""
    return asking if request.param == "some of the whole" else lambda text: small_engine.table(Query(text))


@pytest.fixture(scope="module")
def inferred(asked: Ask, asking: Ask) -> list[ox.Triple]:
    found = [ox.Triple(*row) for row in asked(_in("inferred")).rows]
    if asked is not asking:
        return found
    kinds: dict[tuple[object, ...], list[ox.Triple]] = {}
    for triple in sorted(found, key=str):
        kinds.setdefault((triple.predicate, triple.object if triple.predicate == TYPE else None), []).append(triple)
    draw = random.Random(SEED)
    return [triple for some in kinds.values() for triple in draw.sample(some, min(EACH, len(some)))]


@pytest.fixture(scope="module")
def derivations(inferred, asked, rules) -> dict[ox.Triple, Derivation]:
    return explain(inferred, asked, rules)


def all_of(derivation: Derivation) -> list[Derivation]:
    return [derivation, *(found for premise in derivation.premises for found in all_of(premise))]


def test_every_inferred_triple_has_a_derivation_or_is_counted(inferred, derivations) -> None:
    assert set(derivations) == set(inferred)
    lost = [d for d in derivations.values() if any(not step.recorded for step in all_of(d))]
    assert len(lost) == NOT_RECORDED


def test_every_premise_is_in_the_release_where_it_is_said_to_be(derivations, asked) -> None:
    steps = {step for derivation in derivations.values() for step in all_of(derivation)}
    assert all(step.graphs for step in steps)
    held = {tuple(row) for row in asked("SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }").rows}
    for step in steps:
        triple = step.triple
        for name in step.graphs:
            assert (ox.NamedNode(graph_iri(name)), triple.subject, triple.predicate, triple.object) in held


def test_derivations_end_in_what_is_not_inferred_and_never_go_round(derivations) -> None:
    for derivation in derivations.values():
        assert all("inferred" not in leaf.graphs for leaf in derivation.leaves())
        stack = [(derivation, frozenset[ox.Triple]())]
        while stack:
            step, above = stack.pop()
            assert step.triple not in above
            stack += [(premise, above | {step.triple}) for premise in step.premises]


@pytest.mark.slow
def test_the_ends_of_a_derivation_suffice_for_its_conclusion(derivations, asked, rules) -> None:
    """One derivation of each kind is run forward by the inference that made the release, from its ends alone."""
    ontology = [ox.Triple(*row) for row in asked(_in("ontology")).rows]
    kinds: dict[tuple[object, ...], Derivation] = {}
    for derivation in derivations.values():
        object_ = derivation.triple.object if derivation.triple.predicate == TYPE else None
        kinds.setdefault((derivation.rule, derivation.triple.predicate, object_), derivation)
    assert len(kinds) > 15
    for derivation in kinds.values():
        ends = [leaf.triple for leaf in derivation.leaves() if leaf.triple not in ontology]
        run = derive_days(ends) if derivation.rule == DAYS_OF_DATE else infer([*ontology, *ends], rules)
        assert derivation.triple in run


def test_a_chain_is_told_down_to_what_is_claimed(asking, rules) -> None:
    triple = ox.Triple(
        ox.NamedNode(ID + "infrastructure/coreweave-falun"),
        ox.NamedNode(ATLAS + "locatedIn"),
        ox.NamedNode(ID + "place/dalarna"),
    )
    derivation = explain([triple], asking, rules)[triple]
    assert derivation.rule == "prp_spo2"
    assert derivation.summary
    assert {"current", "entities"} <= {name for leaf in derivation.leaves() for name in leaf.graphs}


def test_a_class_defined_by_a_nameless_one_is_told_without_it(asked, derivations) -> None:
    nameless = "?class <http://www.w3.org/2002/07/owl#equivalentClass> []"
    rows = asked(f"SELECT ?thing ?class {{ GRAPH <{graph_iri('inferred')}> {{ ?thing a ?class }} {nameless} }}").rows
    told = 0
    for thing, class_ in rows:
        derivation = derivations.get(ox.Triple(thing, TYPE, class_))
        if derivation is None:
            continue
        told += 1
        assert derivation.recorded
        # A definition has several parts, and each is a premise.
        assert len(derivation.premises) > 1
        assert "nameless" not in "".join(str(step.triple) for step in all_of(derivation))
    assert told


def test_a_hundred_triples_cost_few_queries(asking, rules) -> None:
    asked = []

    def count(text: str) -> object:
        asked.append(text)
        return asking(text)

    inferred = [ox.Triple(*row) for row in asking(_in("inferred")).rows]
    explain(inferred[::13][:100], count, rules)
    assert len(asked) < 100


def world(turtle: str, inferred: str = "") -> Ask:
    engine = EmbeddedEngine()
    for name, text in (("entities", turtle), ("inferred", inferred)):
        prefixes = f"@prefix : <http://e/> . @prefix owl: <http://www.w3.org/2002/07/owl#> . {text}"
        quads = ox.parse(prefixes.encode(), format=ox.RdfFormat.TURTLE)
        engine.add(ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(graph_iri(name))) for q in quads)
    return lambda text: engine.table(Query(text))


def e(subject: str, predicate: str, object_: str) -> ox.Triple:
    return ox.Triple(*(ox.NamedNode(f"http://e/{name}") for name in (subject, predicate, object_)))


def test_what_only_follows_from_itself_has_no_recorded_steps(rules) -> None:
    ask = world(":p a owl:SymmetricProperty .", ":a :p :b . :b :p :a .")
    found = explain([e("a", "p", "b")], ask, rules)[e("a", "p", "b")]
    assert found.rule is None
    assert not found.recorded


def test_of_two_ways_the_shorter_is_told(rules) -> None:
    ask = world(
        ":p a owl:TransitiveProperty ; owl:inverseOf :q . :a :p :b . :b :p :c . :c :p :d . :d :q :a .",
        ":a :p :c , :d . :b :p :d .",
    )
    assert explain([e("a", "p", "d")], ask, rules)[e("a", "p", "d")].rule == "prp_inv"


def test_a_stated_triple_stands_by_itself(rules) -> None:
    found = explain([e("a", "p", "b")], world(":a :p :b ."), rules)[e("a", "p", "b")]
    assert found == Derivation(e("a", "p", "b"), ("entities",))
    assert found.leaves() == (found,)


def test_a_triple_that_is_nowhere_is_missing(rules) -> None:
    assert explain([e("a", "p", "b")], world(""), rules) == {}


def test_an_intersection_needs_all_its_classes(rules) -> None:
    ask = world(":C owl:intersectionOf ( :A :B :D ) . :x a :A , :B , :D .", ":x a :C .")
    triple = ox.Triple(ox.NamedNode("http://e/x"), TYPE, ox.NamedNode("http://e/C"))
    premises = {step.triple.object.value for step in explain([triple], ask, rules)[triple].premises}
    assert premises == {"http://e/A", "http://e/B", "http://e/D"}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s a ?o . ?o a ?s } WHERE { ?s ?p ?o }",
    ],
)
def test_a_rule_that_does_not_conclude_one_triple_is_refused(text: str) -> None:
    with pytest.raises(AtlasError):
        read_rules([parse_query_text("a_rule", f"#+ summary: A rule.\n{text}")])
