"""Addresses that lead to the words of a passage."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.text_fragment import to_words


@pytest.mark.parametrize(
    "address, words, expected",
    [
        ("https://e.org/a", ("seven sites",), "https://e.org/a#:~:text=seven%20sites"),
        ("https://e.org/a", (" more  than\n3,400 ",), "https://e.org/a#:~:text=more%20than%203%2C400"),
        ("https://e.org/a", ("R&D – state-of-the-art",), "https://e.org/a#:~:text=R%26D%20%E2%80%93%20state%2Dof%2Dthe%2Dart"),
        ("https://e.org/a?x=1#part", ("vier",), "https://e.org/a?x=1#part:~:text=vier"),
        ("https://e.org/a#:~:text=old", ("new",), "https://e.org/a#:~:text=new"),
        ("https://e.org/a#top:~:text=old&text=older", ("new",), "https://e.org/a#top:~:text=new"),
        ("https://e.org/a", ("from here", "to there"), "https://e.org/a#:~:text=from%20here,to%20there"),
        ("https://e.org/a#top", (" ",), "https://e.org/a#top"),
        ("https://e.org/a", ("",), "https://e.org/a"),
    ],
)  # fmt: skip
def test_an_address_leads_to_the_words(address: str, words: tuple[str, ...], expected: str) -> None:
    assert to_words(address, *words) == expected


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_words_come_back_and_none_of_their_signs_is_read_as_syntax(words: str) -> None:
    address = to_words("https://e.org/", words)
    _page, _mark, given_words = address.partition("#:~:text=")
    assert unquote(given_words) == " ".join(words.split())
    assert not set(given_words) & set("-,& \t\r\n#")
