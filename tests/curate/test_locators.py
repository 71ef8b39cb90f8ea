"""Locators: how words are counted, and what is too long or too short to point to a place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.curate.locators import MOST_CHARACTERS, MOST_WORDS, count_words, locator_fault


@pytest.mark.parametrize(
    "locator, words",
    [
        ("has selected seven sites to host", 6),
        ("  more  than\u00a03,400 jobs ", 4),
        ("εκατό νέες θέσεις εργασίας", 4),
        ("60 DGX-A100-lådor", 2),
        ("新しいデータセンター", 5),
        ("建设 3 个数据中心", 5),
        ("", 0),
    ],
)
def test_words_are_counted_between_blanks_or_by_two_characters_where_a_script_has_none(
    locator: str, words: int
) -> None:
    assert count_words(locator) == words


@pytest.mark.parametrize(
    "locator, fault",
    [
        ("has selected seven sites to host", None),
        ("€450 млн", None),
        ("Demokritos", None),
        ("der KI", "has 2 words and 6 characters, too few to find a place by"),
        ("Areim", "has 1 word and 5 characters, too few to find a place by"),
        ("", "has 0 words and 0 characters, too few to find a place by"),
        ("one two three four five six seven", "has 7 words, more than 6"),
        ("新しいデータセンターは来年建設される", "has 9 words, more than 6"),
        ("Donaudampfschifffahrtsgesellschaft Rechenzentrumsbetreiberin Wien", "has 65 characters, more than 60"),
    ],
)
def test_a_locator_out_of_bounds_is_told_with_its_count(locator: str, fault: str | None) -> None:
    assert locator_fault(locator) == fault


@given(st.text())
def test_no_text_beyond_a_bound_is_a_locator(text: str) -> None:
    if len(text) > MOST_CHARACTERS or len(text.split()) > MOST_WORDS:
        assert locator_fault(text)
