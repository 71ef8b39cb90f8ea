"""The ontology: size, words, metadata, and the catalogue by which Protégé opens it offline."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pyoxigraph as ox
import pytest

from computeatlas.model.namespaces import ATLAS, ONTOLOGY_IRI, OWL, RDF

ONTOLOGY = Path(__file__).parents[2] / "ontology"
#: The parts of the ontology, each of which can be read alone.
MODULES = sorted(ONTOLOGY.glob("modules/*.ttl"))
KINDS = {OWL + name for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
#: The words that the field expects to find.
WANTED = [
    *("Company", "PublicOrganization", "ResearchOrganization", "PublicPrivatePartnership", "Person"),
    *("DataCentre", "AIFactory", "AIFactoryAntenna", "AIGigafactory", "Supercomputer", "SupportNetwork"),
    *("Programme", "Call", "FundingCommitment", "QuantityValue", "Place", "AcceleratorModel"),
    *("Claim", "Passage", "Source", "PubliclyFundedInfrastructure"),
]


@pytest.fixture(scope="module")
def triples() -> list[ox.Quad]:
    return [q for path in [ONTOLOGY / "compute-atlas.ttl", *MODULES] for q in ox.parse(path=path)]


def terms(triples: list[ox.Quad]) -> set[str]:
    return {
        q.subject.value
        for q in triples
        if q.predicate.value == RDF + "type" and q.object.value in KINDS and q.subject.value.startswith(ATLAS)
    }


def test_the_terms_of_a_continent_are_there(triples) -> None:
    assert len(terms(triples)) > 150


@pytest.mark.parametrize("name", WANTED)
def test_class_is_there(triples, name: str) -> None:
    assert (ATLAS + name, OWL + "Class") in {
        (q.subject.value, q.object.value) for q in triples if q.predicate.value == RDF + "type"
    }


@pytest.mark.parametrize(
    "part", ["http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#definition"]
)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_every_term_has_one_label_and_definition_in_each_language(triples, part: str, language: str) -> None:
    found: dict[str, list[str]] = {term: [] for term in terms(triples)}
    for q in triples:
        if q.predicate.value == part and q.object.language == language and q.subject.value in found:
            found[q.subject.value].append(q.object.value)
    assert [term for term, texts in found.items() if len(texts) != 1] == []


def test_no_two_terms_have_the_same_definition(triples) -> None:
    definitions = [q.object.value for q in triples if q.predicate.value.endswith("#definition")]
    assert len(definitions) == len(set(definitions))


@pytest.mark.parametrize(
    "axiom",
    ["AllDisjointClasses", "TransitiveProperty", "SymmetricProperty", "FunctionalProperty", "IrreflexiveProperty"],
)
def test_kind_of_axiom_is_used(triples, axiom: str) -> None:
    assert any(q.object == ox.NamedNode(OWL + axiom) for q in triples)


@pytest.mark.parametrize(
    "predicate",
    ["propertyChainAxiom", "inverseOf", "qualifiedCardinality", "hasKey", "equivalentClass", "disjointWith"],
)
def test_kind_of_statement_is_used(triples, predicate: str) -> None:
    assert any(q.predicate.value == OWL + predicate for q in triples)


@pytest.mark.parametrize(
    "predicate",
    [
        "http://purl.org/dc/terms/title",
        "http://purl.org/dc/terms/description",
        "http://purl.org/dc/terms/license",
        "http://purl.org/dc/terms/creator",
        OWL + "versionIRI",
        OWL + "versionInfo",
        "http://purl.org/vocab/vann/preferredNamespacePrefix",
        "http://purl.org/vocab/vann/preferredNamespaceUri",
    ],
)
def test_header_is_complete(triples, predicate: str) -> None:
    assert any(q.subject.value == ONTOLOGY_IRI and q.predicate.value == predicate for q in triples)


def test_no_range_is_a_datatype_on_which_reasoners_fail(triples) -> None:
    """xsd:date and xsd:gYear are outside the OWL 2 datatype map."""
    ranges = {
        q.object.value
        for q in triples
        if q.predicate.value.endswith("rdf-schema#range") and not isinstance(q.object, ox.BlankNode)
    }
    allowed = {"decimal", "integer", "nonNegativeInteger", "string", "boolean"}
    datatypes = {r.rpartition("#")[2] for r in ranges if "XMLSchema" in r}
    assert datatypes <= allowed


def test_every_import_is_in_the_catalogue_and_every_entry_is_a_file() -> None:
    entries = {
        entry.attrib["name"]: entry.attrib["uri"]
        for entry in ElementTree.parse(ONTOLOGY / "catalog-v001.xml").getroot()
    }
    for uri in entries.values():
        assert (ONTOLOGY / uri).is_file(), uri
    imports = set()
    files = [*ONTOLOGY.glob("*.ttl"), *ONTOLOGY.glob("codes/*.ttl"), *MODULES]
    for path in [*files, *ONTOLOGY.parent.glob("graph_data/**/*.ttl")]:
        quads = list(ox.parse(path=path))
        imports |= {q.object.value for q in quads if q.predicate.value == OWL + "imports"}
        headers = [q.subject.value for q in quads if q.object == ox.NamedNode(OWL + "Ontology")]
        assert len(headers) == 1, path
        assert (ONTOLOGY / entries[headers[0]]).resolve() == path.resolve()
    assert imports <= set(entries)


def test_the_file_for_protege_brings_in_every_data_file() -> None:
    quads = ox.parse(path=ONTOLOGY / "compute-atlas-all.ttl")
    imports = {q.object.value for q in quads if q.predicate.value == OWL + "imports"}
    headers = {
        q.subject.value
        for path in [*ONTOLOGY.parent.glob("graph_data/**/*.ttl"), *ONTOLOGY.glob("codes/*.ttl")]
        for q in ox.parse(path=path)
        if q.object == ox.NamedNode(OWL + "Ontology")
    }
    assert headers < imports
