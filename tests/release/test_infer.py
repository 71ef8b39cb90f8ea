"""Each inference rule does its work, and only its work."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from computeatlas.model.errors import AtlasError, QueryError
from computeatlas.model.project import Project
from computeatlas.model.queryfile import QueryFile, parse_query_text, read_query
from computeatlas.release.infer import infer

PREFIXES = """
@prefix : <http://e/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""

#: Rule → what is given, and what follows by that rule alone.
CASES = {
    "cax_sco": (":A rdfs:subClassOf :B . :x a :A .", ":x a :B ."),
    "cax_eqc": (":A owl:equivalentClass :B . :x a :A . :y a :B .", ":x a :B . :y a :A ."),
    "prp_spo1": (":p rdfs:subPropertyOf :q . :x :p :y .", ":x :q :y ."),
    "prp_spo2": (":r owl:propertyChainAxiom ( :p :q ) . :x :p :y . :y :q :z .", ":x :r :z ."),
    "prp_inv": (":p owl:inverseOf :q . :x :p :y . :z :q :w .", ":y :q :x . :w :p :z ."),
    "prp_symp": (":p a owl:SymmetricProperty . :x :p :y .", ":y :p :x ."),
    "prp_trp": (":p a owl:TransitiveProperty . :x :p :y . :y :p :z .", ":x :p :z ."),
    "prp_dom": (":p rdfs:domain :A . :x :p 1 .", ":x a :A ."),
    "prp_rng": (":p rdfs:range :A . :x :p :y . :x :p 1 .", ":y a :A ."),
    "cls_svf": (":R owl:onProperty :p ; owl:someValuesFrom :A . :x :p :y . :y a :A .", ":x a :R ."),
    "cls_hv": (':R owl:onProperty :p ; owl:hasValue "MW" . :x :p "MW" . :y :p "kW" .', ":x a :R ."),
    "cls_hv1": (':R owl:onProperty :p ; owl:hasValue "MW" . :x a :R .', ':x :p "MW" .'),
    "cls_uni": (":U owl:unionOf ( :A :B ) . :x a :A . :y a :B . :z a :C .", ":x a :U . :y a :U ."),
    "cls_int1": (":I owl:intersectionOf ( :A :B ) . :x a :A , :B . :y a :A .", ":x a :I ."),
    "cls_int2": (":I owl:intersectionOf ( :A :B ) . :x a :I .", ":x a :A , :B ."),
}


def triples(text: str) -> list[ox.Triple]:
    quads = ox.parse((PREFIXES + text).encode(), format=ox.RdfFormat.TURTLE)
    return [ox.Triple(q.subject, q.predicate, q.object) for q in quads]


def rule(name: str) -> QueryFile:
    return read_query(next(p for p in Project.find().rules() if p.stem == name), require=("summary",))


def test_every_rule_has_a_case(project: Project) -> None:
    assert {path.stem for path in project.rules()} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_rule_gives_what_follows_and_no_more(name: str) -> None:
    given, follows = CASES[name]
    assert set(infer(triples(given), [rule(name)])) == set(triples(follows))


def test_rules_run_until_nothing_new_follows() -> None:
    steps = " . ".join(f":n{i} :p :n{i + 1}" for i in range(12))
    found = infer(triples(f":p a owl:TransitiveProperty . {steps} ."), [rule("prp_trp")])
    assert len(found) == 13 * 12 // 2 - 12


def test_membership_in_anonymous_classes_is_not_shown() -> None:
    given = ":A owl:equivalentClass [ owl:onProperty :p ; owl:someValuesFrom :B ] . :x :p :y . :y a :B ."
    found = infer(triples(given), [rule(name) for name in ("cls_svf", "cax_eqc")])
    assert found == triples(":x a :A .")


def test_a_rule_that_is_no_construct_is_refused() -> None:
    with pytest.raises(QueryError, match="does not construct"):
        infer(triples(":x a :A ."), [parse_query_text("odd", "ASK {}")])


def test_a_rule_that_makes_new_nodes_for_ever_is_stopped() -> None:
    endless = parse_query_text("endless", "CONSTRUCT { ?n a ?c } { ?x a ?c BIND(IRI(CONCAT(STR(?x), 'x')) AS ?n) }")
    with pytest.raises(AtlasError, match="did not come to rest"):
        infer(triples(":x a :A ."), [endless])


def test_rules_of_the_graph_stand_in_its_own_folder(tiny: Path) -> None:
    assert all(path.is_relative_to(tiny) for path in Project.find(tiny).rules())
