"""Dates as curators type them, in English and Swedish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.curate.amounts.date_input import date_from_input, standard_form, suggest
from computeatlas.model.date_text import say_date
from computeatlas.model.dates import EdtfError, parse_edtf

from ...model.edtf_texts import QUALIFIED


@pytest.mark.parametrize(
    "typed, text",
    [
        ("2027-Q2", "2027-34"),
        ("2027Q2", "2027-34"),
        ("Q2 2027", "2027-34"),
        ("K4 2027", "2027-36"),
        ("2027-H2", "2027-41"),
        ("h1 2027", "2027-40"),
        ("early 2027", "2027-37"),
        ("mid-2027", "2027-38"),
        ("Late  2027", "2027-39"),
        ("slutet av 2027", "2027-39"),
        ("hösten 2026", "2026-23"),
        ("second half of 2026", "2026-41"),
        ("June 2026", "2026-06"),
        ("10 December 2024", "2024-12-10"),
        ("December 10, 2024", "2024-12-10"),
        ("den 10 dec. 2024", "2024-12-10"),
        ("about 2030", "2030~"),
        ("ca. Q2 2027", "2027-34~"),
        ("2025-2026", "2025/2026"),
        ("2025–2026", "2025/2026"),
        ("2025 to late 2027", "2025/2027-39"),
        ("2020s", "202X"),
        ("2020-talet", "202X"),
        (" 2027-06? ", "2027-06?"),
    ],
)
def test_what_is_typed_becomes_edtf(typed: str, text: str) -> None:
    assert date_from_input(typed).text == text


@pytest.mark.parametrize(
    "typed", ["soon", "", "2027-Q5", "2027-H3", "30 February 2025", "Brumaire 1799", "about", "to"]
)
def test_what_is_none_is_refused(typed: str) -> None:
    assert standard_form(typed) is None
    with pytest.raises(EdtfError) as caught:
        date_from_input(typed)
    assert suggest(caught.value, typed) == caught.value.hint


def test_the_standard_form_is_suggested() -> None:
    with pytest.raises(EdtfError) as caught:
        parse_edtf("2027-Q2")
    assert suggest(caught.value, "2027-Q2") == 'write "2027-34"'
    assert standard_form("2027-34") is None


@given(QUALIFIED, st.sampled_from(["en", "sv"]))
def test_the_words_of_a_date_can_be_typed(text: str, language: str) -> None:
    found = parse_edtf(text)
    # Nobody types that a date is uncertain in brackets, and the halves of the earth have the same words.
    if not found.is_uncertain and not (text[5:7] in map(str, range(25, 33)) and len(text) < 9):
        assert date_from_input(say_date(found, language)).text == text


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert date_from_input(text).days
    except EdtfError as error:
        assert suggest(error, text)
