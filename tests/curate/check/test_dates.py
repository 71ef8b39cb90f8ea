"""Dates in the files: what a finding says, and which dates are after their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from computeatlas.curate.check.dates import find_faulty_dates
from computeatlas.curate.check.run import check_project
from computeatlas.model.project import Project
from computeatlas.turtle.lines import parse_project

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .\n"
LAST = "    atlas:evidence psg:paper-32-48 .\n"
LANGUAGE = '    dcterms:language "en" ;\n'


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(PREFIX + text.replace(old, new), encoding="utf-8")


def claim_has(tiny: Path, parts: str) -> None:
    change(tiny / "graph_data/claims/hall.ttl", LAST, f"    {parts} ;\n{LAST}")


def source_has(tiny: Path, parts: str) -> None:
    change(tiny / "graph_data/sources/paper.ttl", LANGUAGE, f"{LANGUAGE}    {parts} ;\n")


def codes(tiny: Path) -> list[str]:
    """Return the codes of what is found on documents that come before what they say."""
    found = [finding.code for finding in check_project(Project.find(tiny)).findings]
    return [code for code in found if code.endswith("after-document")]


@pytest.mark.parametrize(
    "written, what, why, hint",
    [
        ('"2027-Q2"^^edtf:EDTF', "“2027-Q2” in atlas:asOf is no date in EDTF", "no form of EDTF", 'write "2027-34"'),
        ('"late 2027"', "“late 2027” in atlas:asOf is no date in EDTF", "no form of EDTF", 'write "2027-39"'),
        ('"2025-02-30"^^edtf:EDTF', "“2025-02-30” in", "that month has 28 days", "write the day that the source gives"),
        ('"2027/2026"^^edtf:EDTF', "“2027/2026” in", "it ends before it begins", "write the earlier end first"),
        ('"2025"', "“2025” in atlas:asOf has not the datatype edtf:EDTF", "neither sort", 'write "2025"^^edtf:EDTF'),
        ("2025", "“2025” in atlas:asOf has not the datatype edtf:EDTF", "neither sort", 'write "2025"^^edtf:EDTF'),
        ("psg:paper-0-31", "“psg:paper-0-31” in atlas:asOf is no date", "it is a thing", "give the date"),
    ],
)
def test_a_finding_says_where_what_why_and_how_to_mend(
    tiny: Path, written: str, what: str, why: str, hint: str
) -> None:
    claim_has(tiny, f"atlas:asOf {written}")
    graph, _findings = parse_project(Project.find(tiny))
    (found,) = find_faulty_dates(graph)
    lines = (tiny / found.path).read_text(encoding="utf-8").splitlines()
    assert written in lines[found.line - 1]
    assert found.what.startswith(what)
    assert why in found.why
    assert found.hint.startswith(hint)


@pytest.mark.parametrize("written", ["2025", "2025-34?", "2025-06/..", "[2025,2026]", "202X"])
def test_what_is_edtf_is_no_fault(tiny: Path, written: str) -> None:
    claim_has(tiny, f'atlas:asOf "{written}"^^edtf:EDTF')
    graph, _findings = parse_project(Project.find(tiny))
    assert find_faulty_dates(graph) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "of_claim, of_source, found",
    [
        ("2025-04", "2025-03-31", ["date-after-document"]),
        ("2025-04/..", "2025-03", ["date-after-document"]),
        ("2025-03", "2025-03-01", []),
        ("2025", "2025-03", []),
        ("2025-33", "2025-03", []),
        ("../2026", "2025", []),
        ("2026", "2025/..", []),
    ],
)
def test_no_claim_is_after_its_document(tiny: Path, of_claim: str, of_source: str, found: list[str]) -> None:
    """A date that could lie before the end of the document's is none after it."""
    claim_has(tiny, f'atlas:asOf "{of_claim}"^^edtf:EDTF')
    source_has(tiny, f'dcterms:issued "{of_source}"^^edtf:EDTF')
    assert codes(tiny) == found


@pytest.mark.slow
@pytest.mark.parametrize(
    "modality, value, found",
    [
        ("reported", "2027-34", ["event-after-document"]),
        ("reported", "2024", []),
        ("reported", "2025", []),
        ("announced-plan", "2027-34", []),
    ],
)
def test_what_is_reported_is_not_to_come(tiny: Path, modality: str, value: str, found: list[str]) -> None:
    file = tiny / "graph_data/claims/hall.ttl"
    change(file, "atlas:predicate atlas:costEstimate", "atlas:predicate atlas:announcedOn")
    change(file, "atlas:object qty:eur-10", f'atlas:value "{value}"^^edtf:EDTF')
    change(file, "modality:speculation", f"modality:{modality}")
    source_has(tiny, 'dcterms:issued "2025-03"^^edtf:EDTF')
    assert codes(tiny) == found
