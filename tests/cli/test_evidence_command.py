"""The command that shows a claim and its passages."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from computeatlas.cli.evidence import evidence_command, print_claim
from computeatlas.curate.check.evidence import read_archive
from computeatlas.curate.show import show_claim
from computeatlas.model.archive import CONTEXT
from computeatlas.model.errors import UsageError
from computeatlas.model.project import Project
from computeatlas.turtle.lines import ParsedGraph, parse_project

TEXTS = Path(__file__).parents[1] / "data" / "archive"
CLAIMS = "graph_data/claims/hall.ttl"
PAPER = "graph_data/sources/paper.ttl"


def show(root: Path, claim: str, archive: Path = TEXTS) -> Result:
    return CliRunner().invoke(evidence_command, [claim, "--root", str(root), "--archive", str(archive)])


def replace(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def embed(root: Path, archive: Path, before: str, passage: str, after: str) -> Path:
    """Let the only passage of the claim on the cost stand between two texts; returns the archive with them."""
    archive.mkdir()
    text = (before + passage + after).encode()
    (archive / "text").write_bytes(text)
    path = root / PAPER
    head = path.read_text(encoding="utf-8").partition("src:paper a")[0]
    path.write_text(
        f"""{head}src:paper a atlas:Source ;
    dcterms:title "Paper"@en ;
    atlas:sha256 "{hashlib.sha256(text).hexdigest()}" .
psg:paper-32-48 a atlas:Passage ;
    atlas:inSource src:paper ; oa:start {len(before)} ; oa:end {len(before + passage)} ;
    atlas:sha256 "{hashlib.sha256(passage.encode()).hexdigest()}" .
""",
        encoding="utf-8",
    )
    return archive


def test_a_claim_is_shown_with_its_passage_marked_in_context(tiny: Path) -> None:
    done = show(tiny, "hall-cost")
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "The hall may cost EUR 10",
        "claim       claim:hall-cost",
        "subject     Hall (infra:hall)",
        "predicate   cost estimate (atlas:costEstimate)",
        "value       EUR 10 (qty:eur-10)",
        "modality    speculation (modality:speculation)",
        "rank        normal (rank:normal)",
        "said by     the source itself",
        "",
        "1/1 Paper, characters 32 to 48 (psg:paper-32-48)",
        "Builder puts up a hall in Town. «It may cost ten.»",
    ]


def test_optional_parts_are_shown_where_they_are_given(tiny: Path) -> None:
    more = """    atlas:rankReason "Seen by us, [bold]twice[/bold]."@en ;
    atlas:statedBy actor:builder ;
    atlas:asOf "2024" ;
    atlas:contradicts claim:hall-built-by ;
    atlas:evidence psg:paper-0-31 , psg:paper-32-48"""
    replace(tiny, CLAIMS, "    atlas:evidence psg:paper-32-48", more)
    lines = show(tiny, "hall-cost").output.splitlines()
    assert lines[7:11] == [
        "reason      Seen by us, [bold]twice[/bold].",
        "said by     Builder (actor:builder)",
        "as of       2024",
        "contradicts Builder builds the hall (claim:hall-built-by)",
    ]
    assert [line for line in lines if line.startswith(("1/2", "2/2"))] == [
        "1/2 Paper, characters 0 to 31 (psg:paper-0-31)",
        "2/2 Paper, characters 32 to 48 (psg:paper-32-48)",
    ]
    assert "«Builder puts up a hall in Town.» It may cost ten." in lines


@pytest.mark.parametrize(
    "name",
    [
        "hall-cost",
        "claim:hall-cost",
        "https://w3id.org/compute-atlas/id/claim/hall-cost",
        "<https://w3id.org/compute-atlas/id/claim/hall-cost>",
    ],
)
def test_a_claim_has_three_names(tiny: Path, name: str) -> None:
    assert "claim:hall-cost" in show(tiny, name).output


@pytest.mark.parametrize("name", ["hall-cots", "claim:hall-cots", "https://w3id.org/compute-atlas/id/claim/hall-cots"])
def test_an_unknown_claim_is_wrong_use_and_near_names_are_told(tiny: Path, name: str) -> None:
    error = show(tiny, name).exception
    assert isinstance(error, UsageError)
    assert name in str(error)
    assert "did you mean hall-cost" in str(error)


@pytest.mark.parametrize("name", ["zzz", "infra:hall", "https://w3id.org/compute-atlas/id/infrastructure/hall", ""])
def test_what_is_no_claim_is_wrong_use(tiny: Path, name: str) -> None:
    with pytest.raises(UsageError, match="there is no claim"):
        raise show(tiny, name).exception or AssertionError


def test_the_archive_must_be_named(tiny: Path) -> None:
    done = CliRunner().invoke(evidence_command, ["hall-cost", "--root", str(tiny)])
    assert done.exit_code == 2
    assert "Missing option '--archive'" in done.output


def test_an_archive_that_is_not_there_is_wrong_use(tiny: Path, tmp_path: Path) -> None:
    assert isinstance(show(tiny, "hall-cost", tmp_path / "nowhere").exception, UsageError)


def test_a_source_that_is_not_archived_is_said_in_place_and_exits_1(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = show(tiny, "hall-cost", tmp_path / "empty")
    assert done.exit_code == 1
    assert done.output.splitlines()[-2:] == [
        "1/1 Paper, characters 32 to 48 (psg:paper-32-48)",
        "fault: no file of the archive has the digest of src:paper",
    ]


def test_another_digest_is_said_in_place_and_exits_1(tiny: Path) -> None:
    replace(tiny, PAPER, "oa:end 48", "oa:end 47")
    done = show(tiny, "hall-cost")
    assert done.exit_code == 1
    assert done.output.splitlines()[-2:] == [
        "fault: the text at this place does not have the digest of the passage",
        "Builder puts up a hall in Town. «It may cost ten».",
    ]
    assert show(tiny, "hall-built-by").exit_code == 0


def test_a_passage_beyond_the_end_is_a_fault(tiny: Path) -> None:
    replace(tiny, PAPER, "oa:start 32 ;\n    oa:end 48", "oa:start 3200 ;\n    oa:end 4800")
    done = show(tiny, "hall-cost")
    assert done.exit_code == 1
    assert "does not have the digest" in done.output


def test_a_passage_that_nothing_describes_is_a_fault(tiny: Path) -> None:
    replace(tiny, CLAIMS, "psg:paper-32-48", "psg:paper-1-2")
    done = show(tiny, "hall-cost")
    assert done.exit_code == 1
    assert done.output.splitlines()[-2:] == [
        "1/1 psg:paper-1-2",
        "fault: the graph does not say where this passage is",
    ]


def test_a_claim_without_passages_exits_1(tiny: Path) -> None:
    replace(tiny, CLAIMS, " ;\n    atlas:evidence psg:paper-32-48", "")
    done = show(tiny, "hall-cost")
    assert done.exit_code == 1
    assert "the claim has no passage" in done.output


def test_a_file_that_is_not_turtle_is_told_and_the_rest_shown(tiny: Path) -> None:
    (tiny / "graph_data/claims/broken.ttl").write_text("claim:x")
    done = show(tiny, "hall-cost")
    assert done.exit_code == 0
    assert "graph_data/claims/broken.ttl:1: error" in done.stderr
    assert "«It may cost ten.»" in done.stdout


def test_context_is_cut_between_words(tiny: Path, tmp_path: Path) -> None:
    words = "alpha beta gamma " * 30
    archive = embed(tiny, tmp_path / "a", words, "The point.", " " + words)
    line = show(tiny, "hall-cost", archive).output.splitlines()[-1]
    match = re.fullmatch(r"…([a-z ]+) «The point\.» ([a-z ]+)…", line)
    assert match
    assert set(f"{match[1]} {match[2]}".split()) == {"alpha", "beta", "gamma"}
    for context in match.groups():
        assert CONTEXT - len("gamma  ") <= len(context) <= CONTEXT


def test_context_that_begins_with_a_word_keeps_it(tiny: Path, tmp_path: Path) -> None:
    archive = embed(tiny, tmp_path / "a", "More " + "word " * (CONTEXT // 5), "The point.", "")
    line = show(tiny, "hall-cost", archive).output.splitlines()[-1]
    assert line == "…" + "word " * (CONTEXT // 5) + "«The point.»"


def test_context_that_ends_with_the_document_has_no_ellipsis(tiny: Path, tmp_path: Path) -> None:
    archive = embed(tiny, tmp_path / "a", "b" * (CONTEXT - 1) + " ", "The point.", " " + "c" * (CONTEXT - 1))
    line = show(tiny, "hall-cost", archive).output.splitlines()[-1]
    assert line == "b" * (CONTEXT - 1) + " «The point.» " + "c" * (CONTEXT - 1)


def test_a_word_longer_than_the_context_is_cut(tiny: Path, tmp_path: Path) -> None:
    archive = embed(tiny, tmp_path / "a", "b" * 500, "The point.", "c" * 500)
    line = show(tiny, "hall-cost", archive).output.splitlines()[-1]
    assert line == "…" + "b" * CONTEXT + "«The point.»" + "c" * CONTEXT + "…"


def test_a_passage_is_one_line_and_cannot_steer_the_terminal(tiny: Path, tmp_path: Path) -> None:
    archive = embed(tiny, tmp_path / "a", "Once\r\n\x1b[2Jmore. ", "The\n\n\x07point.", "\n\x9bNext")
    line = show(tiny, "hall-cost", archive).output.splitlines()[-1]
    assert line == "Once [2Jmore. «The point.» Next"


def printed(root: Path, **options: object) -> str:
    graph, _ = parse_project(Project.find(root))
    out = io.StringIO()
    print_claim(show_claim(graph, "hall-cost", read_archive(TEXTS)), Console(file=out, width=40, **options))
    return out.getvalue()


def test_a_terminal_shows_the_passage_highlighted(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    text = printed(tiny, force_terminal=True, color_system="standard")
    assert "\x1b[1;7mIt may \x1b" in text
    assert "«" not in text
    assert max(len(click.unstyle(line)) for line in text.splitlines()) <= 40


def test_a_terminal_without_styles_and_a_pipe_have_marks(tiny: Path) -> None:
    dumb = printed(tiny, force_terminal=True, color_system=None)
    piped = printed(tiny, force_terminal=False)
    assert "\x1b" not in dumb + piped
    assert "hall in Town. «It may cost ten.»\n" in dumb
    # Longer than the console is wide: a pipe has no width.
    assert "Builder puts up a hall in Town. «It may cost ten.»\n" in piped


def test_a_claim_of_the_graph_can_be_shown(parsed: ParsedGraph, archive: Path) -> None:
    texts = read_archive(archive)
    shown = show_claim(parsed, "claim:falun-cost-third", texts)
    assert shown.is_sound
    assert shown.words(shown.record.modality) == "speculation (modality:speculation)"
    assert all(passage.text for passage in shown.passages)


def test_a_located_passage_is_shown_by_the_words_that_find_it_and_is_no_fault(tiny: Path) -> None:
    path = tiny / PAPER
    head = path.read_text(encoding="utf-8").partition("src:paper a")[0]
    path.write_text(
        f"""{head}src:paper a atlas:Source ;
    dcterms:title "Paper"@en .
psg:paper-32-48 a atlas:Passage ;
    atlas:inSource src:paper ; atlas:locator "it may cost ten" ; atlas:seenOn "2026-11-20" .
""",
        encoding="utf-8",
    )
    done = show(tiny, "hall-cost")
    assert done.exit_code == 0, done.exception
    line = next(line for line in done.stdout.splitlines() if line.startswith("1/1"))
    place = "at “it may cost ten”, seen on 2026-11-20: located, not archived"
    assert line == f"1/1 Paper, {place} (psg:paper-32-48)"
