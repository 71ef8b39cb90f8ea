"""One fault in a sound graph: each is found at its file and line, by the check named after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from computeatlas.curate.check import check_project, require_sound
from computeatlas.model.errors import FindingsError
from computeatlas.model.project import Project

CLAIMS = "graph_data/claims/hall.ttl"
THINGS = "graph_data/entities/things.ttl"
PAPER = "graph_data/sources/paper.ttl"
TERMS = "ontology/compute-atlas.ttl"


@dataclass(frozen=True)
class Fault:
    """Replace `old` by `new` in `file`; expect `code` on the line that then holds `at`, saying `says`."""

    code: str
    file: str
    old: str
    new: str
    at: str
    says: str = ""


FAULTS = [
    Fault("syntax", CLAIMS, "infra:hall ;\n    atlas:predicate atlas:builtBy ;", "infra:hall\n    x ;", "    x ;"),
    Fault("syntax", THINGS, "@prefix place:", "# prefix place:", "place:town a", "place:"),
    Fault("undeclared-term", CLAIMS, "rank rank:normal", "ranc rank:normal", "atlas:ranc", "did you mean atlas:rank?"),
    Fault("undeclared-term", CLAIMS, "atlas:builtBy", "atlas:buildBy", "atlas:buildBy", "did you mean atlas:builtBy?"),
    Fault("undeclared-term", THINGS, "a atlas:Company", "a atlas:Compny", "atlas:Compny", "atlas:Company"),
    Fault("claim-without-evidence", CLAIMS, " ;\n    atlas:evidence psg:paper-32-48", "", "claim:hall-cost a"),
    Fault(
        "claim-incomplete",
        CLAIMS,
        "atlas:rank rank:normal ;\n    atlas:evidence psg:paper-32",
        "atlas:evidence psg:paper-32",
        "claim:hall-cost a",
        "atlas:rank",
    ),
    Fault(
        "claim-part-repeated",
        CLAIMS,
        "modality:speculation",
        "modality:speculation , modality:opinion ;\n    atlas:statedBy actor:builder",
        "modality:speculation ,",
    ),
    Fault("claim-without-value", CLAIMS, "    atlas:object qty:eur-10 ;\n", "", "claim:hall-cost a"),
    Fault("unknown-with-value", CLAIMS, "modality:speculation", "modality:stated-unknown", "qty:eur-10"),
    Fault(
        "unknown-modality",
        CLAIMS,
        "modality:speculation",
        "modality:rumour",
        "modality:rumour",
        "reported, announced-plan",
    ),
    Fault(
        "unknown-rank",
        CLAIMS,
        "rank:normal ;\n    atlas:evidence psg:paper-32",
        "modality:reported ;\n    atlas:evidence psg:paper-32",
        "rank modality:reported",
        "is not a rank",
    ),
    Fault(
        "rank-without-reason",
        CLAIMS,
        "rank:normal ;\n    atlas:evidence psg:paper-32",
        "rank:deprecated ;\n    atlas:evidence psg:paper-32",
        "rank:deprecated",
    ),
    Fault("opinion-without-holder", CLAIMS, "modality:speculation", "modality:opinion", "modality:opinion"),
    Fault(
        "predicate-not-a-property",
        CLAIMS,
        "predicate atlas:costEstimate",
        "predicate atlas:Company",
        "predicate atlas:Company",
    ),
    Fault(
        "dangling-reference",
        CLAIMS,
        "atlas:object place:town",
        "atlas:object place:twon",
        "place:twon",
        "place:twon is not defined",
    ),
    Fault(
        "thing-without-type",
        THINGS,
        "actor:builder a atlas:Company ;\n    rdfs:label",
        "actor:builder rdfs:label",
        "actor:builder rdfs:label",
    ),
    Fault("label-missing", THINGS, '"Town"@en , "Stad"@sv', '"Town"@en', "place:town a", "label in sv"),
    Fault("label-missing", CLAIMS, '"The hall may cost EUR 10"@en , ', "", "claim:hall-cost a", "label in en"),
    Fault(
        "term-without-definition", TERMS, '"actor"@en , "aktör"@sv', '"actor"@en', "atlas:Actor a", "rdfs:label in sv"
    ),
    Fault("passage-incomplete", PAPER, "    oa:end 48 ;\n", "", "psg:paper-32-48 a", "oa:end"),
    Fault("source-incomplete", PAPER, '    dcterms:language "en" ;\n', "", "src:paper a", "dcterms:language"),
    Fault("passage-beyond-source", PAPER, "oa:end 48", "oa:end 480", "oa:end 480", "src:paper has 49 characters"),
    Fault(
        "passage-empty",
        PAPER,
        "oa:start 32 ;\n    oa:end 48",
        "oa:start 48 ;\n    oa:end 32",
        "oa:end 32",
        "from 48 to 32",
    ),
    Fault(
        "fact-without-claim",
        THINGS,
        "infra:hall a atlas:DataCentre ;",
        "infra:hall a atlas:DataCentre ;\n    atlas:operatedBy actor:builder ;",
        "atlas:operatedBy",
    ),
    Fault(
        "share-above-one",
        CLAIMS,
        "predicate atlas:costEstimate ;\n    atlas:object qty:eur-10",
        "predicate atlas:renewableShare ;\n    atlas:value 50",
        "atlas:value 50",
    ),
    Fault("quantity-without-unit", THINGS, ' ;\n    atlas:currency "EUR"', "", "qty:eur-10 a", "atlas:currency"),
    Fault("bounds-missing", THINGS, "atlas:maxValue 10.0", "atlas:maxValue 9.0", "qty:eur-10 a"),
    Fault(
        "duplicate-identifier",
        CLAIMS,
        "claim:hall-cost a",
        "claim:hall-built-by a",
        'claim:hall-built-by a atlas:Claim ;\n    rdfs:label "The hall may',
        "hall.ttl:12",
    ),
    Fault("naming-scheme", THINGS, "place:town", "place:Town", "place:Town a", "small letters"),
    Fault(
        "naming-scheme",
        THINGS,
        "<https://w3id.org/compute-atlas/id/actor/>",
        "<https://w3id.org/compute-atlas/id/actors/>",
        "actor:builder a",
        "KIND is one of",
    ),
]


def root_with(root: Path, fault: Fault) -> int:
    """Put the fault into the graph at `root` and return the line on which it must be reported."""
    path = root / fault.file
    text = path.read_text(encoding="utf-8")
    assert fault.old in text, "the fault no longer fits the tiny graph"
    head, _, tail = text.rpartition(fault.old) if fault.file == CLAIMS else text.partition(fault.old)
    broken = (head + fault.new + tail) if fault.code != "naming-scheme" else text.replace(fault.old, fault.new)
    path.write_text(broken, encoding="utf-8")
    return broken[: broken.index(fault.at)].count("\n") + 1


def test_the_tiny_graph_is_sound(tiny: Path) -> None:
    assert check_project(Project.find(tiny), reason=False).findings == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.code}-{f.at.split()[0]}")
def test_fault_is_reported_where_it_is(tiny: Path, fault: Fault) -> None:
    line = root_with(tiny, fault)
    findings = check_project(Project.find(tiny), reason=False).findings
    found = [f for f in findings if f.code == fault.code and f.path == fault.file and f.line == line]
    assert found, [str(f) for f in findings]
    assert fault.says in str(found[0])
    assert found[0].why
    assert found[0].mend


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.code}-{f.at.split()[0]}")
def test_fault_stops_a_build(tiny: Path, fault: Fault) -> None:
    root_with(tiny, fault)
    with pytest.raises(FindingsError) as caught:
        require_sound(Project.find(tiny))
    assert fault.code in {finding.code for finding in caught.value.findings}


def test_every_check_query_has_a_fault_that_it_finds(project: Project) -> None:
    names = {path.stem.replace("_", "-") for path in project.checks()}
    assert names - {fault.code for fault in FAULTS} == set()


def test_identifier_defined_in_two_files_names_both_places(tiny: Path) -> None:
    (tiny / "graph_data/claims/copy.ttl").write_text((tiny / CLAIMS).read_text(encoding="utf-8"), encoding="utf-8")
    findings = check_project(Project.find(tiny), reason=False).findings
    twice = [f for f in findings if f.code == "duplicate-identifier"]
    assert [(f.path, f.line) for f in twice] == [(CLAIMS, 12), (CLAIMS, 21), (CLAIMS, 30)]
    assert "graph_data/claims/copy.ttl:12" in str(twice[0])


def test_turtle_outside_the_folders_is_not_lost_in_silence(tiny: Path) -> None:
    (tiny / "graph_data/more.ttl").write_text("<http://e/s> <http://e/p> 1 .\n")
    findings = check_project(Project.find(tiny), reason=False).findings
    assert [(f.path, f.code) for f in findings] == [("graph_data/more.ttl", "stray-file")]


def test_bytes_that_are_not_utf8_are_a_syntax_error(tiny: Path) -> None:
    (tiny / "graph_data/entities/latin.ttl").write_bytes('<http://e/s> <http://e/p> "\xe5" .'.encode("latin-1"))
    findings = check_project(Project.find(tiny), reason=False).findings
    assert [(f.path, f.line, f.code) for f in findings] == [("graph_data/entities/latin.ttl", 1, "syntax")]


def test_after_a_syntax_error_the_report_says_what_it_left_out(tiny: Path) -> None:
    (tiny / CLAIMS).write_text("claim", encoding="utf-8")
    report = check_project(Project.find(tiny))
    assert [f.code for f in report.findings] == ["syntax"]
    assert report.left_out == ["all checks beyond syntax: mend the files above first"]
