"""The quality measures of a release: counted by hand on the tiny graph, recounted on graphs of any shape."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import (
    ATLAS,
    DATASET_IRI,
    DCTERMS,
    DQV,
    ID,
    METRIC,
    PREFIXES,
    RDF,
    SKOS,
    XSD,
    graph_iri,
)
from computeatlas.model.project import Project
from computeatlas.model.queryfile import parse_query_text, read_query
from computeatlas.release.build import build
from computeatlas.release.load import load
from computeatlas.release.quality import measure

if TYPE_CHECKING:
    from pathlib import Path

A = ox.NamedNode(RDF + "type")
Measured = dict[tuple[str, str | None], str]
MEASUREMENTS = f"""
PREFIX dqv: <{DQV}>
PREFIX dcterms: <{DCTERMS}>
SELECT ?metric ?value ?of WHERE {{
  ?m a dqv:QualityMeasurement ; dqv:isMeasurementOf ?metric ; dqv:computedOn <{DATASET_IRI}> ; dqv:value ?value .
  OPTIONAL {{ ?m dcterms:subject|dcterms:language ?of }}
}}"""


def measured(engine: EmbeddedEngine) -> Measured:
    """Return what a graph says of its quality: (metric, what it is about) → value."""
    found: Measured = {}
    for row in engine.table(Query(MEASUREMENTS)).records():
        of = row["of"].value.rpartition("/")[2].rpartition("#")[2] if "of" in row else None
        key = (row["metric"].value.removeprefix(METRIC), of)
        assert key not in found, "each is measured once"
        found[key] = row["value"].value
    return found


def test_the_tiny_graph_is_counted_as_by_hand(tiny: Path, tmp_path: Path) -> None:
    """Three claims of one archived document in English, all about one hall in a town of a country.

    What it costs is speculation, which gives no sum. The document has no date.
    """
    _manifest, engine = load(build(Project.find(tiny), tmp_path))
    found = measured(engine)
    coverage = {key: found.pop(key) for key in list(found) if key[0].startswith("coverage")}
    assert found == {
        ("claims", None): "3",
        ("documents", None): "1",
        ("things", None): "1",
        ("things", "DataCentre"): "1",
        ("claims-per-thing", None): "3",
        ("claims-per-thing", "DataCentre"): "3",
        ("claims-of-thing", "hall"): "3",
        ("things-without-second-source", None): "1",
        ("things-without-second-source", "DataCentre"): "1",
        ("things-without-second-source-share", None): "1",
        ("things-without-second-source-share", "DataCentre"): "1",
        ("facilities", None): "1",
        ("facilities", "DataCentre"): "1",
        ("facilities-by-country", "land"): "1",
        ("claims-by-country", "land"): "3",
        ("claims-by-country-share", "land"): "1",
        **{
            (f"facilities-without-{what}{share}", kind): value
            for what, missing in (("location", "0"), ("stage", "1"), ("money", "1"))
            for share, value in (("", missing), ("-share", missing))
            for kind in (None, "DataCentre")
        },
        ("claims-by-reliability", "a"): "3",
        ("claims-by-reliability-share", "a"): "1",
        ("claims-by-language", "en"): "3",
        ("claims-by-language-share", "en"): "1",
        ("claims-archived", None): "3",
        ("claims-archived-share", None): "1",
        ("claims-located", None): "0",
        ("claims-located-share", None): "0",
    }
    # A cost that is only speculated about is no value of the current view.
    assert coverage == {
        (f"coverage{share}", name): value
        for share in ("", "-share")
        for name, value in (("builtBy", "1"), ("locatedIn", "1"), ("costEstimate", "0"))
    }


@pytest.fixture(scope="module")
def queries() -> dict[str, str]:
    return {path.stem: read_query(path).text for path in Project.find().quality()}


def iri(kind: str, name: object) -> ox.NamedNode:
    return ox.NamedNode(f"{ID}{kind}/{name}")


#: Of each document what it copies, an earlier one, its reliability and its language.
DOCUMENTS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from("abcd"), st.sampled_from(["en", "sv", "fr"])), min_size=1, max_size=6
)
#: Of each claim the thing that it is about and its passages: a document, and whether its text is archived.
CLAIMS = st.lists(
    st.tuples(st.integers(0, 3), st.sets(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=3)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60)
@given(documents=DOCUMENTS, claims=CLAIMS)
def test_sources_of_claims_are_counted_as_a_plain_recount_has_it(
    queries: dict[str, str], documents: list[tuple[int, str, str]], claims: list[tuple[int, set[tuple[int, bool]]]]
) -> None:
    """Copies, degrees, languages and grades, in graphs of any shape."""
    atlas = {name: ox.NamedNode(ATLAS + name) for name in
             ("Claim", "Source", "subject", "evidence", "inSource", "copyOf", "reliability", "locator")}  # fmt: skip
    quads = []

    def say(*triple: object) -> None:
        quads.append(ox.Quad(*triple, ox.NamedNode(graph_iri("claims"))))

    for number, (copied, degree, language) in enumerate(documents):
        say(iri("source", number), A, atlas["Source"])
        say(iri("source", number), atlas["reliability"], iri("reliability", degree))
        say(iri("source", number), ox.NamedNode(DCTERMS + "language"), ox.Literal(language))
        if copied < number:
            say(iri("source", number), atlas["copyOf"], iri("source", copied))
    claims = [(thing, {(d % len(documents), archived) for d, archived in passages}) for thing, passages in claims]
    for number, (thing, passages) in enumerate(claims):
        say(iri("claim", number), A, atlas["Claim"])
        say(iri("claim", number), atlas["subject"], iri("infrastructure", thing))
        for document, archived in passages:
            passage = iri("passage", f"{document}-{archived}")
            say(iri("claim", number), atlas["evidence"], passage)
            say(passage, atlas["inSource"], iri("source", document))
            if archived:
                say(passage, ox.NamedNode(PREFIXES["oa"] + "start"), ox.Literal(0))
            else:
                say(passage, atlas["locator"], ox.Literal("some words"))
    engine = EmbeddedEngine(quads)

    def count(name: str) -> dict[str | None, int]:
        found = {}
        for row in engine.table(Query(queries[name])).records():
            of = row.get("of") or row.get("language")
            if value := int(row["value"].value):
                found[of.value.rpartition("/")[2] if of else None] = value
        return found

    def origin(document: int) -> int:
        copied = documents[document][0]
        return origin(copied) if copied < document else document

    origins: dict[int, set[int]] = {}
    for thing, passages in claims:
        origins.setdefault(thing, set()).update(origin(document) for document, _archived in passages)
    alone = sum(len(found) == 1 for found in origins.values())
    assert count("things_without_second_source") == ({None: alone} if alone else {})
    assert count("claims_by_reliability") == Counter(min(documents[d][1] for d, _a in found) for _t, found in claims)
    assert count("claims_by_language") == Counter(
        language for _t, found in claims for language in {documents[d][2] for d, _a in found}
    )
    archived = sum(any(is_archived for _d, is_archived in found) for _t, found in claims)
    assert count("claims_archived").get(None, 0) == archived
    assert count("claims_located").get(None, 0) == len(claims) - archived
    assert count("documents") == {None: len({d for _t, found in claims for d, _a in found})}


def test_metrics_are_named_and_defined_in_both_languages_and_measure_the_data_set(engine) -> None:
    rows = engine.table(
        Query(f"""PREFIX dqv: <{DQV}> PREFIX skos: <{SKOS}>
        SELECT ?metric (COUNT(DISTINCT LANG(?name)) AS ?names) (COUNT(DISTINCT LANG(?text)) AS ?texts) WHERE {{
          ?metric a dqv:Metric . OPTIONAL {{ ?metric skos:prefLabel ?name }}
          OPTIONAL {{ ?metric skos:definition ?text }}
        }} GROUP BY ?metric""")
    ).records()
    metrics = {row["metric"].value: (row["names"].value, row["texts"].value) for row in rows}
    assert set(metrics.values()) == {("2", "2")}
    found = measured(engine)
    assert {METRIC + metric for metric, _of in found} <= set(metrics)
    shares = [float(value) for (metric, _of), value in found.items() if metric.endswith("-share")]
    assert len(shares) > 100
    assert all(0 <= share <= 1 for share in shares)


def test_values_have_the_datatype_of_their_metric(engine) -> None:
    rows = engine.table(
        Query(f"""PREFIX dqv: <{DQV}>
        SELECT ?metric ?value WHERE {{
          ?m dqv:isMeasurementOf ?metric ; dqv:value ?value . ?metric dqv:expectedDataType ?datatype
          FILTER(DATATYPE(?value) != ?datatype)
        }}""")
    )
    assert rows.rows == ()


def test_the_real_graph_is_counted_as_other_queries_count_it(engine) -> None:
    found = measured(engine)
    asked = {
        "claims": "SELECT (COUNT(*) AS ?n) { ?c a atlas:Claim }",
        "facilities": "SELECT (COUNT(*) AS ?n) { ?x a atlas:Infrastructure MINUS { ?x a atlas:FacilityPart } }",
        "facilities-without-stage": """SELECT (COUNT(*) AS ?n) { ?x a atlas:Infrastructure
          FILTER NOT EXISTS { ?x a atlas:FacilityPart } FILTER NOT EXISTS { ?x atlas:status ?stage } }""",
        "facilities-without-location": """SELECT (COUNT(*) AS ?n) { ?x a atlas:Infrastructure
          FILTER NOT EXISTS { ?x a atlas:FacilityPart } FILTER NOT EXISTS { ?x atlas:locatedIn ?place } }""",
    }
    for metric, query in asked.items():
        text = f"PREFIX atlas: <{ATLAS}> {query}"
        assert found[metric, None] == engine.table(Query(text)).rows[0][0].value, metric
    assert int(found["claims-archived", None]) + int(found["claims-located", None]) == int(found["claims", None])


def test_measurements_are_not_among_what_refers_to_a_thing(engine) -> None:
    """They are blank nodes: the page of a country does not list its measurements, nor that of the data set all."""
    listed = engine.table(Query(f"SELECT ?m {{ <{DATASET_IRI}> ?p ?m . ?m a <{DQV}QualityMeasurement> }}"))
    assert listed.rows == ()
    rows = engine.table(Query(f"SELECT ?m {{ ?m a <{DQV}QualityMeasurement> FILTER(!isBlank(?m)) }}"))
    assert rows.rows == ()


@pytest.mark.parametrize("text", ["SELECT ?value {", "CONSTRUCT { ?value ?b ?c } WHERE { ?value ?b ?c }"])
def test_a_query_that_measures_nothing_is_an_error_or_nothing(text: str) -> None:
    query = parse_query_text("mine", text)
    try:
        found = list(measure(EmbeddedEngine(), [query]))
    except UsageError as error:
        assert "mine" in str(error)
    else:
        assert {triple.predicate for triple in found} == {A}


def test_a_part_of_nothing_is_no_share() -> None:
    query = parse_query_text("mine", "SELECT ?value ?whole { VALUES (?value ?whole) { (0 0) } }")
    values = [triple.object for triple in measure(EmbeddedEngine(), [query]) if triple.predicate.value == DQV + "value"]
    assert values == [ox.Literal("0", datatype=ox.NamedNode(XSD + "integer"))]
