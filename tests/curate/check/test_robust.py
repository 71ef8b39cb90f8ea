"""Whatever stands in the curated files, the check answers with findings and never with a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from computeatlas.curate.check.run import CheckReport, check_project
from computeatlas.model.project import Project
from computeatlas.turtle.lines import parse_file

pytestmark = pytest.mark.slow

ARCHIVE = Path(__file__).parents[2] / "data/archive"
#: Pieces of Turtle, whole and torn, and bytes that are no text.
PIECES = st.sampled_from(
    [
        b"@prefix e: <http://e/> .", b"@base <x> .", b"<http://e/s>", b"<", b">", b"e:a\\(", b"_:b", b"a", b"[",
        b"]", b"(", b")", b".", b";", b",", b'"', b'"""', b"'''", b"\\", b"^^", b"@en", b"@en--ltr", b"1.0", b"1e",
        b"true", b"#", b"\n", b"\r", b"\r\n", b"\0", b"\x1b", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80",
        b"\xc2\x85", b"\xe2\x80\xa8", b" ", b"<<(", b"{|", b"~", b"GRAPH", b"VERSION", b"PREFIX", b"\\u0001",
        b"\\uD800", b"%", b"a:b:c",
    ]
)  # fmt: skip
FOLDERS = st.sampled_from(["claims", "entities", "sources"])


@settings(max_examples=400)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode), st.lists(PIECES).map(b" ".join)))
@example(b"\xef\xbb\xbf")
@example(b'<http://e/s> <http://e/p> """')
@example(b"<http://e/s> <http://e/p> " + b"(" * 60)
def test_any_bytes_are_read_or_refused_with_findings(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.ttl"
    path.write_bytes(data)
    parsed, findings = parse_file(path, "any.ttl")
    assert (parsed is None) == any(finding.is_error for finding in findings)
    for finding in findings:
        assert finding.path == "any.ttl"
        assert 1 <= finding.line <= data.count(b"\n") + data.count(b"\r") + 1
        assert finding.what
        assert finding.hint


def checked(root: Path, folder: str, data: bytes) -> CheckReport:
    """Check the graph at `root` with one file more, and the evidence with it."""
    path = root / "graph_data" / folder / "any.ttl"
    path.write_bytes(data)
    try:
        return check_project(Project.find(root), archive=ARCHIVE)
    finally:
        path.unlink()


@settings(max_examples=20)
@given(folder=FOLDERS, data=st.one_of(st.binary(min_size=1, max_size=50), st.lists(PIECES, min_size=1).map(b" ".join)))
def test_a_graph_with_any_file_is_checked(tiny: Path, folder: str, data: bytes) -> None:
    checked(tiny, folder, data)


# ---------- Turtle with the terms of the project, put together without sense

NAMES = st.sampled_from(
    [
        "claim:hall-cost", "infra:hall", "actor:builder", "src:paper", "psg:paper-0-31", "qty:eur-10", "place:town",
        "claim:new", "src:new", "psg:new", "atlas:Claim", "atlas:builtBy", "modality:reported", "rank:preferred",
        "_:b", "<http://e/x>", "<urn:x:(%)>", "xsd:integer", "[]", "()", "( 1 )", "[ a atlas:Claim ]",
    ]
)  # fmt: skip
PREDICATES = st.sampled_from(
    [
        "a", "rdfs:label", "rdfs:comment", "rdfs:domain", "rdfs:range", "rdfs:subClassOf", "rdfs:subPropertyOf",
        "owl:sameAs", "owl:imports", "skos:inScheme", "skos:broader", "skos:notation", "dcterms:title",
        "dcterms:language", "dcterms:extent", "dcterms:issued", "dcterms:publisher", "foaf:page", "oa:start",
        "oa:end", "atlas:sha256", "atlas:inSource", "atlas:subject", "atlas:predicate", "atlas:object",
        "atlas:value", "atlas:modality", "atlas:rank", "atlas:rankReason", "atlas:statedBy", "atlas:asOf",
        "atlas:evidence", "atlas:contradicts", "atlas:minValue", "atlas:maxValue", "atlas:unit", "atlas:currency",
        "atlas:isoCode", "atlas:within", "atlas:builtBy", "atlas:operationalFrom", "atlas:renewableShare",
        "atlas:no-such-term",
    ]
)  # fmt: skip
LITERALS = st.sampled_from(
    [
        '""', '"x"', '"x"@en', '"x"@sv', '"x"@de-x-y', '" "', '"\\u0001"', '"\\uFFFF"', '"a\\nb"', "1", "-1", "1.0",
        "1e400", "010", "true", '"x"^^xsd:integer', '""^^xsd:integer', '"1"^^xsd:byte',
        '"-5"^^xsd:nonNegativeInteger', '"NaN"^^xsd:double', '"INF"^^xsd:double', '"x"^^xsd:decimal',
        '"99999999999999999999999999999999999999999"^^xsd:integer', '" 7 "^^xsd:integer', '"2024-02-30"^^xsd:date',
        '"2024"^^xsd:gYear', '"-0001Z"^^xsd:gYear', '"24:00:00"^^xsd:time', '"x"^^<http://e/t>', '"0"^^xsd:boolean',
        '"SEK"', '"{focus}"', '"Counted: x"@en', '"P1Y"^^xsd:duration',
    ]
)  # fmt: skip
TRIPLES = st.tuples(NAMES, PREDICATES, st.one_of(NAMES, LITERALS)).map(lambda parts: " ".join(parts) + " .\n")
PREFIXES = (
    "".join(
        f"@prefix {prefix}: <https://w3id.org/compute-atlas/id/{kind}/> .\n"
        for prefix, kind in {
            **{name: name for name in ("claim", "actor", "place", "modality", "rank")},
            **{"infra": "infrastructure", "src": "source", "psg": "passage", "qty": "quantity"},
        }.items()
    )
    + """\
@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
)


@settings(max_examples=30)
@given(folder=FOLDERS, triples=st.lists(TRIPLES, min_size=1, max_size=50))
def test_a_graph_of_statements_without_sense_is_checked(tiny: Path, folder: str, triples: list[str]) -> None:
    report = checked(tiny, folder, (PREFIXES + "".join(triples)).encode())
    for finding in report.findings:
        assert finding.what
        assert finding.path == "" or (tiny / finding.path).parent.is_dir()


@pytest.mark.parametrize("name", ["things.ttl", "café.ttl", "a b.ttl", "-.ttl", "%41.ttl", "\udcff.ttl"])
def test_a_file_of_any_name_is_checked(tiny: Path, name: str) -> None:
    shutil.copyfile(tiny / "graph_data/claims/hall.ttl", tiny / "graph_data/entities" / f"x{name}")
    assert {finding.code for finding in check_project(Project.find(tiny)).findings} == {"duplicate-identifier"}
