"""Queries asked for labels in another language, checked by asking the engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.sparql.language import with_language

ROWS = '{ VALUES (?x ?y) { ("Sweden"@en "en") ("Sverige"@sv "sv") ("SE" "none") } '


@pytest.mark.parametrize(
    "test, found",
    [
        ('LANG(?x) = "en"', {"Sverige"}),
        ("lang ( $x ) ='en'", {"Sverige"}),
        ('LANG(?x) IN ("en", "")', {"Sverige", "SE"}),
        ('LANGMATCHES(LANG(?x), "en")', {"Sverige"}),
        ('LANG(?x) != "en"', {"Sverige", "SE"}),
        ('LANG(?x) = "de"', set()),
        # What is compared with anything else is no language.
        ('?y = "en"', {"Sweden"}),
        ('STR(LANG(?x)) = "en"', {"Sweden"}),
    ],
)
def test_what_is_compared_with_the_language_is_asked_for_in_the_other(test: str, found: set[str]) -> None:
    query = f'SELECT ?x {ROWS} FILTER({test}) }} # LANG(?x) = "en"'
    changed = with_language(query, "sv")
    assert {row[0].value for row in EmbeddedEngine().table(Query(changed)).rows} == found
    assert changed.endswith('# LANG(?x) = "en"')


@given(st.text())
def test_any_text_may_be_given_and_without_the_word_it_stays(text: str) -> None:
    assert with_language(text, "sv") == text or "lang" in text.lower()


@given(st.lists(st.sampled_from(["en", "sv", "de", ""]), min_size=1, max_size=6))
def test_only_the_given_tag_is_changed(tags: list[str]) -> None:
    listed = ", ".join(f'"{tag}"' for tag in tags)
    query = f"SELECT ?x {ROWS} FILTER(LANG(?x) IN ({listed})) }}"
    wanted = {{"en": "Sverige", "sv": "Sverige", "": "SE"}.get(tag) for tag in tags} - {None}
    assert {str(row[0].value) for row in EmbeddedEngine().table(Query(with_language(query, "sv"))).rows} == wanted
