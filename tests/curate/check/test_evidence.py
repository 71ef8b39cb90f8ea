"""Passages against archived texts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from computeatlas.curate.check.owl import examine
from computeatlas.curate.check.run import check_project
from computeatlas.model.errors import UsageError
from computeatlas.model.project import Project
from computeatlas.turtle.lines import parse_file, parse_text

TEXTS = Path(__file__).parents[2] / "data" / "archive"
PAPER = "graph_data/sources/paper.ttl"


def findings(root: Path, archive: Path) -> list[tuple[str, int, str]]:
    report = check_project(Project.find(root), archive=archive)
    return [(f.path, f.line, f.code) for f in report.findings]


def replace(root: Path, old: str, new: str) -> None:
    path = root / PAPER
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_sound_passages_pass(tiny: Path) -> None:
    assert findings(tiny, TEXTS) == []


def test_a_moved_passage_is_found(tiny: Path) -> None:
    replace(tiny, "oa:end 31", "oa:end 30")
    assert findings(tiny, TEXTS) == [(PAPER, 23, "passage-digest")]


def test_a_wrong_digest_is_found_and_the_right_one_named(tiny: Path) -> None:
    text = (tiny / PAPER).read_text()
    right = text.split('atlas:sha256 "')[2][:64]
    replace(tiny, right, "0" * 64)
    report = check_project(Project.find(tiny), archive=TEXTS)
    assert [(f.line, f.code) for f in report.findings] == [(23, "passage-digest")]
    assert right in report.findings[0].hint


def test_a_source_that_is_not_archived_is_found_once(tiny: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert findings(tiny, empty) == [(PAPER, 15, "source-not-archived")]


def test_an_archive_that_is_not_there_is_told_before_the_graph_is_read(tiny: Path, tmp_path: Path) -> None:
    (tiny / "graph_data/claims/hall.ttl").write_text("broken")
    with pytest.raises(UsageError, match="nowhere: no such directory"):
        findings(tiny, tmp_path / "nowhere")


def test_a_wrong_extent_is_found(tiny: Path) -> None:
    replace(tiny, "dcterms:extent 49", "dcterms:extent 50")
    assert findings(tiny, TEXTS) == [(PAPER, 14, "wrong-extent")]


@pytest.mark.slow
def test_texts_are_found_by_digest_whatever_their_names(tiny: Path, tmp_path: Path) -> None:
    shutil.copytree(TEXTS, tmp_path / "a" / "b")
    (tmp_path / "a" / "b" / "paper.txt").rename(tmp_path / "a" / "b" / "other.dat")
    (tmp_path / "a" / "binary").write_bytes(b"\xff\xfe\x00")
    assert findings(tiny, tmp_path / "a") == []


def test_a_missing_archive_is_a_usage_error(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such directory"):
        findings(tiny, tmp_path / "nowhere")


@pytest.mark.parametrize("old", ["oa:start 0", "oa:end 31", "dcterms:extent 49"])
@pytest.mark.parametrize("value", ['"x"', '""^^<http://www.w3.org/2001/XMLSchema#integer>', "psg:paper-0-31", "-1"])
def test_a_place_that_is_no_number_is_found(tiny: Path, old: str, value: str) -> None:
    replace(tiny, old, f"{old.split()[0]} {value}")
    expected = "wrong-extent" if "extent" in old else "passage-digest"
    assert expected in {code for _path, _line, code in findings(tiny, TEXTS)}


@pytest.mark.parametrize(
    "old, code",
    [("oa:start 0", "passage-digest"), ("oa:end 31", "passage-digest"), ("dcterms:extent 49", "wrong-extent")],
)
@pytest.mark.parametrize("digits", [10, 40, 4000])
def test_a_number_beyond_every_text_is_found(tiny: Path, old: str, code: str, digits: int) -> None:
    replace(tiny, old, f"{old.split()[0]} {'9' * digits}")
    assert code in {found for _path, _line, found in findings(tiny, TEXTS)}


WEB = """\
@prefix actor: <https://w3id.org/compute-atlas/id/actor/> .
@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix psg: <https://w3id.org/compute-atlas/id/passage/> .
@prefix reliability: <https://w3id.org/compute-atlas/id/reliability/> .
@prefix source-kind: <https://w3id.org/compute-atlas/id/source-kind/> .
@prefix src: <https://w3id.org/compute-atlas/id/source/> .

src:web a atlas:Source ;
    dcterms:title "Η αίθουσα"@el ;
    dcterms:publisher actor:builder ;
    dcterms:language "el" ;
    dcterms:issued "2026-03"^^<http://id.loc.gov/datatypes/edtf/EDTF> ;
    foaf:page <https://example.org/> ;
    atlas:sourceKind source-kind:blog ;
    atlas:reliability reliability:d .

src:second a atlas:Source ;
    dcterms:title "Encore"@fr ;
    dcterms:publisher actor:builder ;
    dcterms:language "fr" ;
    dcterms:issued "2026"^^<http://id.loc.gov/datatypes/edtf/EDTF> ;
    foaf:page <https://example.org/encore> ;
    atlas:sourceKind source-kind:news ;
    atlas:reliability reliability:b ;
    atlas:copyOf src:web .

psg:web-hall a atlas:Passage ;
    atlas:inSource src:web ;
    atlas:locator "η αίθουσα κοστίζει" ;
    atlas:seenOn "2026-11-20" .
"""


def test_numbers_of_located_passages_are_not_claimed_to_be_read(tiny: Path) -> None:
    (tiny / "graph_data/sources/web.ttl").write_text(WEB, encoding="utf-8")
    claims = tiny / "graph_data/claims/hall.ttl"
    claims.write_text(claims.read_text().replace("psg:paper-32-48", "psg:web-hall"))
    report = check_project(Project.find(tiny), archive=TEXTS)
    assert report.findings == []
    (left,) = (line for line in report.left_out if line.startswith("numbers"))
    assert left.startswith("numbers and years of 1 claim: their passages are located and not archived")


@pytest.mark.slow
@pytest.mark.parametrize("digest, consistent", [("", True), (f' ; atlas:sha256 "{"0" * 64}"', False)])
def test_the_key_makes_no_sources_equal_that_have_no_digest(
    project: Project, java: str, digest: str, consistent: bool
) -> None:
    """Of two sources one copies the other: if the key made them one, that would be a copy of itself."""
    both = WEB.replace("reliability:d .", f"reliability:d{digest} .").replace(
        "src:web .\n\npsg", f"src:web{digest} .\n\npsg"
    )
    assert (both == WEB) == consistent
    ontology = [triple for path in project.ontology() for triple in parse_file(path, path.name)[0].triples]
    assert examine([*ontology, *parse_text(both, "web.ttl")[0].triples]).consistent is consistent
