"""SHACL Core by rudof gives what pySHACL, the reference, gives; and findings say where."""

from __future__ import annotations

import random
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.namespace import DCTERMS, RDF, SH

from computeatlas.curate.check import shape_samples
from computeatlas.curate.check.shape_samples import sight_of
from computeatlas.curate.check.shapes import find_shape_violations
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, shorten
from computeatlas.model.project import Project
from computeatlas.turtle.lines import ParsedFile, ParsedGraph, parse_project

SHAPES = Project.find().shapes()
#: What a mutation puts in the place of a value.
ODD = [
    ox.Literal("x"),
    ox.Literal("x", language="sv"),
    ox.Literal(-3),
    ox.NamedNode("http://e/odd"),
    ox.BlankNode("odd"),
]


def by_pyshacl(triples: list[ox.Triple]) -> set[tuple[str, str]]:
    """Return the local names of shapes with the nodes that break them, blank nodes as one."""
    data, shapes = rdflib.Graph(), rdflib.Graph()
    data.parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    for path in SHAPES:
        shapes.parse(path)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    return {
        (str(report.value(result, SH.sourceShape)).rpartition("/")[2], _node(report.value(result, SH.focusNode)))
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def _node(term: object) -> str:
    return str(term) if isinstance(term, rdflib.URIRef) else "a blank node"


def by_rudof(triples: list[ox.Triple]) -> set[tuple[str, str]]:
    graph = ParsedGraph({"claims": [ParsedFile("all.ttl", triples, "")]})
    findings = find_shape_violations(graph, SHAPES)
    assert all(finding.why and finding.hint for finding in findings)
    names = {shorten(t.subject.value): t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)}
    return {(finding.code, names.get(finding.what.partition(" ")[0], "a blank node")) for finding in findings}


@pytest.fixture(scope="module")
def triples() -> list[ox.Triple]:
    """The statements of the smallest graph of the tests, without the ontology's."""
    found = []
    for path in sorted((Path(__file__).parents[2] / "data/tiny").rglob("*.ttl")):
        found += [q.triple for q in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    return found


@pytest.mark.slow
def test_the_graph_itself_has_the_shapes(parsed: ParsedGraph) -> None:
    assert find_shape_violations(parsed, SHAPES) == []


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_random_faults_are_found_as_by_the_reference(triples, seed: int, faults: int) -> None:
    chance = random.Random(seed)
    changed = list(triples)
    for _ in range(faults):
        place = chance.randrange(len(changed))
        triple = changed[place]
        what = chance.choice(["drop", "replace", "add"])
        if what == "drop":
            del changed[place]
        elif what == "replace":
            changed[place] = ox.Triple(triple.subject, triple.predicate, chance.choice(ODD))
        else:
            changed.append(ox.Triple(triple.subject, triple.predicate, chance.choice(ODD)))
    assert by_rudof(changed) == by_pyshacl(changed)


def test_shapes_that_are_no_turtle_are_named(tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text("shape:x a .\n")
    with pytest.raises(UsageError, match=r"shapes\.ttl"):
        find_shape_violations(parse_project(Project.find(tiny))[0], [path])


#: A shape with a constraint of which a sample knows nothing, so that all records are validated; it is about nothing.
UNKNOWN_TO_SAMPLES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
<http://e/shape> a sh:NodeShape ; sh:targetClass <http://e/Nothing> ; sh:closed true ."""
#: IRIs of names that a validator might write in another way.
NAMES = ["http://e/plain", "http://e/å", "http://e/%C3%A5", "HTTP://E:80/../x"]


def copied(triples: list[ox.Triple], copy: int) -> list[ox.Triple]:
    """Return `triples` about other things, which are all described as those of `triples` are."""
    subjects = {triple.subject for triple in triples}

    def renamed(term):
        return ox.NamedNode(f"{term.value}-{copy}") if term in subjects and isinstance(term, ox.NamedNode) else term

    return [ox.Triple(renamed(t.subject), t.predicate, renamed(t.object)) for t in triples]


@pytest.fixture(scope="module")
def records(triples: list[ox.Triple]) -> list[ox.Triple]:
    """Three copies of the statements of the smallest graph of the tests, so that each record has its like."""
    return [triple for copy in range(3) for triple in copied(triples, copy)]


def compare_sample_with_all(triples: list[ox.Triple], folder: Path) -> None:
    unknown = folder / "unknown.ttl"
    unknown.write_text(UNKNOWN_TO_SAMPLES)
    graph = ParsedGraph({"claims": [ParsedFile("all.ttl", triples, "")]})
    assert find_shape_violations(graph, SHAPES) == find_shape_violations(graph, [*SHAPES, unknown])


@pytest.mark.slow
def test_each_fault_of_one_record_among_many_is_found_in_a_sample(tmp_path: Path, monkeypatch, triples) -> None:
    # Else a value at fault would have the records looked at one by one that have a value gathered with it.
    monkeypatch.setattr(shape_samples, "_GATHERED", 1)
    sight = sight_of(shape_triples())
    assert sight
    # A record without a fault, since all that are like one with a fault are looked at.
    publishers = [triple.object for triple in triples if triple.predicate.value == str(DCTERMS.publisher)]
    actor = ox.NamedNode(ATLAS + "Actor")
    triples = triples + [ox.Triple(one, ox.NamedNode(str(RDF.type)), actor) for one in publishers]
    assert not by_rudof(triples)
    changed = list(triples)
    copy = 0
    for place, triple in enumerate(triples):
        if triple.predicate in sight.properties or triple.predicate.value == str(RDF.type):
            for others in ([], *([value] for value in [*ODD, *_like(triple.object)]), [triple.object, *ODD[:1]]):
                now = [ox.Triple(triple.subject, triple.predicate, other) for other in others]
                copy += 1
                changed += copied([*triples[:place], *now, *triples[place + 1 :]], copy)
    assert copy > 200
    compare_sample_with_all(changed, tmp_path)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 8))
def test_a_sample_has_the_findings_of_all_records(tmp_path_factory, records, seed: int, faults: int) -> None:
    chance = random.Random(seed)
    changed = list(records)
    sight = sight_of(shape_triples())
    assert sight
    seen = [triple for triple in records if triple.predicate in sight.properties]
    for _ in range(faults):
        triple = chance.choice(seen if chance.random() < 0.8 else records)
        value = chance.choice(chance.choice([_like(triple.object), [*ODD, *map(ox.NamedNode, NAMES)]]))
        subject = ox.NamedNode(chance.choice(NAMES)) if chance.random() < 0.2 else triple.subject
        what = chance.choice(["drop", "replace", "add"])
        if what != "add" and triple in changed:
            changed.remove(triple)
        if what != "drop":
            changed.append(ox.Triple(subject, triple.predicate, value))
    chance.shuffle(changed)
    compare_sample_with_all(changed, tmp_path_factory.mktemp("shapes"))


def _like(term) -> list[ox.NamedNode | ox.Literal]:
    """Return terms that differ from `term` in the text or, where it is a text in a language, in the language."""
    if not isinstance(term, ox.Literal):
        return [ox.NamedNode("http://e/"), ox.NamedNode("ftp://e/")]
    if term.language:
        return [ox.Literal(term.value, language=language) for language in ("en", "sv", "de")]
    return [ox.Literal(text, datatype=term.datatype) for text in ("-1", "x", "5")]


def shape_triples() -> list[ox.Triple]:
    return [quad.triple for path in SHAPES for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]


def test_the_shapes_can_be_sampled_and_others_are_not() -> None:
    shapes = shape_triples()
    assert sight_of(shapes)
    unknown = [quad.triple for quad in ox.parse(UNKNOWN_TO_SAMPLES, format=ox.RdfFormat.TURTLE)]
    assert sight_of([*shapes, *unknown]) is None


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:path rdf:type ; sh:maxCount 1",
        "sh:path [ sh:inversePath rdfs:label ] ; sh:minCount 1",
        "sh:path rdfs:label ; sh:uniqueLang true",
        "sh:path rdfs:label ; sh:hasValue 1",
        "sh:path rdfs:label ; sh:property [ sh:path rdfs:seeAlso ]",
        "sh:path rdfs:label ; sh:qualifiedValueShape [ sh:pattern 'x' ] ; sh:qualifiedMinCount 1",
    ],
)
def test_what_a_sample_would_miss_is_not_sampled(constraint: str) -> None:
    text = f"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://e/shape> a sh:NodeShape ; sh:targetClass <http://e/C> ; sh:property [ {constraint} ] ."""
    assert sight_of([quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]) is None
