"""Tags of languages: what BCP 47 has, and what was probably meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.curate.languages import canonical_tag, language_fault, nearest_tag


@pytest.mark.parametrize(
    "tag", ["en", "sv", "nb", "no", "pt-BR", "zh-Hant", "sr-Latn-RS", "el", "ca", "uk", "de-CH-1996"]
)
def test_a_tag_of_the_register_is_right(tag: str) -> None:
    assert canonical_tag(tag) == tag
    assert language_fault(tag) is None


@pytest.mark.parametrize(
    "text, near",
    [
        ("EN", "en"),
        ("swe", "sv"),
        ("sv_SE", "sv-SE"),
        ("english", "en"),
        ("Tyska", "de"),
        ("norwegan", "no"),
        ("cz", "cs"),
        ("dk", "da"),
        ("ua", "uk"),
        (" fr", "fr"),
        ("fr-klingon-klingon-x", "fr"),
        ("!!", None),
        ("", None),
    ],
)
def test_what_is_no_tag_names_the_nearest(text: str, near: str | None) -> None:
    assert nearest_tag(text) == near
    fault = language_fault(text)
    assert fault is not None
    assert f"“{near}”" in fault[1] if near else "such as" in fault[1]


@given(st.text(max_size=20))
def test_any_text_has_a_verdict_and_a_hint_that_is_right(text: str) -> None:
    near = nearest_tag(text)
    assert near is None or canonical_tag(near) == near
    assert (language_fault(text) is None) == (canonical_tag(text) == text)
