"""W3C's suite for Turtle 1.1, laid out by `fmt` and read as `check` reads a curated file.

The archive `rdf-tests.tar.gz` (folder `rdf/` of https://github.com/w3c/rdf-tests) is looked for where that of the
SPARQL suites is. It is read in memory; a file's IRI is the one under which W3C publishes it.
"""

from __future__ import annotations

import os
import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from computeatlas.model.errors import FindingsError
from computeatlas.turtle.format import format_file
from computeatlas.turtle.lines import parse_file

from .manifests import ARCHIVE as SPARQL_ARCHIVE
from .manifests import BASE

ARCHIVE = SPARQL_ARCHIVE.with_name("rdf-tests.tar.gz")
MANIFEST = f"{BASE}rdf/rdf11/rdf-turtle/manifest.ttl"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
RDFT = "http://www.w3.org/ns/rdftest#"
#: What the archive of commit ad541a5f holds.
NUMBERS = {"TestTurtleEval": 145, "TestTurtlePositiveSyntax": 74, "TestTurtleNegativeSyntax": 94}


@dataclass(frozen=True)
class Case:
    kind: str
    action: str
    result: str | None


@cache
def files() -> dict[str, bytes]:
    with tarfile.open(ARCHIVE) as archive:
        return {BASE + entry.name: archive.extractfile(entry).read() for entry in archive if entry.isfile()}


@cache
def cases() -> tuple[Case, ...]:
    said: dict[str, dict[str, str]] = {}
    for quad in ox.parse(files()[MANIFEST], format=ox.RdfFormat.TURTLE, base_iri=MANIFEST):
        said.setdefault(quad.subject.value, {})[quad.predicate.value] = quad.object.value
    return tuple(
        Case(parts["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"].removeprefix(RDFT), parts[MF + "action"], result)
        for parts in said.values()
        if (result := parts.get(MF + "result")) or MF + "action" in parts
    )


def each(*kinds: str) -> pytest.MarkDecorator:
    """Run a test with each case of these kinds; without the suite once, to be skipped or, in CI, to fail."""
    chosen = [case for case in cases() if case.kind in kinds] if ARCHIVE.is_file() else [None]
    return pytest.mark.parametrize("case", chosen, ids=lambda case: Path(case.action).stem if case else "absent")


def written(case: Case | None, folder: Path) -> Path:
    """Return the file of `case` as W3C has it; skip where there is no suite, and fail in CI."""
    if case is None:
        reason = f"no W3C test suite for Turtle at {ARCHIVE}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    path = folder / "case.ttl"
    path.write_bytes(files()[case.action])
    return path


def triples(data: bytes, file_format: ox.RdfFormat, base: str) -> ox.Dataset:
    dataset = ox.Dataset(ox.parse(data, format=file_format, base_iri=base))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def test_the_suite_is_the_one_that_is_known() -> None:
    if not ARCHIVE.is_file():
        written(None, Path())
    assert {kind: sum(case.kind == kind for case in cases()) for kind in {case.kind for case in cases()}} == NUMBERS


@each("TestTurtleEval", "TestTurtlePositiveSyntax")
def test_what_is_turtle_is_laid_out_with_the_same_triples_and_twice_the_same(case: Case | None, tmp_path: Path) -> None:
    path = written(case, tmp_path)
    original = path.read_bytes()
    format_file(path, "case.ttl")
    once = path.read_bytes()
    assert not format_file(path, "case.ttl")
    assert path.read_bytes() == once
    assert triples(once, ox.RdfFormat.TURTLE, case.action) == triples(original, ox.RdfFormat.TURTLE, case.action)
    if case.result:
        expected = triples(files()[case.result], ox.RdfFormat.N_TRIPLES, case.result)
        assert triples(once, ox.RdfFormat.TURTLE, case.action) == expected


@each("TestTurtleNegativeSyntax")
def test_what_is_not_turtle_is_refused_with_a_finding_and_left(case: Case | None, tmp_path: Path) -> None:
    path = written(case, tmp_path)
    with pytest.raises(FindingsError) as caught:
        format_file(path, "case.ttl")
    assert all(finding.line >= 1 and finding.what for finding in caught.value.findings)
    assert path.read_bytes() == files()[case.action]
    parsed, findings = parse_file(path, "case.ttl")
    assert parsed is None
    assert findings


@each("TestTurtleEval", "TestTurtlePositiveSyntax")
def test_what_is_turtle_is_read_or_refused_for_what_a_curated_file_may_not_have(
    case: Case | None, tmp_path: Path
) -> None:
    parsed, findings = parse_file(written(case, tmp_path), "case.ttl")
    assert {finding.code for finding in findings} <= {"relative-iri", "control-character", "windows-line-ends"}
    assert (parsed is None) == any(finding.is_error for finding in findings)
