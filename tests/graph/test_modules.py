"""The modules of the ontology: each can be read alone, and together they are the ontology."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from computeatlas import __version__
from computeatlas.curate.check.owl import examine
from computeatlas.model.namespaces import ATLAS, ONTOLOGY_IRI, OWL, RDF

ONTOLOGY = Path(__file__).parents[2] / "ontology"
UMBRELLA = ONTOLOGY / "compute-atlas.ttl"
MODULES = sorted(ONTOLOGY.glob("modules/*.ttl"))
NAMES = [path.stem for path in MODULES]
TYPE = ox.NamedNode(RDF + "type")
KINDS = {
    ox.NamedNode(OWL + name)
    for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Datatype")
}
#: These give examples from elsewhere and use no term.
MATCHES = ("http://www.w3.org/2004/02/skos/core#closeMatch", "http://www.w3.org/2004/02/skos/core#exactMatch")


def read(path: Path) -> list[ox.Quad]:
    return list(ox.parse(path=path))


def declared(quads: list[ox.Quad]) -> dict[str, set[str]]:
    """Return the kinds by which each term is declared."""
    found: dict[str, set[str]] = {}
    for q in quads:
        if q.predicate == TYPE and q.object in KINDS and isinstance(q.subject, ox.NamedNode):
            found.setdefault(q.subject.value, set()).add(q.object.value)
    return found


def used(quads: list[ox.Quad], known: set[str]) -> set[str]:
    """Return those of the `known` terms that the file uses as property or value."""
    values = {q.object.value for q in quads if isinstance(q.object, ox.NamedNode) and q.predicate.value not in MATCHES}
    return ({q.predicate.value for q in quads} | values) & known


def test_there_is_one_for_each_part_of_the_subject() -> None:
    assert {"claims", "actors", "infrastructure", "hardware", "energy", "money", "governance", "places"} <= set(NAMES)


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_declares_all_that_it_uses_and_imports_nothing(path: Path) -> None:
    whole = declared([q for file in [UMBRELLA, *MODULES] for q in read(file)])
    quads = read(path)
    own = declared(quads)
    assert used(quads, set(whole)) - set(own) == set()
    assert {term: kinds for term, kinds in own.items() if kinds != whole[term]} == {}
    assert [q for q in quads if q.predicate.value == OWL + "imports"] == []


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_declares_nothing_in_vain(path: Path) -> None:
    quads = read(path)
    described = {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode) and q.predicate != TYPE}
    assert set(declared(quads)) - described - used(quads, set(declared(quads))) == set()


@pytest.mark.slow
@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_alone_is_owl_2_dl_and_consistent(path: Path, java: str) -> None:
    report = examine([ox.Triple(q.subject, q.predicate, q.object) for q in read(path)])
    assert report.violations == ()
    assert report.consistent
    assert report.unsatisfiable == ()


def test_each_term_is_described_in_one_file() -> None:
    homes: Counter[str] = Counter()
    for path in [UMBRELLA, *MODULES]:
        quads = read(path)
        described = {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode) and q.predicate != TYPE}
        homes.update(described & set(declared(quads)))
    assert {term for term, count in homes.items() if count > 1} == set()
    assert sum(term.startswith(ATLAS) for term in homes) > 60


def test_the_umbrella_imports_every_module_and_all_have_one_version() -> None:
    quads = read(UMBRELLA)
    imports = {q.object.value for q in quads if q.predicate.value == OWL + "imports"}
    assert imports == {f"{ONTOLOGY_IRI}/{name}" for name in NAMES}
    for path, name in zip(MODULES, NAMES, strict=True):
        said = {(q.subject.value, q.predicate.value, q.object.value) for q in read(path) if q.subject.value in imports}
        iri = f"{ONTOLOGY_IRI}/{name}"
        assert (iri, OWL + "versionInfo", __version__) in said
        assert (iri, OWL + "versionIRI", f"{iri}/{__version__}") in said
