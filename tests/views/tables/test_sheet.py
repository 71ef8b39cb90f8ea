"""Tables as CSV: what is read back is what was written."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.views.tables.sheet import Column, Separator, Sheet, join, to_csv

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
COLUMNS = (Column("Name", "Namn"), Column("Value", "Värde"))


def read(data: bytes, separator: Separator) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator.value))


@given(st.lists(st.tuples(CELLS, CELLS)), st.sampled_from(Separator))
def test_texts_come_back_but_for_an_apostrophe_before_formulas(
    rows: list[tuple[str, str]], separator: Separator
) -> None:
    back = read(to_csv(Sheet(COLUMNS, tuple(rows)), "en", separator), separator)
    assert back[0] == ["Name", "Value"]
    for row, found in zip(rows, back[1:], strict=True):
        for cell, text in zip(row, found, strict=True):
            assert text in (cell, "'" + cell)
            assert text[:1] not in tuple("=+-@\t\r")


def test_a_mark_of_the_encoding_stands_first_and_nowhere_else() -> None:
    data = to_csv(Sheet(COLUMNS, (("Borlänge", "Skåne"),)), "sv", Separator.SEMICOLON)
    assert data.startswith(b"\xef\xbb\xbfNamn;V\xc3\xa4rde\r\n")
    assert data.count(b"\xef\xbb\xbf") == 1


@pytest.mark.parametrize(
    "cell, comma, semicolon",
    [
        (Decimal("-12.5"), "-12.5", "-12,5"),
        (Decimal("1E+3"), "1000", "1000"),
        (7, "7", "7"),
        (None, "", ""),
        (True, "yes", "yes"),
        (False, "no", "no"),
    ],
)
def test_numbers_are_numbers_in_either_form(cell: object, comma: str, semicolon: str) -> None:
    sheet = Sheet(COLUMNS[:1], ((cell,), ("end",)))
    for separator, text in ((Separator.COMMA, comma), (Separator.SEMICOLON, semicolon)):
        assert read(to_csv(sheet, "en", separator), separator)[1] == ([text] if text else [""]), separator


def test_yes_and_no_are_words_of_the_language() -> None:
    assert read(to_csv(Sheet(COLUMNS, ((True, False),)), "sv", Separator.COMMA), Separator.COMMA)[1] == ["ja", "nej"]


def test_several_values_are_one_cell_each_once() -> None:
    assert join(["a", "", "b", "a"]) == "a; b"
