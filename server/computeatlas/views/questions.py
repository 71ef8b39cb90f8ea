"""Example questions in the reader's language: what the headers of their files say.

A header has `title` and `summary` in English, `titlesv` and `summarysv` in Swedish, and may have

- `front`, a number, where the question stands on the front page;
- `topic`, one of `TOPICS`, under which the list of questions has it;
- `parameter`, a variable that stands in `VALUES ?name { … }`, with `choices`, the view whose first column has what may
  be put in its place, and `asked` (`askedsv`), the title for another choice than that of the file: `{name}` stands for
  its label;
- `answer` (`answersv`), the answer in a line: see `computeatlas.views.answers.answer_line`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.model.queryfile import QueryFile

#: Topics in the order of the list of questions; a question without one of them stands under the last.
TOPICS = ("who", "money", "where", "when", "hardware", "doubt", "other")


@dataclass(frozen=True)
class Question:
    """A query with what its header says, in `language` where the file has title and summary in it, else in English.

    `parameter` and `choices` are empty where nothing may be chosen; `answer` is empty where the header has none.
    """

    name: str
    text: str
    title: str
    summary: str
    language: str
    topic: str = TOPICS[-1]
    parameter: str = ""
    choices: str = ""
    asked: str = ""
    answer: str = ""


def read_questions(queries: Iterable[QueryFile], language: str) -> list[Question]:
    """Return the questions that `queries` are, in the reader's language."""
    return [_question(query, language) for query in queries]


def front_questions(queries: Iterable[QueryFile], language: str) -> list[Question]:
    """Return the questions for the front page, in the order that their headers give."""
    chosen = [query for query in queries if query.header.get("front", "").isdecimal()]
    return read_questions(sorted(chosen, key=lambda query: int(query.header["front"])), language)


def find_question(queries: Iterable[QueryFile], name: str, language: str) -> Question | None:
    """Return the question whose file is called `name`, in the reader's language; None where there is none."""
    return next((_question(query, language) for query in queries if query.name == name), None)


def by_topic(questions: Iterable[Question]) -> list[tuple[str, list[Question]]]:
    """Return the questions under their topics, in the order of these, topics without any left out."""
    questions = list(questions)
    groups = [(topic, [question for question in questions if question.topic == topic]) for topic in TOPICS]
    return [(topic, several) for topic, several in groups if several]


def _question(query: QueryFile, language: str) -> Question:
    header = query.header
    title, summary = header.get(f"title{language}"), header.get(f"summary{language}")
    said_in = language
    if not (title and summary):
        title, summary, said_in = query.title, query.summary, "en"
    ending = "" if said_in == "en" else said_in
    topic = header.get("topic", "")
    return Question(
        query.name,
        query.text,
        title,
        summary,
        said_in,
        topic if topic in TOPICS else TOPICS[-1],
        header.get("parameter", ""),
        header.get("choices", ""),
        header.get(f"asked{ending}", ""),
        header.get(f"answer{ending}", ""),
    )
