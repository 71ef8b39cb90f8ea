"""Names made of words, and the language that words are in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.curate.add.names import kebab, language_of, slug
from computeatlas.curate.add.source import date_literal, require_name
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import EDTF

pytestmark = pytest.mark.slow


@given(st.text())
def test_a_made_name_is_a_name_or_nothing(text: str) -> None:
    name = slug(text)
    assert name == "" or require_name(name, "--name") == name
    assert name.isascii()
    assert name == name.lower()
    assert len(name.split("-")) <= 5


@given(st.text())
def test_a_name_made_of_a_name_has_nothing_to_mend(text: str) -> None:
    assert slug(slug(text)) == slug(text)


@pytest.mark.parametrize(
    "text, name",
    [
        ("Öl & Å-dalen", "ol-dalen"),
        ("The EU’s plan for the halls of Sweden and of Norway in 2026", "eus-plan-halls-sweden-norway"),
        ("Från hallen till staden", "hallen-staden"),
        ("The", "the"),
        ("Straße nach Ærø", "strasse-nach-aero"),
        ("Ελλάδα", ""),
        ("e\u0301tude", "etude"),
    ],
)
def test_names_are_made_of_the_words_that_tell(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize(
    "term, name",
    [("locatedIn", "located-in"), ("holds", "holds"), ("operationalFrom", "operational-from"),
     ("sha256", "sha256"), ("AIFactory", "ai-factory")],
)  # fmt: skip
def test_terms_become_names_with_hyphens(term: str, name: str) -> None:
    assert kebab(term) == name


@pytest.mark.parametrize(
    "text, language",
    [
        ("A man of the town is in it", "en"),
        ("Det är en man som är på väg till staden", "sv"),
        ("Hall", None),
        ("The man and the hall of och att det som är", None),
    ],
)
def test_language_is_told_by_the_commonest_words_or_not_at_all(text: str, language: str | None) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "a-", "a.", "å", "a/b", "a\n", "../a"])
def test_a_name_that_cannot_stand_in_an_identifier_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a name"):
        require_name(name, "--name")


@pytest.mark.parametrize(
    "text, written",
    [
        *(("2024", "2024"), ("2024-12", "2024-12"), ("2024-02-29", "2024-02-29"), ("1 May 2024", "2024-05-01")),
        *(("2024-Q2", "2024-34"), ("late 2024", "2024-39"), ("2024/2025", "2024/2025")),
    ],
)
def test_dates_are_edtf(text: str, written: str) -> None:
    literal = date_literal(text, "--issued")
    assert (literal.value, literal.datatype.value) == (written, EDTF)


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2023-02-29", "2024-1-1", "0000", "٢٠٢٤", "May"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"--issued: “.*” is no date"):
        date_literal(text, "--issued")
