"""The two files that name every Turtle file for Protégé are made, not maintained."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.curate.data_file import data_iri, ontology_header
from computeatlas.curate.protege_files import ALL_IRI, catalogue, protege_files, stale_protege_files
from computeatlas.model.errors import FindingsError
from computeatlas.model.namespaces import ONTOLOGY_IRI, OWL, PREFIXES
from computeatlas.model.project import Project
from computeatlas.turtle.format import format_turtle

ONTOLOGY = Path(__file__).parents[2] / "ontology"
NAMES = ("compute-atlas-all.ttl", "catalog-v001.xml")
ALL, CATALOGUE = (f"ontology/{name}" for name in NAMES)


@pytest.fixture
def graph(tiny: Path) -> Project:
    """The tiny graph with the two files of the project, which name files that it does not have."""
    for name in NAMES:
        shutil.copyfile(ONTOLOGY / name, tiny / "ontology" / name)
    return Project.find(tiny)


def write_header(graph: Project, folder: str, name: str) -> str:
    iri = data_iri(folder, name)
    path = graph.root / f"graph_data/{folder}/{name}.ttl"
    before = path.read_text() if path.exists() else ""
    path.write_text(f"@prefix owl: <{PREFIXES['owl']}> .\n{ontology_header(iri).text()}{before}")
    return iri


def renew(graph: Project) -> set[str]:
    """Write what is stale and return its names."""
    stale = stale_protege_files(graph)
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8", newline="")
    return {graph.relative(path) for path in stale}


def imports(graph: Project) -> list[str]:
    quads = ox.parse(path=graph.root / ALL, format=ox.RdfFormat.TURTLE)
    return [q.object.value for q in quads if q.predicate.value == OWL + "imports"]


def entries(graph: Project) -> dict[str, str]:
    return {e.attrib["name"]: e.attrib["uri"] for e in ElementTree.parse(graph.root / CATALOGUE).getroot()}


def test_those_of_the_project_are_up_to_date(project: Project) -> None:
    assert [project.relative(path) for path in protege_files(project)] == [ALL, CATALOGUE]
    assert stale_protege_files(project) == {}


def test_a_graph_without_them_gets_none(tiny: Path) -> None:
    assert protege_files(Project.find(tiny)) == []
    assert stale_protege_files(Project.find(tiny)) == {}


def test_only_the_one_that_is_there_is_made(graph: Project) -> None:
    (graph.root / ALL).unlink()
    assert set(stale_protege_files(graph)) == {graph.root / CATALOGUE}


@given(names=st.lists(st.text("az-", min_size=1, max_size=3), unique=True, max_size=4))
@settings(max_examples=15)
def test_they_name_the_files_that_have_a_header_in_order(names: list[str], graph: Project) -> None:
    for path in (graph.root / "graph_data/sources").glob("*.ttl"):
        path.unlink()
    iris = [write_header(graph, "sources", name) for name in sorted(names)]
    renew(graph)
    assert [iri for iri in imports(graph) if "/data/" in iri] == iris
    assert imports(graph)[0] == ONTOLOGY_IRI
    assert {iri: file for iri, file in entries(graph).items() if "/data/" in iri} == {
        iri: f"../graph_data/sources/{name}.ttl" for iri, name in zip(iris, sorted(names), strict=True)
    }
    assert set(imports(graph)) <= entries(graph).keys()
    assert entries(graph)[ALL_IRI] == "compute-atlas-all.ttl"
    for file in entries(graph).values():
        assert (graph.root / "ontology" / file).is_file()
    assert stale_protege_files(graph) == {}


def test_what_is_made_has_the_layout_of_fmt(graph: Project) -> None:
    for count in range(3):
        write_header(graph, "claims", f"one{count}")
        renew(graph)
        text = (graph.root / ALL).read_text(encoding="utf-8")
        assert format_turtle(text, ALL) == text


@pytest.mark.parametrize("change", [lambda data: data.replace(b"\n", b"\r\n"), bytes.rstrip, lambda _data: b"\xff"])
def test_any_other_bytes_are_stale(graph: Project, change) -> None:
    renew(graph)
    for name in (ALL, CATALOGUE):
        path = graph.root / name
        path.write_bytes(change(path.read_bytes()))
    assert renew(graph) == {ALL, CATALOGUE}
    assert renew(graph) == set()


def test_a_file_that_is_not_turtle_is_a_finding(graph: Project) -> None:
    (graph.root / "graph_data/claims/hall.ttl").write_text("claim:")
    with pytest.raises(FindingsError):
        stale_protege_files(graph)


def test_a_catalogue_may_lead_any_iri_to_any_file() -> None:
    pairs = [('http://e/?a=1&b="2"', "å <'>.ttl")]
    root = ElementTree.fromstring(catalogue(pairs).encode())
    assert [(entry.attrib["name"], entry.attrib["uri"]) for entry in root] == pairs
