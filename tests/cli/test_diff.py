"""`computeatlas diff`: what it prints of two releases."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from computeatlas.cli.diff import diff_command
from computeatlas.model.errors import ReleaseError
from computeatlas.model.project import Project
from computeatlas.release.build import DATA_NAME, build
from computeatlas.release.load import read_manifest

pytestmark = pytest.mark.slow

CLAIM = """
claim:hall-operated-by a atlas:Claim ;
    rdfs:label "Builder runs the hall"@en , "Byggare driver hallen"@sv ;
    atlas:subject infra:hall ;
    atlas:predicate atlas:operatedBy ;
    atlas:object actor:builder ;
    atlas:modality modality:announced-plan ;
    atlas:rank rank:normal ;
    atlas:evidence psg:paper-0-10 .
"""
PASSAGE = f"""
psg:paper-0-10 a atlas:Passage ;
    atlas:inSource src:paper ;
    oa:start 0 ;
    oa:end 10 ;
    atlas:sha256 "{hashlib.sha256(b"Builder pu").hexdigest()}" .
"""


@pytest.fixture
def pair(tiny: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A release of the tiny graph, and one after changes of every sort."""
    old = build(Project.find(tiny), tmp_path / "old")
    claims, paper, things = (
        tiny / "graph_data" / name for name in ("claims/hall.ttl", "sources/paper.ttl", "entities/things.ttl")
    )
    text = claims.read_text().replace(
        "rank:normal ;\n    atlas:evidence psg:paper-32-48",
        'rank:deprecated ;\n    atlas:rankReason "It was withdrawn."@en ;\n    atlas:evidence psg:paper-32-48',
    )
    claims.write_text(text.replace("claim:hall-located-in", "claim:hall-in-town") + CLAIM)
    paper.write_text(paper.read_text() + PASSAGE)
    things.write_text(things.read_text().replace('"Land"@en', '"The land"@en'))
    return old, build(Project.find(tiny), tmp_path / "new")


def test_differences_are_told_in_words_under_headings(runner: CliRunner, pair: tuple[Path, Path]) -> None:
    old, new = (read_manifest(release) for release in pair)
    done = runner.invoke(diff_command, [str(release) for release in pair])
    assert done.exit_code == 0, done.output
    *lines, last = done.output.splitlines()
    assert last.startswith("Inferred: ")
    assert lines == [
        f"{old.version} ({old.digest[:16]}) → {new.version} ({new.digest[:16]})",
        "Claims added (2)",
        "    hall-in-town: The hall is in Town (reported, normal)",
        "    hall-operated-by: Builder runs the hall (announced plan, normal)",
        "Claims removed (1)",
        "    hall-located-in: The hall is in Town (reported, normal)",
        "Claims changed (1)",
        "    hall-cost: rank normal → deprecated; reason for rank added: “It was withdrawn.” (en)",
        "Entities changed (1)",
        "    place:land: rdfs:label",
        "Passages added (1)",
        "    src:paper: 1",
        "Current view: 1 triple added, 0 removed",
        "    + Hall – operated by – Builder",
    ]


def test_more_values_are_told_by_what_came_and_went(runner: CliRunner, tiny: Path, tmp_path: Path) -> None:
    old = build(Project.find(tiny), tmp_path / "old")
    claims = tiny / "graph_data/claims/hall.ttl"
    text = claims.read_text().replace(
        "atlas:evidence psg:paper-0-31 .", "atlas:evidence psg:paper-0-31 , psg:paper-32-48 .", 1
    )
    claims.write_text(text)
    new = build(Project.find(tiny), tmp_path / "new")
    assert "    hall-built-by: evidence + psg:paper-32-48\n" in runner.invoke(diff_command, [str(old), str(new)]).output
    assert "    hall-built-by: evidence − psg:paper-32-48\n" in runner.invoke(diff_command, [str(new), str(old)]).output


def test_json_says_the_same(runner: CliRunner, pair: tuple[Path, Path]) -> None:
    done = runner.invoke(diff_command, ["--format", "json", *map(str, pair)])
    assert done.exit_code == 0, done.output
    data = json.loads(done.output)
    assert data["old"] == {"version": "0.1.0", "digest": read_manifest(pair[0]).digest}
    assert [thing["name"] for thing in data["claims"]["added"]] == ["claim:hall-in-town", "claim:hall-operated-by"]
    assert data["claims"]["changed"][0]["parts"][0] == {
        "predicate": {"name": "atlas:rank", "words": "rank"},
        "before": [{"name": "rank:normal", "words": "normal"}],
        "after": [{"name": "rank:deprecated", "words": "deprecated"}],
    }
    assert data["view"]["added"][0]["value"] == {"name": "actor:builder", "words": "Builder"}
    assert data["passages"]["added"][0]["name"] == "psg:paper-0-10"


def test_the_same_release_twice_is_said_to_be_the_same(runner: CliRunner, pair: tuple[Path, Path]) -> None:
    done = runner.invoke(diff_command, [str(pair[0]), str(pair[0])])
    assert (done.exit_code, done.output.splitlines()[1:]) == (0, ["The releases are the same."])


def test_two_runs_print_the_same_bytes(runner: CliRunner, pair: tuple[Path, Path]) -> None:
    first, second = (runner.invoke(diff_command, ["--format", "json", *map(str, pair)]).output for _ in range(2))
    assert first == second != ""


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_no_release_is_refused(runner: CliRunner, pair: tuple[Path, Path], tmp_path: Path, which: int) -> None:
    arguments = [str(release) for release in pair]
    arguments[which] = str(tmp_path / "nowhere")
    assert isinstance(runner.invoke(diff_command, arguments).exception, ReleaseError)
    (pair[which] / DATA_NAME).write_bytes(b"garbage")
    assert isinstance(runner.invoke(diff_command, [str(release) for release in pair]).exception, ReleaseError)
