"""Example questions in the reader's language: what the headers of their files say.

A header has `title` and `summary` in English, `titlesv` and `summarysv` in Swedish, and `front`, a number, where the
question stands on the front page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.model.queryfile import QueryFile


@dataclass(frozen=True)
class Question:
    """A query with its title and summary, in `language` where the file has them in it, else in English."""

    text: str
    title: str
    summary: str
    language: str


def read_questions(queries: Iterable[QueryFile], language: str) -> list[Question]:
    """Return the questions that `queries` are, in the reader's language."""
    return [_question(query, language) for query in queries]


def front_questions(queries: Iterable[QueryFile], language: str) -> list[Question]:
    """Return the questions for the front page, in the order that their headers give."""
    chosen = [query for query in queries if query.header.get("front", "").isdecimal()]
    return read_questions(sorted(chosen, key=lambda query: int(query.header["front"])), language)


def _question(query: QueryFile, language: str) -> Question:
    title, summary = query.header.get(f"title{language}"), query.header.get(f"summary{language}")
    if title and summary:
        return Question(query.text, title, summary, language)
    return Question(query.text, query.title, query.summary, "en")
