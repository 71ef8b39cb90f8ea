"""New sources: what is written, where, and what is refused before anything is written."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from computeatlas.curate.add.source import NewSource, add_source
from computeatlas.curate.check.evidence import read_archive
from computeatlas.curate.check.run import require_sound
from computeatlas.curate.data_file import data_iri
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import PREFIXES
from computeatlas.model.project import Project

from .examples import (
    ARCHIVE,
    LETTER,
    entries,
    evidence_findings,
    imports,
    said,
    snapshot,
)

pytestmark = pytest.mark.slow


def test_a_source_has_digest_and_length_of_the_bytes_and_characters_as_they_are(graph: Project, letter: Path) -> None:
    added = add_source(graph, NewSource(letter, "actor:builder", kind="official"))
    assert added.iri == PREFIXES["src"] + "organ-ore"
    assert added.files == ("graph_data/sources/organ-ore.ttl",)
    assert said(graph.root / added.files[0], "src:organ-ore") == {
        "rdf:type": ["atlas:Source"],
        "rdfs:label": ['"The Órgan of Øre"@en'],
        "dcterms:title": ['"The Órgan of Øre"@en'],
        "dcterms:publisher": ["actor:builder"],
        "dcterms:language": ['"en"'],
        "dcterms:extent": [f'"{len(LETTER)}"^^<http://www.w3.org/2001/XMLSchema#integer>'],
        "atlas:sha256": [f'"{hashlib.sha256(LETTER.encode()).hexdigest()}"'],
        "atlas:sourceKind": ["source-kind:official"],
        "atlas:reliability": ["reliability:a"],
    }
    assert evidence_findings(require_sound(graph), read_archive(ARCHIVE) | read_archive(letter.parent)) == []


def test_a_source_file_has_the_form_of_the_others(graph: Project, letter: Path) -> None:
    given_all = NewSource(
        letter,
        "actor:builder",
        "organ",
        "A “title” \\",
        "sv",
        "https://example.org/?a=1",
        "2024-12",
        kind="press-release-copy",
        reliability="C",
        copies=("paper", "src:paper"),
    )
    add_source(graph, given_all)
    text = (graph.root / "graph_data/sources/organ.ttl").read_text(encoding="utf-8")
    head, header, source = text.split("\n\n")
    lines = head.splitlines()
    assert lines[0] == (
        "# A source and its passages: positions are offsets in Unicode characters into the archived text."
    )
    assert lines[1:] == sorted(lines[1:])
    assert header == (
        "<https://w3id.org/compute-atlas/data/sources/organ> a owl:Ontology ;\n"
        "    owl:imports <https://w3id.org/compute-atlas/ontology> ."
    )
    assert source == (
        "src:organ a atlas:Source ;\n"
        '    rdfs:label "A “title” \\\\"@sv ;\n'
        '    dcterms:title "A “title” \\\\"@sv ;\n'
        "    dcterms:publisher actor:builder ;\n"
        '    dcterms:language "sv" ;\n'
        '    dcterms:issued "2024-12"^^edtf:EDTF ;\n'
        "    foaf:page <https://example.org/?a=1> ;\n"
        f"    dcterms:extent {len(LETTER)} ;\n"
        f'    atlas:sha256 "{hashlib.sha256(LETTER.encode()).hexdigest()}" ;\n'
        "    atlas:sourceKind source-kind:press-release-copy ;\n"
        "    atlas:reliability reliability:c ;\n"
        "    atlas:copyOf src:paper .\n"
    )


def test_what_is_not_known_is_a_comment_that_says_what_to_add(graph: Project, letter: Path) -> None:
    added = add_source(graph, NewSource(letter, "actor:builder", kind="official"))
    text = (graph.root / added.files[0]).read_text(encoding="utf-8")
    comments = [line.strip() for line in text.splitlines() if line.startswith("    #")]
    assert [comment.split(":")[:2] for comment in comments] == [["# dcterms", "issued"], ["# foaf", "page"]]
    assert "@prefix foaf: <http://xmlns.com/foaf/0.1/> ." in comments[1]
    assert added.remarks == (
        "language en, guessed from the words",
        "reliability A, the usual one of that kind",
        "not known: dcterms:issued, foaf:page; comments in the file say what to add",
    )


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"publisher": None}, "actor:NAME"),
        ({"publisher": "actor:bilder"}, "did you mean actor:builder?"),
        ({"publisher": "builder"}, "did you mean actor:builder?"),
        ({"publisher": "place:town"}, "place:town is not an actor of the graph — it is something else"),
        ({"name": "paper"}, "graph_data/sources/paper.ttl:10: src:paper is taken"),
        ({"name": "Paper"}, "'Paper' is not a name"),
        ({"title": " "}, "the title is empty"),
        ({"title": "Ελλάδα"}, "no name can be made of the title"),
        ({"language": "german"}, "no tag of BCP 47 — did you mean “de”? with --language"),
        ({"url": "www.example.org"}, "not the address of a page"),
        ({"url": "https://example.org/a b"}, "not the address of a page"),
        ({"url": "https://example.org/> . <x:y"}, "not the address of a page"),
        ({"issued": "last year"}, "is no date"),
        ({"kind": None}, "the kind of the source is not given"),
        ({"kind": "newz"}, "newz is not a kind of source — the graph has none of that name — did you mean"),
        ({"reliability": "E"}, "use one of a, b, c, d"),
        ({"copies": ("papers",)}, "papers is not a source of the graph"),
        ({"file": Path("nowhere.txt")}, "nowhere.txt: cannot be read"),
    ],
)
def test_a_source_with_a_fault_is_refused_and_nothing_written(
    graph: Project, letter: Path, changes: dict[str, Any], says: str
) -> None:
    before = snapshot(graph)
    with pytest.raises(UsageError) as caught:
        add_source(graph, replace(NewSource(letter, "actor:builder", kind="official"), **changes))
    assert says in str(caught.value)
    assert snapshot(graph) == before


@pytest.mark.parametrize(
    "data, says",
    [
        (b"", "has no text"),
        ("\ufeff \r\n\t".encode(), "has no text"),
        (b"The \xff", "is not UTF-8"),
        (b"x " * 150, "has 299 characters and is no title"),
        (b"Hall", "the language cannot be told"),
    ],
)
def test_a_text_that_is_no_document_is_refused(graph: Project, letter: Path, data: bytes, says: str) -> None:
    letter.write_bytes(data)
    before = snapshot(graph)
    with pytest.raises(UsageError, match=says):
        add_source(graph, NewSource(letter, "actor:builder", kind="official"))
    assert snapshot(graph) == before


def test_a_text_that_is_a_source_already_is_refused_where_it_stands(graph: Project) -> None:
    with pytest.raises(UsageError, match=r"paper\.ttl:10: .*is in the graph already, as src:paper"):
        add_source(graph, NewSource(ARCHIVE / "paper.txt", "actor:builder", kind="news", name="other"))


def test_a_file_of_that_name_is_not_overwritten(graph: Project, letter: Path) -> None:
    path = graph.root / "graph_data/sources/organ.ttl"
    path.write_text("# a draft\n")
    with pytest.raises(UsageError, match=r"organ\.ttl: src:organ is taken"):
        add_source(graph, NewSource(letter, "actor:builder", kind="official", name="organ"))
    assert path.read_text() == "# a draft\n"


def test_a_new_source_is_in_both_files_for_protege(with_protege: Project, letter: Path) -> None:
    before = snapshot(with_protege)
    added = add_source(with_protege, NewSource(letter, "actor:builder", kind="official", name="organ"))
    assert added.files[1:] == ("ontology/compute-atlas-all.ttl", "ontology/catalog-v001.xml")
    iri = data_iri("sources", "organ")
    assert imports(with_protege) == [iri, data_iri("sources", "paper")]
    assert entries(with_protege)[iri] == "../graph_data/sources/organ.ttl"
    # But for the line that was added every byte is as before.
    for name in added.files[1:]:
        lines = (with_protege.root / name).read_bytes().splitlines(keepends=True)
        assert b"".join(line for line in lines if b"sources/organ" not in line) == before[name]


LOCATED = NewSource(
    publisher="actor:builder",
    title="Une usine à Ville",
    language="fr",
    url="https://example.org/usine#haut",
    issued="2025-02-11",
    kind="trade-press",
)


def test_a_source_without_a_text_stands_in_the_file_of_its_year(graph: Project) -> None:
    added = add_source(graph, LOCATED)
    assert added.iri == PREFIXES["src"] + "une-usine-ville"
    assert added.files == ("graph_data/sources/located-2025.ttl",)
    path = graph.root / added.files[0]
    assert said(path, "src:une-usine-ville") == {
        "rdf:type": ["atlas:Source"],
        "dcterms:title": ['"Une usine à Ville"@fr'],
        "dcterms:publisher": ["actor:builder"],
        "dcterms:language": ['"fr"'],
        "dcterms:issued": ['"2025-02-11"^^<http://id.loc.gov/datatypes/edtf/EDTF>'],
        "foaf:page": ["<https://example.org/usine#haut>"],
        "atlas:sourceKind": ["source-kind:trade-press"],
        "atlas:reliability": ["reliability:b"],
    }
    before = path.read_text(encoding="utf-8")
    copy = replace(LOCATED, name="copy", url="https://example.org/c", copies=("une-usine-ville",), kind="aggregator")
    assert add_source(graph, copy).files == added.files
    assert path.read_text(encoding="utf-8").startswith(before)
    assert said(path, "src:copy")["atlas:copyOf"] == ["src:une-usine-ville"]
    elsewhere = add_source(graph, replace(LOCATED, name="x", url="http://e.org/", topic="falun"))
    assert elsewhere.files == ("graph_data/sources/falun.ttl",)


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"url": None}, "--url is not given"),
        ({"url": None, "issued": None, "language": None}, "--url and --issued and --language are not given"),
        ({"title": None}, "the title is not given"),
        ({"language": "french"}, "did you mean “fr”?"),
        ({"issued": "spring"}, "is no date"),
        ({"topic": "../x"}, "'../x' is not a name"),
        ({"name": "paper"}, "src:paper is taken"),
        ({"url": "ftp://example.org/"}, "not the address of a page"),
    ],
)
def test_a_located_source_with_a_fault_is_refused_and_nothing_written(
    graph: Project, changes: dict[str, Any], says: str
) -> None:
    before = snapshot(graph)
    with pytest.raises(UsageError) as caught:
        add_source(graph, replace(LOCATED, **changes))
    assert says in str(caught.value)
    assert snapshot(graph) == before


def test_an_address_that_is_a_source_already_is_refused_where_it_stands(graph: Project) -> None:
    add_source(graph, LOCATED)
    with pytest.raises(UsageError, match=r"located-2025\.ttl:\d+: .*is in the graph already, as src:une-usine-ville"):
        add_source(graph, replace(LOCATED, name="other", url="https://example.org/usine#bas"))
