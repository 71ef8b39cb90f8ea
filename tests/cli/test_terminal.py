"""Nothing that a command prints for people makes a terminal do anything."""

from __future__ import annotations

import ast
import json
import logging
import re
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.cli import terminal
from computeatlas.cli.evidence import evidence_command
from computeatlas.cli.main import cli, main
from computeatlas.cli.terminal import PrintableFormatter, printable, styled
from computeatlas.model.namespaces import ATLAS
from computeatlas.model.project import Project
from computeatlas.release.build import build

ARCHIVE = Path(__file__).parents[1] / "data" / "archive"
COMMANDS = sorted(Path(terminal.__file__).parent.glob("*.py"))
#: ESC as an escape in Turtle and SPARQL, CSI as one character, BEL, and a mark that turns the direction round.
NASTY = r"a\u001B[31m\u009B2J\u0007\u202Eb"
#: The same without what XML cannot hold, which no curated file may have.
NASTY_IN_XML = r"a\u009B2J\u202Eb"
#: What of it may not be printed; without ESC, which click takes out of what does not go to a terminal.
OBEYED = "\x1b\x9b\x07\u202e"


def is_obeyed(character: str) -> bool:
    """Say whether a terminal obeys a character, by its properties in Unicode."""
    kind, direction = unicodedata.category(character), unicodedata.bidirectional(character)
    return (
        kind == "Cs"
        or (kind == "Cc" and character not in "\n\t")
        or direction in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    )


def test_characters_that_a_terminal_obeys_are_escaped_and_no_others() -> None:
    for character in map(chr, range(0x110000)):
        expected = f"\\u{ord(character):04X}" if is_obeyed(character) else character
        assert printable(character) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_printable_stays(text: str) -> None:
    shown = printable(text)
    assert not any(map(is_obeyed, shown))
    assert printable(shown) == shown
    assert styled(text).plain == styled("", (text, "bold")).plain


def query(release: Path, tmp_path: Path, text: str, *arguments: str) -> str:
    file = tmp_path / "q.rq"
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["query", "--release", str(release), *arguments, str(file)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def assert_visible(text: str, expected: str = NASTY) -> None:
    assert not set(OBEYED) & set(text)
    assert expected in text


@pytest.mark.parametrize(
    "text",
    [
        f'SELECT ("{NASTY}" AS ?x) {{}}',
        f'CONSTRUCT {{ <urn:s> <urn:p> "{NASTY}" }} {{}}',
    ],
)
def test_the_table_of_an_answer_obeys_nothing(release: Path, tmp_path: Path, text: str) -> None:
    shown = query(release, tmp_path, text)
    assert_visible(shown)


def test_answers_for_programs_are_as_they_were(release: Path, tmp_path: Path) -> None:
    text = f'SELECT ("{NASTY}" AS ?x) {{}}'
    assert "a\x1b[31m\x9b2J\x07\u202eb" in query(release, tmp_path, text, "--format", "csv")
    found = json.loads(query(release, tmp_path, text, "--format", "json"))
    assert found["results"]["bindings"][0]["x"]["value"] == "a\x1b[31m\x9b2J\x07\u202eb"


@pytest.fixture
def nasty(tiny: Path) -> Path:
    """The tiny graph with such characters in the labels of its claims and the titles of its sources."""
    for path in (tiny / "graph_data").rglob("*.ttl"):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            re.sub(r'((?:rdfs:label|dcterms:title) ")', lambda match: match[1] + NASTY_IN_XML, text), encoding="utf-8"
        )
    return tiny


@pytest.mark.slow
def test_diff_and_sources_of_an_answer_obey_nothing(nasty: Path, tmp_path: Path) -> None:
    old = build(Project.find(nasty), tmp_path / "old")
    claims = nasty / "graph_data/claims/hall.ttl"
    claims.write_text(claims.read_text().replace("claim:hall-located-in", "claim:hall-in-town"))
    new = build(Project.find(nasty), tmp_path / "new")
    done = CliRunner().invoke(cli, ["diff", str(old), str(new)])
    assert done.exit_code == 0
    assert_visible(done.stdout, NASTY_IN_XML)
    text = f"SELECT * {{ ?claim a <{ATLAS}Claim> ; ?p ?o }}"
    assert_visible(query(new, tmp_path, text, "--cite"), NASTY_IN_XML)


def test_a_claim_is_shown_without_obeying_it(nasty: Path) -> None:
    done = CliRunner().invoke(evidence_command, ["hall-cost", "--root", str(nasty), "--archive", str(ARCHIVE)])
    assert_visible(done.stdout, NASTY_IN_XML)


def test_findings_obey_nothing(tiny: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tiny / "graph_data/claims/a\x9b2J\x07.ttl").write_text("claim:x")
    with pytest.raises(SystemExit):
        main(["check", "--no-reason", "--root", str(tiny)])
    shown = "".join(capfd.readouterr())
    assert r"a\u009B2J\u0007.ttl:1: error" in shown
    assert not set(OBEYED) & set(shown)


@pytest.mark.parametrize("arguments", [["query", "a\x9b2J\x07"], ["fmt", "a\x9b2J\x07"], ["a\x9b2J\x07"]])
def test_errors_obey_nothing(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    shown = "".join(capfd.readouterr())
    assert "2J" in shown
    assert not set(OBEYED) & set(shown)


def test_what_is_logged_obeys_nothing() -> None:
    record = logging.LogRecord("x", logging.WARNING, "x.py", 1, "it said %s", ("\x1b[2J\n",), None)
    assert PrintableFormatter().format(record) == "it said \\u001B[2J\n"


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.name)
def test_commands_print_by_way_of_one_module(path: Path) -> None:
    """Rich's own console is for what `styled` made."""
    if path.name == "terminal.py":
        return
    names = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}
    assert not names & {
        "click.echo", "click.secho", "print", "Text", "Text.assemble", "sys.stdout.write", "sys.stderr.write",
        "sys.stdout.buffer.write", "traceback.print_exc",
    }  # fmt: skip
