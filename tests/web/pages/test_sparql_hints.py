"""A GROUP_CONCAT that leaves cells empty is explained: in a header for programs, under the table for people."""

from __future__ import annotations

import urllib.request
from urllib.parse import urlencode

import pytest

EMPTY = "SELECT (GROUP_CONCAT(?x) AS ?y) { VALUES ?x { 1 2 } }"
FULL = 'SELECT (GROUP_CONCAT(?x) AS ?y) { VALUES ?x { "a" "b" } }'
HINT = "GROUP_CONCAT needs strings: cells are empty where ?x has other values; write GROUP_CONCAT(STR(?x))"
SWEDISH = "GROUP_CONCAT behöver strängar: celler är tomma där ?x har andra värden; skriv GROUP_CONCAT(STR(?x))"


def get(site: str, accept: str, **parameters: str) -> tuple[str, str | None]:
    """Return the text of an answer and its hint."""
    request = urllib.request.Request(f"{site}sparql?{urlencode(parameters)}", headers={"Accept": accept})
    with urllib.request.urlopen(request) as response:
        return response.read().decode(), response.headers["Atlas-Hint"]


@pytest.mark.parametrize("accept", ["text/csv", "application/sparql-results+json"])
def test_programs_get_a_hint_in_a_header_also_from_the_cache(site: str, accept: str) -> None:
    for _ in range(3):
        assert get(site, accept, query=EMPTY)[1] == HINT
    assert get(site, accept, query=EMPTY.replace("(?x)", "(STR(?x))"))[1] is None


@pytest.mark.parametrize(("language", "hint"), [("en", HINT), ("sv", SWEDISH)])
def test_people_get_a_hint_under_the_table_where_a_column_is_empty(site: str, language: str, hint: str) -> None:
    assert f'<p class="hint">{hint}</p>' in get(site, "text/html", query=EMPTY, lang=language)[0]
    assert 'class="hint"' not in get(site, "text/html", query=FULL, lang=language)[0]


def test_example_queries_get_no_hint_on_the_page(site: str, project) -> None:
    for path in project.questions():
        text, _hint = get(site, "text/html", query=path.read_text(encoding="utf-8"))
        assert 'class="hint"' not in text
