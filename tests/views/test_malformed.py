"""Every view on data in which anything may stand anywhere: nothing raises, and what is well-formed stays."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import ATLAS, DATASET_IRI, DCTERMS, GRAPH, ID, OWL, PREFIXES, RDF, RDFS, VOID
from computeatlas.model.terms import decimal_of, whole_of
from computeatlas.views.conflicts import read_conflicts, read_questions
from computeatlas.views.documents import read_documents, read_records, read_subjects
from computeatlas.views.drawing.map import BARE
from computeatlas.views.entity.entity import read_page
from computeatlas.views.facilities import chosen, read_choices, read_facilities, unplaced
from computeatlas.views.facility_maps import draw_map, small_map
from computeatlas.views.front import read_front
from computeatlas.views.geojson import geojson
from computeatlas.views.money import draw, read_entries, read_lines
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader
from computeatlas.views.search import read_index, read_types
from computeatlas.views.terms import read_vocabulary
from computeatlas.views.timeline import read_timeline

from .claimed import Made, node, quads_of, text, views

if TYPE_CHECKING:
    from computeatlas.engine.table import Term

A_NAME = "infrastructure/good"
A, B = (node(f"infrastructure/{name}") for name in ("good", "bad"))
XSD = PREFIXES["xsd"]
OA, SKOS, GEO, FOAF = (PREFIXES[name] for name in ("oa", "skos", "geo", "foaf"))
#: Every property that a query of the views reads.
PROPERTIES = [
    *(
        ATLAS + name
        for name in [
            "subject",
            "predicate",
            "object",
            "value",
            "modality",
            "rank",
            "rankReason",
            "statedBy",
            "asOf",
            "evidence",
            "inSource",
            "contradicts",
            "supportedBy",
            "status",
            "operationalFrom",
            "locatedIn",
            "within",
            "isoCode",
            "operatedBy",
            "builtBy",
            "funds",
            "hasFunding",
            "amount",
            "fundingShare",
            "underProgramme",
            "partOf",
            "minValue",
            "maxValue",
            "currency",
            "unit",
            "approximate",
            "costEstimate",
        ]
    ),
    *(DCTERMS + name for name in ("issued", "publisher", "language", "title", "creator", "isReplacedBy")),
    *(RDFS + name for name in ("label", "subClassOf", "subPropertyOf", "domain", "range", "comment")),
    *(SKOS + name for name in ("prefLabel", "altLabel", "editorialNote", "scopeNote", "inScheme", "exactMatch")),
    *(
        OWL + name
        for name in [
            "annotatedSource",
            "annotatedProperty",
            "annotatedTarget",
            "deprecated",
            "inverseOf",
            "propertyChainAxiom",
            "equivalentClass",
            "disjointWith",
        ]
    ),
    *(GEO + name for name in ("lat", "long")),
    *(OA + name for name in ("start", "end")),
    *(VOID + name for name in ("classPartition", "class", "entities")),
    FOAF + "page",
    RDF + "type",
    RDF + "rest",
]
#: What may be malformed: the things of the data set, and such as are none of it.
SUBJECTS: list[ox.NamedNode | ox.BlankNode] = [
    B,
    *(
        node(name)
        for name in [
            "claim/bad",
            "claim/plan",
            "claim/sum",
            "passage/bad-source-d",
            "source/bad",
            "quantity/bad",
            "funding/bad",
            "place/bad",
            "actor/bad",
            "programme/bad",
        ]
    ),
    ox.NamedNode(ATLAS + "badProperty"),
    ox.NamedNode(DATASET_IRI),
    ox.BlankNode("axiom"),
]
WORDS = [
    "NaN",
    "INF",
    "-INF",
    "1e999999",
    "-0",
    "007",
    "+5",
    "1_000",
    "٣",
    "0x10",
    "true",
    "TRUE",
    "1",
    "2024",
    "2024-02-30",
    "2024-13",
    "0000",
    "9999-12-31",
    "99999-01-01",
    "-0044",
    "2024-06-03T10:00:00Z",
    "soon",
    "ready:",
    "a:b",
    "../x",
    "http://e/",
    "91",
    "181",
    "-91",
    "1,5",
]
VALUES: st.SearchStrategy[Term | ox.Triple] = st.one_of(
    st.builds(
        ox.Literal,
        st.sampled_from([*WORDS, "", " ", "9" * 30, "9" * 5000, "a\u0001b", "\u202eabc", "{}\\%&"]),
        datatype=st.sampled_from(
            [
                ox.NamedNode(XSD + n)
                for n in ["string", "decimal", "integer", "double", "boolean", "date", "gYear", "dateTime"]
            ]
            + [ox.NamedNode("http://e/type")]
        ),
    ),
    st.builds(ox.Literal, st.sampled_from(WORDS), language=st.sampled_from(["en", "sv", "sv-FI", "x-none", "zh-hant"])),
    st.sampled_from([*SUBJECTS, A, ox.BlankNode("b"), ox.NamedNode("urn:x"), ox.NamedNode(RDF + "nil")]),
    st.just(ox.Triple(A, ox.NamedNode(RDFS + "label"), ox.Literal("x"))),
)
TRIPLES = st.lists(
    st.tuples(
        st.sampled_from(SUBJECTS),
        st.sampled_from(PROPERTIES),
        VALUES,
        st.sampled_from(["claims", "current", "entities", "ontology", "sources"]),
    ),
    min_size=1,
    max_size=24,
)


def well_formed() -> list[ox.Quad]:
    made = [
        Made("good", (node("status/announced"),), "reported", "normal", A_NAME, ATLAS + "status", "2024"),
        Made("one", (ox.Literal(1),), "reported", "preferred", "infrastructure/good", documents=("source/d",)),
        Made("two", (ox.Literal(2),), subject="infrastructure/good", contradicts=("one",), documents=("source/e",)),
        Made("money", (node("quantity/good"),), subject="funding/good", property=ATLAS + "amount", date="2024"),
        Made("bad", (node("status/announced"),), subject="infrastructure/bad", property=ATLAS + "status"),
        Made(
            "plan", (ox.Literal("2026"),), subject="infrastructure/bad", property=ATLAS + "operationalFrom",
            documents=("source/bad",),
        ),
        Made("sum", (node("quantity/bad"),), subject="funding/bad", property=ATLAS + "amount"),
    ]  # fmt: skip
    more: list[tuple[ox.NamedNode, str, Term]] = [
        (node("quantity/good"), ATLAS + "minValue", ox.Literal("5", datatype=ox.NamedNode(XSD + "decimal"))),
        (node("quantity/good"), ATLAS + "currency", ox.Literal("EUR")),
        (node("source/d"), DCTERMS + "issued", ox.Literal("2024-06")),
        (A, RDFS + "label", text("Good")),
        (ox.NamedNode(DATASET_IRI), RDF + "type", ox.NamedNode(PREFIXES["dcat"] + "Dataset")),
        (ox.NamedNode(ATLAS + "DataCentre"), RDFS + "subClassOf", ox.NamedNode(ATLAS + "Infrastructure")),
        (ox.NamedNode(ATLAS + "badProperty"), RDF + "type", ox.NamedNode(OWL + "ObjectProperty")),
        (node("place/good"), GEO + "lat", ox.Literal("60.5")),
        (node("place/good"), GEO + "long", ox.Literal("15.4")),
        (A, ATLAS + "locatedIn", node("place/good")),
    ]
    for name in ("good", "bad"):
        more.append((node(f"funding/{name}"), RDF + "type", ox.NamedNode(ATLAS + "FundingCommitment")))
        more.append((node(f"infrastructure/{name}"), RDF + "type", ox.NamedNode(ATLAS + "Infrastructure")))
    quads = quads_of(made, more)
    # A claim without an IRI, and things without one that a claim is on.
    for name, subject in (("nameless", A), ("other", ox.BlankNode("thing"))):
        for key, value in (("subject", subject), ("predicate", ox.NamedNode(ATLAS + "facilityCount"))):
            quads.append(ox.Quad(ox.BlankNode(name), ox.NamedNode(ATLAS + key), value, ox.NamedNode(GRAPH + "claims")))
        for key, value in (("modality", "modality/reported"), ("rank", "rank/normal"), ("evidence", "passage/p")):
            quads.append(
                ox.Quad(ox.BlankNode(name), ox.NamedNode(ATLAS + key), node(value), ox.NamedNode(GRAPH + "claims"))
            )
        for key, value in ((ATLAS + "value", ox.Literal(7)), (RDF + "type", ox.NamedNode(ATLAS + "Claim"))):
            quads.append(ox.Quad(ox.BlankNode(name), ox.NamedNode(key), value, ox.NamedNode(GRAPH + "claims")))
    nameless = ox.BlankNode("fund")
    kind = ox.NamedNode(ATLAS + "FundingCommitment")
    quads.append(ox.Quad(nameless, ox.NamedNode(RDF + "type"), kind, ox.NamedNode(GRAPH + "claims")))
    entities = ox.NamedNode(GRAPH + "entities")
    quads += [
        ox.Quad(thing, ox.NamedNode(RDF + "type"), ox.NamedNode(ATLAS + kind), entities)
        for thing in (A, B)
        for kind in ("DataCentre", "Infrastructure")
    ]
    return quads


GOOD = well_formed()


@pytest.mark.slow
@settings(max_examples=30)
@given(TRIPLES)
def test_no_view_raises_and_what_is_well_formed_stays(bad: list[tuple]) -> None:
    quads = [ox.Quad(s, ox.NamedNode(p), o, ox.NamedNode(GRAPH + graph)) for s, p, o, graph in bad]
    engine = EmbeddedEngine([*GOOD, *quads])
    reader = Reader(lambda words: engine.table(Query(words)), views(), Names(views()["labels"]))

    numbers = {count.name: count.number for count in read_front(reader).counts}
    assert numbers["facilities"] >= 2

    told = {row.subject: row for row in read_timeline(reader).told}
    assert (ID + "status/announced",) in [event.stages for event in told[A.value].events]

    questions = read_questions(reader)
    conflicts = [c for c in read_conflicts(reader, questions) if c.question.subject == A.value]
    assert {ID + "claim/one", ID + "claim/two"} <= {a.claim.iri for conflict in conflicts for a in conflict.answers}

    entries, sums = read_entries(reader, read_lines(reader))
    assert ID + "funding/good" in {entry.line.subject for entry in entries}
    assert sums[ID + "quantity/good"].least == Decimal(5)
    assert any(bar.subject == ID + "funding/good" for chart in draw(entries, sums) for bar in chart.bars)

    records = read_records(reader, read_documents(reader))
    assert ID + "source/d" in {record.source.iri for record in records}
    read_subjects(reader, records)

    choices = read_choices(reader)
    facilities = read_facilities(reader, chosen(choices, (), ()))
    assert A.value in {facility.iri for facility in facilities}
    draw_map(facilities, unplaced(reader, facilities), choices, BARE)
    geojson(facilities, reader)
    assert small_map(reader, BARE, [A.value, B.value]) is not None

    assert ID + "infrastructure/good" in {hit.name.iri for hit in read_index(reader).find("Good", "en")}
    read_types(reader, [A.value, B.value])
    assert ATLAS + "badProperty" in read_vocabulary(reader).terms

    for thing in (A, *SUBJECTS):
        if isinstance(thing, ox.NamedNode):
            page = read_page(reader, thing)
            reader.need_in(page)
    page = read_page(reader, A)
    assert {ID + "claim/one", ID + "claim/two", ID + "claim/good"} <= set(page.records.claims)


@pytest.mark.parametrize("words", ["NaN", "INF", "1e999", "9" * 5000, "1_0", "٣", "", "x", "1e-99", "0x1"])
def test_what_is_no_measure_is_none(words: str) -> None:
    assert decimal_of(ox.Literal(words)) is None
    assert whole_of(ox.Literal(words)) is None
