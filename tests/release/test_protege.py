"""The bundle for Protégé: opened by the OWL API as Protégé opens it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import DataError, UsageError
from computeatlas.model.namespaces import ATLAS, ID, OWL, RDF, graph_iri
from computeatlas.release.protege import ALL, CATALOG, PARTS, WHOLE, export_protege

INDIVIDUAL = f"<{OWL}NamedIndividual>"


@pytest.fixture(scope="module")
def bundle(engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bundle") / "protege"
    files = export_protege(engine, target)
    assert files[0] == target / ALL
    return target


@pytest.fixture(scope="module")
def opened(bundle: Path, java: str, tmp_path_factory: pytest.TempPathFactory) -> dict:
    copy = tmp_path_factory.mktemp("copy") / "copy.owl"
    command = [sys.executable, str(Path(__file__).with_name("owlapi_bundle.py")), str(bundle), str(copy)]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def parsed(path: Path) -> set[tuple[str, str]]:
    """Return subject and predicate of each triple: enough to count by, whatever the names of blank nodes."""
    return {
        (
            str(q.subject) if isinstance(q.subject, ox.NamedNode) else "_",
            q.predicate.value,
            str(q.object) if not isinstance(q.object, ox.BlankNode) else "_",
        )
        for q in ox.parse(path=path, format=ox.RdfFormat.RDF_XML)
    }


@pytest.mark.slow
def test_it_is_owl_2_dl_by_the_owl_api_s_own_check(opened: dict) -> None:
    assert opened["violations"] == []
    assert opened["logical"] > 1000


@pytest.mark.slow
def test_every_part_is_brought_in_from_its_file(opened: dict) -> None:
    assert set(PARTS.values()) < set(opened["imports"])
    assert len(opened["imports"]) == len(PARTS) + 1


@pytest.mark.slow
def test_it_is_consistent_with_claims_and_sources_too(opened: dict) -> None:
    assert opened["consistent"] is True


@pytest.mark.slow
def test_written_and_read_back_no_axiom_is_lost(opened: dict) -> None:
    assert opened["logicalBack"] == opened["logical"]


@pytest.mark.slow
def test_each_assertion_of_the_current_view_has_its_sources(opened: dict, engine) -> None:
    query = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph_iri('current')}> {{ ?a a <{OWL}Axiom> }} }}"
    assert opened["annotated"] == int(engine.table(Query(query)).rows[0][0].value) > 200


@pytest.mark.parametrize("name", [name for name in PARTS if name != "ontology"])
def test_no_triple_of_a_graph_is_lost(bundle: Path, engine, name: str) -> None:
    """All but the headers of the single files, which become one."""
    triples = engine.graph(Query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph_iri(name)}> {{ ?s ?p ?o }} }}"))
    headers = {t.subject for t in triples if t.object == ox.NamedNode(OWL + "Ontology")}
    expected = {
        (str(t.subject) if isinstance(t.subject, ox.NamedNode) else "_", t.predicate.value, str(t.object))
        for t in triples
        if t.subject not in headers
    }
    found = parsed(bundle / f"{name}.owl")
    assert expected <= found
    assert len([t for t in found - expected if t[2] != INDIVIDUAL]) == 2
    typed = {s for s, p, _o in expected if p == RDF + "type" and s != "_"}
    assert {s for s, _p, o in found if o == INDIVIDUAL} == typed


def test_code_values_are_individuals_and_terms_are_not(bundle: Path) -> None:
    declared = {s for s, _p, o in parsed(bundle / "ontology.owl") if o == INDIVIDUAL}
    assert f"<{ID}modality/reported>" in declared
    assert f"<{ID}scheme/modality>" in declared
    assert not any(ATLAS in name for name in declared)


def test_the_whole_is_all_parts_under_one_header_without_imports(bundle: Path) -> None:
    headers = {f"<{iri}>" for iri in PARTS.values()}
    together = {t for name in PARTS for t in parsed(bundle / f"{name}.owl") if t[0] not in headers}
    whole = parsed(bundle / WHOLE)
    assert [t for t in whole - together if t[2] != f"<{OWL}Ontology>"] == []
    assert together <= whole
    assert not any(p == OWL + "imports" for _s, p, _o in whole)


@pytest.mark.slow
def test_the_two_lines_of_the_manual_load_it_in_owlready2_without_network(bundle: Path, engine) -> None:
    manual = (Path(__file__).parents[2] / "docs/protege.md").read_text(encoding="utf-8")
    lines = manual.split("```python\n")[1].split("```")[0].replace("file://bundle/", f"file://{bundle}/")
    assert len([line for line in lines.splitlines() if line]) == 2
    script = f"""
import json, socket
def refuse(*_arguments):
    raise OSError("no network in this test")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
{lines}
claims = graph.get_namespace({ATLAS!r}).Claim.instances()
print(json.dumps([len(list(graph.individuals())), len(list(claims))]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    individuals, claims = json.loads(done.stdout)
    query = f"SELECT (COUNT(DISTINCT ?c) AS ?n) {{ GRAPH <{graph_iri('claims')}> {{ ?c a <{ATLAS}Claim> }} }}"
    assert claims == int(engine.table(Query(query)).rows[0][0].value)
    declared = {s for s, _p, o in parsed(bundle / WHOLE) if o == INDIVIDUAL}
    assert individuals == len(declared) > claims


def test_two_exports_give_the_same_statements(bundle: Path, engine, tmp_path: Path) -> None:
    export_protege(engine, tmp_path / "again")
    for path in bundle.iterdir():
        if path.name != CATALOG:
            assert parsed(path) == parsed(tmp_path / "again" / path.name)


def test_a_directory_with_other_files_is_left_alone(engine, tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(UsageError, match=r"thesis\.doc"):
        export_protege(engine, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_an_older_bundle_is_replaced(bundle: Path, engine) -> None:
    export_protege(engine, bundle)
    assert (bundle / ALL).is_file()


def test_a_place_that_cannot_be_written_is_a_usage_error(engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        export_protege(engine, tmp_path / "file" / "bundle")


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_a_character_that_xml_cannot_hold_is_refused_with_its_place(tmp_path: Path, character: str) -> None:
    """Data of another make may hold it; the file would be no XML."""
    thing, label = ox.NamedNode("http://e/thing"), ox.NamedNode("http://e/label")
    quad = ox.Quad(thing, label, ox.Literal(f"Odd{character}"), ox.NamedNode(graph_iri("entities")))
    with pytest.raises(DataError, match=f"U[+]{ord(character):04X}.*<http://e/label> of <http://e/thing>") as caught:
        export_protege(EmbeddedEngine([quad]), tmp_path / "bundle")
    assert caught.value.where == "entities.owl"


def test_a_carriage_return_is_read_back_from_a_bundle(tmp_path: Path) -> None:
    thing, label = ox.NamedNode("http://e/thing"), ox.NamedNode("http://e/label")
    quad = ox.Quad(thing, label, ox.Literal("two\r\nlines"), ox.NamedNode(graph_iri("entities")))
    export_protege(EmbeddedEngine([quad]), tmp_path / "bundle")
    assert ElementTree.parse(tmp_path / "bundle" / "entities.owl").find(".//{http://e/}label").text == "two\r\nlines"
