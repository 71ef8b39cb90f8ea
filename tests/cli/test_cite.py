"""`computeatlas query --cite`: the sources of an answer on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from computeatlas.cli.main import cli
from computeatlas.model.errors import QuerySyntaxError, UsageError


@pytest.fixture
def query(project) -> str:
    return str(project.root / "queries/mimer_funding_shares.rq")


def run(runner: CliRunner, release: Path, *arguments: str) -> str:
    result = runner.invoke(cli, ["query", "--release", str(release), *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_sources_are_printed_as_text(runner, release, query) -> None:
    text = run(runner, release, "--cite", query)
    assert text.startswith("Claims: 8\n")
    assert "gixtools.net" in text


@pytest.mark.parametrize(
    ("form", "begins"), [("text", "Claims: 8"), ("bibtex", "@misc{gixtools-mimer,"), ("csl", "[\n"), ("json", "{\n")]
)
def test_sources_are_printed_in_each_format(runner, release, query, form: str, begins: str) -> None:
    text = run(runner, release, "--cite", "--format", form, query)
    assert text.startswith(begins)
    if form in ("csl", "json"):
        json.loads(text)


def test_without_cite_the_answer_is_printed(runner, release, query) -> None:
    assert len(run(runner, release, "--format", "csv", query).splitlines()) == 3
    assert json.loads(run(runner, release, "--format", "json", query))["head"]["vars"][0] == "commitment"


@pytest.mark.parametrize("arguments", [("--cite", "--format", "csv"), ("--format", "bibtex"), ("--format", "csl")])
def test_a_format_of_the_other_kind_is_wrong_use(runner, release, query, arguments: tuple[str, ...]) -> None:
    result = runner.invoke(cli, ["query", "--release", str(release), *arguments, query])
    assert isinstance(result.exception, UsageError)
    assert result.exception.hint


def test_a_query_that_is_none_is_reported_and_not_traced(runner, release, tmp_path) -> None:
    path = tmp_path / "broken.rq"
    path.write_text("SELECT * {")
    result = runner.invoke(cli, ["query", "--release", str(release), "--cite", str(path)])
    assert isinstance(result.exception, QuerySyntaxError)


def test_what_cannot_be_traced_is_said(runner, release, tmp_path) -> None:
    path = tmp_path / "absent.rq"
    path.write_text("ASK { ?x <http://e/none> ?y }")
    assert "Not traced:" in run(runner, release, "--cite", str(path))
