"""Each competency question gives its expected answer, on the command line's engine and over HTTP."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from computeatlas.model.queryfile import read_query

REPOSITORY = Path(__file__).parents[2]
EXPECTED = Path(__file__).parents[1] / "expected"
QUESTIONS = sorted((REPOSITORY / "queries").glob("*.rq"))


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_question_gives_its_expected_answer(path: Path, site: str, ask) -> None:
    answer = rows(ask(site, path.read_text(encoding="utf-8")))
    assert answer == rows((EXPECTED / f"{path.stem}.csv").read_text(encoding="utf-8"))
    assert len(answer) > 1


def test_every_expected_answer_has_its_question() -> None:
    assert {path.stem for path in EXPECTED.glob("*.csv")} == {path.stem for path in QUESTIONS}


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_question_has_a_title_that_asks_and_a_name_of_few_words(path: Path) -> None:
    query = read_query(path, require=("summary", "title"))
    assert query.title.endswith("?")
    assert len(path.stem.split("_")) <= 6
