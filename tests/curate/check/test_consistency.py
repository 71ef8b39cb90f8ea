"""OWL 2 DL and HermiT: on the project, on graphs that they must refuse, and when they are asked at all."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pyoxigraph as ox
import pytest

from computeatlas.curate.check import owl
from computeatlas.curate.check.consistency import find_inconsistency
from computeatlas.curate.check.owl import examine
from computeatlas.curate.check.run import CheckReport, Memory, Reason, check_project
from computeatlas.curate.current_view import derive_current_view
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.model.errors import ReasonerError, ReasonerMissingError
from computeatlas.model.namespaces import ID
from computeatlas.model.project import Project
from computeatlas.model.queryfile import read_query

pytestmark = pytest.mark.slow

THINGS = "graph_data/entities/things.ttl"
CLAIMS = "graph_data/claims/hall.ttl"
TERMS = "ontology/modules/infrastructure.ttl"


def replace(root: Path, file: str, old: str, new: str) -> int:
    """Replace the first `old` in `file` and return the line on which `new` begins."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def reasoned(root: Path) -> CheckReport:
    return check_project(Project.find(root), reason=Reason.ALWAYS)


def test_the_project_is_sound_in_every_layer(project: Project, java: str, archive: Path) -> None:
    report = check_project(project, archive=archive, reason=Reason.ALWAYS)
    # Which of the things that are called alike are one is the curators' to say; test_twins.py counts them.
    assert [finding for finding in report.findings if finding.code != "probable-twin"] == []
    # Located passages have no text to be read; no layer is left out.
    assert [left for left in report.left_out if "their passages are located" not in left] == []


def test_the_tiny_graph_is_consistent(tiny: Path, java: str) -> None:
    report = reasoned(tiny)
    assert report.findings == []
    assert not any("OWL" in layer for layer in report.left_out)


def test_a_thing_of_two_disjoint_types_is_reported_with_all_axioms_at_their_lines(tiny: Path, java: str) -> None:
    line = replace(tiny, THINGS, "infra:hall a atlas:DataCentre", "infra:hall a atlas:DataCentre , atlas:Call")
    report = reasoned(tiny)
    assert {f.code for f in report.findings} == {"inconsistent"}
    assert (THINGS, line) in {(f.path, f.line) for f in report.findings}
    assert any(f.path.startswith("ontology/") for f in report.findings)
    assert all(f.line > 0 for f in report.findings)
    assert any("infra:hall" in f.what for f in report.findings)


def test_a_contradiction_by_a_claim_is_reported_at_the_line_of_the_claim(tiny: Path, java: str) -> None:
    """A power as a time to build: no rule sees it where the property leads to values in years, not to a class."""
    years = '[ a owl:Restriction ; owl:onProperty atlas:unit ; owl:hasValue "a" ]'
    replace(tiny, "ontology/modules/governance.ttl", "rdfs:range atlas:Duration", f"rdfs:range {years}")
    things = (tiny / THINGS).read_text().replace("@prefix qty:", f"@prefix prog: <{ID}programme/> .\n@prefix qty:")
    things += """
prog:huts a atlas:Programme ;
    rdfs:label "Huts"@en , "Hyddor"@sv .

qty:mw-1 a atlas:QuantityValue ;
    rdfs:label "1 MW"@en , "1 MW"@sv ;
    atlas:minValue 1.0 ;
    atlas:unit "MW" .
"""
    (tiny / THINGS).write_text(things)
    claims = (tiny / CLAIMS).read_text().replace("@prefix qty:", f"@prefix prog: <{ID}programme/> .\n@prefix qty:")
    claims += """
claim:huts-construction-time a atlas:Claim ;
    rdfs:label "Huts take long"@en , "Hyddor tar tid"@sv ;
    atlas:subject prog:huts ;
    atlas:predicate atlas:constructionTime ;
    atlas:object qty:mw-1 ;
    atlas:modality modality:reported ;
    atlas:rank rank:normal ;
    atlas:evidence psg:paper-0-31 .
"""
    (tiny / CLAIMS).write_text(claims)
    findings = reasoned(tiny).findings
    assert {f.code for f in findings} == {"inconsistent"}
    line = claims.splitlines().index("    atlas:object qty:mw-1 ;") + 1
    assert (CLAIMS, line) in {(f.path, f.line) for f in findings}


def test_euros_as_power_are_found_by_a_rule_and_by_the_reasoner(tiny: Path, java: str) -> None:
    claims = (tiny / CLAIMS).read_text().replace("@prefix qty:", f"@prefix prog: <{ID}programme/> .\n@prefix qty:")
    claims += """
claim:huts-power a atlas:Claim ;
    rdfs:label "Huts need euros"@en , "Hyddor behöver euro"@sv ;
    atlas:subject prog:huts ;
    atlas:predicate atlas:powerPerFacility ;
    atlas:object qty:QUANTITY ;
    atlas:modality modality:reported ;
    atlas:rank rank:normal ;
    atlas:evidence psg:paper-0-31 .
"""
    things = (tiny / THINGS).read_text().replace("@prefix qty:", f"@prefix prog: <{ID}programme/> .\n@prefix qty:")
    (tiny / THINGS).write_text(things + 'prog:huts a atlas:Programme ;\n    rdfs:label "Huts"@en , "Hyddor"@sv .\n')
    for power in ("mw-5", "gw-more-than-1"):
        (tiny / CLAIMS).write_text(claims.replace("QUANTITY", power))
        assert reasoned(tiny).findings == []
    (tiny / CLAIMS).write_text(claims.replace("QUANTITY", "eur-5"))
    line = claims.splitlines().index("    atlas:object qty:QUANTITY ;") + 1
    report = check_project(Project.find(tiny))
    assert [(f.path, f.line, f.code) for f in report.findings] == [(CLAIMS, line, "object-out-of-range")]
    view = derive_current_view(EmbeddedEngine(report.graph.quads()), read_query(Project.find(tiny).derivation()))
    found = find_inconsistency(report.graph, view)
    assert {f.code for f in found} == {"inconsistent"}
    assert (CLAIMS, line) in {(f.path, f.line) for f in found}


def test_money_with_a_unit_of_power_is_inconsistent(tiny: Path, java: str) -> None:
    replace(tiny, THINGS, 'atlas:currency "EUR"', 'atlas:currency "EUR" ;\n    atlas:unit "MW"')
    assert {f.code for f in reasoned(tiny).findings} == {"inconsistent"}


def test_a_class_that_cannot_have_members_is_found_at_its_line_with_the_reason(tiny: Path, java: str) -> None:
    old = "rdfs:subClassOf atlas:Infrastructure ;\n    skos:scopeNote"
    replace(tiny, TERMS, old, "rdfs:subClassOf atlas:Infrastructure , atlas:Place ;\n    skos:scopeNote")
    findings = reasoned(tiny).findings
    text = (tiny / TERMS).read_text(encoding="utf-8")
    line = text[: text.index("atlas:AIFactory a ")].count("\n") + 1
    assert [(f.code, f.path, f.line) for f in findings] == [("unsatisfiable-class", TERMS, line)]
    assert "SubClassOf(atlas:AIFactory atlas:Place)" in findings[0].why


def test_what_is_not_owl_2_dl_is_found_at_its_line(tiny: Path, java: str) -> None:
    """A property made up by a chain may not be counted: it is not simple."""
    one = '"1"^^xsd:nonNegativeInteger'
    restriction = f"[ a owl:Restriction ; owl:onProperty atlas:locatedIn ; owl:maxCardinality {one} ]"
    old = "atlas:Supercomputer a owl:Class ;"
    line = replace(tiny, TERMS, old, f"{old}\n    rdfs:subClassOf {restriction} ;")
    findings = [f for f in reasoned(tiny).findings if f.code == "owl-2-dl-profile"]
    assert [(f.path, f.line) for f in findings] == [(TERMS, line)]
    assert "non simple property" in findings[0].why


def test_the_reasoner_is_asked_when_ontology_or_entities_changed(tiny: Path, java: str, tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory" / "state")

    def left_out() -> bool:
        report = check_project(Project.find(tiny), reason=Reason.WHEN_CHANGED, memory=memory)
        assert report.findings == []
        return any("last found sound" in layer for layer in report.left_out)

    assert left_out() is False
    assert left_out() is True
    replace(tiny, CLAIMS, "Builder builds the hall", "Builder builds a hall")
    assert left_out() is True
    replace(tiny, THINGS, '"Hall"@en', '"Big hall"@en')
    assert left_out() is False
    assert left_out() is True
    forced = check_project(Project.find(tiny), reason=Reason.ALWAYS, memory=memory)
    assert not any("OWL" in layer for layer in forced.left_out)


def test_what_is_inconsistent_is_not_remembered_as_sound(tiny: Path, java: str, tmp_path: Path) -> None:
    memory = Memory(tmp_path / "state")
    replace(tiny, THINGS, "infra:hall a atlas:DataCentre", "infra:hall a atlas:DataCentre , atlas:Call")
    for _ in range(2):
        report = check_project(Project.find(tiny), reason=Reason.WHEN_CHANGED, memory=memory)
        assert {f.code for f in report.findings} == {"inconsistent"}


def test_without_java_the_check_says_what_it_left_out(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tiny))
    report = reasoned(tiny)
    assert report.findings == []
    assert any("OWL consistency: no Java runtime found" in line for line in report.left_out)


def test_without_java_the_reasoner_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReasonerMissingError, match="default-jre-headless"):
        examine([])


def test_a_java_machine_that_cannot_start_is_a_reasoner_error(monkeypatch: pytest.MonkeyPatch, java: str) -> None:
    monkeypatch.setattr(owl, "_MEMORY", 10**12)
    with pytest.raises(ReasonerError, match="HermiT gave no answer"):
        examine([])


def test_a_reasoner_that_takes_too_long_is_a_reasoner_error(monkeypatch: pytest.MonkeyPatch, java: str) -> None:
    monkeypatch.setattr(owl, "_PATIENCE", 0.05)
    with pytest.raises(ReasonerError, match="no answer in"):
        examine([])


def test_java_fetches_no_import(tiny: Path, java: str) -> None:
    """The file that the OWL API gets has no imports; a listener on this machine stays silent."""
    heard = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection, address = listener.accept()
                    heard.append(address)
                    connection.close()
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/ontology"
        graph = check_project(Project.find(tiny)).graph
        triples = [t for file in graph.files["ontology"] for t in file.triples]
        header = ox.NamedNode("https://w3id.org/compute-atlas/ontology")
        imports = ox.NamedNode("http://www.w3.org/2002/07/owl#imports")
        examine([*triples, ox.Triple(header, imports, ox.NamedNode(address))])
        stop.set()
        thread.join()
    assert heard == []
