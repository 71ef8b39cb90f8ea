"""Dates in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.date_text import say_date
from computeatlas.model.dates import parse_edtf

from .edtf_texts import EDTF


@pytest.mark.parametrize(
    "text, english, swedish",
    [
        ("2027", "2027", "2027"),
        ("2026-06", "June 2026", "juni 2026"),
        ("2024-12-10", "10 December 2024", "10 december 2024"),
        ("2026-06?", "June 2026 (uncertain)", "juni 2026 (osäkert)"),
        ("2026~", "about 2026", "omkring 2026"),
        ("2026%", "about 2026 (uncertain)", "omkring 2026 (osäkert)"),
        ("2027-34", "second quarter of 2027", "andra kvartalet 2027"),
        ("2027-39", "late 2027", "slutet av 2027"),
        ("2027-40", "first half of 2027", "första halvåret 2027"),
        ("2027-23", "autumn 2027", "hösten 2027"),
        ("2025/2026", "2025 to 2026", "2025 till 2026"),
        ("2027-34/..", "from second quarter of 2027 on", "från andra kvartalet 2027"),
        ("2027/", "from 2027, end unknown", "från 2027, slutet okänt"),
        ("../2027", "until 2027", "till 2027"),
        ("/2027", "until 2027, start unknown", "till 2027, början okänd"),
        ("202X", "the 2020s", "2020-talet"),
        ("20XX", "2000 to 2099", "2000 till 2099"),
        ("2027-XX", "some month of 2027", "någon månad 2027"),
        ("2027-XX-XX", "some day of 2027", "någon dag 2027"),
        ("2027-06-XX", "some day of June 2027", "någon dag i juni 2027"),
        ("156X-12-25", "between 25 December 1560 and 25 December 1569", "mellan 25 december 1560 och 25 december 1569"),
        ("[2026,2027-06,2028..]", "2026, June 2027 or 2028 or later", "2026, juni 2027 eller 2028 eller senare"),
        ("{2026,2030..2031}", "2026 and 2030 to 2031", "2026 och 2030 till 2031"),
        ("[..1984]", "1984 or earlier", "1984 eller tidigare"),
    ],
)
def test_words(text: str, english: str, swedish: str) -> None:
    assert say_date(parse_edtf(text), "en") == english
    assert say_date(parse_edtf(text), "sv") == swedish


@given(EDTF, st.sampled_from(["en", "sv", "de"]))
def test_every_date_has_words(text: str, language: str) -> None:
    words = say_date(parse_edtf(text), language)
    assert words == words.strip() != ""
    assert "{" not in words
