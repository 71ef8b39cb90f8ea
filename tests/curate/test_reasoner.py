"""HermiT on the project and on graphs that it must refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeatlas.curate.check import check_project
from computeatlas.curate.reasoner import unsatisfiable_classes
from computeatlas.model.errors import ReasonerError, ReasonerMissingError
from computeatlas.model.project import Project

pytestmark = pytest.mark.slow


def test_the_project_is_consistent_and_checked_in_every_layer(project: Project, java: str, archive: Path) -> None:
    report = check_project(project, archive=archive)
    assert report.findings == []
    assert report.left_out == []


def test_a_thing_with_two_disjoint_types_is_inconsistent(tiny: Path, java: str) -> None:
    path = tiny / "graph_data/entities/things.ttl"
    path.write_text(path.read_text().replace("a atlas:DataCentre", "a atlas:DataCentre , atlas:Call"))
    codes = [f.code for f in check_project(Project.find(tiny)).findings]
    assert codes == ["inconsistent"]


def test_a_claim_whose_object_is_of_the_wrong_kind_is_inconsistent(tiny: Path, java: str) -> None:
    path = tiny / "graph_data/claims/hall.ttl"
    text = path.read_text()
    path.write_text(text.replace("atlas:object actor:builder", "atlas:object place:town"))
    codes = [f.code for f in check_project(Project.find(tiny)).findings]
    assert codes == ["inconsistent"]


def test_money_with_a_unit_of_power_is_inconsistent(tiny: Path, java: str) -> None:
    path = tiny / "graph_data/entities/things.ttl"
    path.write_text(path.read_text().replace('atlas:currency "EUR"', 'atlas:currency "EUR" ;\n    atlas:unit "MW"'))
    codes = [f.code for f in check_project(Project.find(tiny)).findings]
    assert codes == ["inconsistent"]


def test_a_class_that_cannot_have_members_is_found_at_its_line(tiny: Path, java: str) -> None:
    path = tiny / "ontology/compute-atlas.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "rdfs:subClassOf atlas:Infrastructure ;\n    skos:scopeNote",
            "rdfs:subClassOf atlas:Infrastructure , atlas:Place ;\n    skos:scopeNote",
        ),
        encoding="utf-8",
    )
    found = [(f.code, f.path, f.line) for f in check_project(Project.find(tiny)).findings]
    line = text[: text.index("atlas:AIFactory a ")].count("\n") + 1
    assert found == [("unsatisfiable-class", "ontology/compute-atlas.ttl", line)]


def test_without_java_the_check_says_what_it_left_out(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tiny))
    report = check_project(Project.find(tiny))
    assert report.findings == []
    assert any("OWL consistency: no Java runtime found" in line for line in report.left_out)


def test_without_java_the_reasoner_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReasonerMissingError, match="default-jre-headless"):
        unsatisfiable_classes([])


def test_a_java_that_fails_is_a_reasoner_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: Path) -> None:
    broken = tmp_path / "bin" / "java"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho 'java.lang.OutOfMemoryError: Java heap space' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:/usr/bin:/bin")
    with pytest.raises(ReasonerError, match="HermiT gave no answer"):
        check_project(Project.find(tiny))
