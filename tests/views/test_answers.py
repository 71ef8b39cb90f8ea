"""Answers as pages of questions show them: names linked to what they name, lines, and columns that are hidden."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.table import Table
from computeatlas.model.namespaces import ID, RDFS
from computeatlas.views.answers import SEPARATOR, AnswerRows, answer_line, read_answer
from computeatlas.views.reader import Reader

from .claimed import reader_of

LABEL = ox.NamedNode(RDFS + "label")
TITLE = ox.NamedNode("http://purl.org/dc/terms/title")
MIMER, JUPITER, DOCUMENT = ID + "infrastructure/mimer", ID + "infrastructure/jupiter", ID + "source/jupiter"
VINNOVA, REPORTED = ID + "actor/vinnova", ID + "modality/reported"
NAMES = [
    (MIMER, LABEL, "MIMER", "en"),
    (MIMER, LABEL, "MIMER", "sv"),
    (JUPITER, LABEL, "JUPITER", "en"),
    # Two things of one name.
    (DOCUMENT, TITLE, "JUPITER", "en"),
    (VINNOVA, LABEL, "Vinnova", "en"),
    (REPORTED, LABEL, "reported", "en"),
    (REPORTED, LABEL, "rapporterat", "sv"),
]


@pytest.fixture
def reader() -> Reader:
    return reader_of(ox.Quad(ox.NamedNode(thing), by, ox.Literal(name, language=tag)) for thing, by, name, tag in NAMES)


def english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def things(answer: AnswerRows) -> list[list[list[str | None]]]:
    return [[[piece.thing for piece in cell] for cell in row] for row in answer.rows]


def read(reader: Reader, table: Table) -> AnswerRows:
    return read_answer(reader, table, 0, 100, "en")


def test_names_are_linked_to_what_they_name(reader: Reader) -> None:
    row = (english("MIMER"), ox.Literal("Vinnova"), english("reported"), english("nobody"), None)
    answer = read(reader, Table(tuple("abcde"), (row,)))
    assert things(answer) == [[[MIMER], [VINNOVA], [REPORTED], [None], []]]
    assert answer.weakest == REPORTED
    assert answer.of_kind("infrastructure") == (MIMER,)


def test_a_list_of_names_is_linked_name_by_name(reader: Reader) -> None:
    """Engines give what GROUP_CONCAT makes of texts of one language with the language, or without."""
    for listed in (ox.Literal("MIMER; nobody; Vinnova"), english("MIMER; nobody; Vinnova")):
        answer = read(reader, Table(("a",), ((listed,),)))
        assert things(answer) == [[[MIMER, None, VINNOVA]]]
        assert SEPARATOR.join(piece.term.value for piece in answer.rows[0][0]) == listed.value


def test_a_name_with_its_certainty_is_linked_and_the_certainty_told(reader: Reader) -> None:
    answer = read(reader, Table(("a",), ((english("MIMER (reported); Vinnova (x); nobody (reported)"),),)))
    pieces = [(piece.term.value, piece.thing, piece.certainty) for piece in answer.rows[0][0]]
    assert pieces == [("MIMER", MIMER, REPORTED), ("Vinnova (x)", None, None), ("nobody", None, REPORTED)]
    assert answer.weakest == REPORTED


def test_of_several_things_with_a_name_the_one_of_the_kind_of_the_column_counts(reader: Reader) -> None:
    others = [(english("MIMER"), english("nobody")), (english("Vinnova"), None), (english("reported"), None)]
    for rest in (others[:1], others, others[::-1]):
        table = Table(("a", "b"), ((english("JUPITER"), english("JUPITER")), *rest))
        assert things(read(reader, table))[0] == [[JUPITER], [None]]


def test_a_thing_hides_its_label(reader: Reader) -> None:
    row = (ox.NamedNode(MIMER), english("MIMER"), english("Vinnova"))
    assert [c.name for c in read(reader, Table(("site", "siteLabel", "operatorLabel"), (row,))).columns] == [
        "site", "operator",
    ]  # fmt: skip
    assert [c.name for c in read(reader, Table(("site", "label", "by"), (row,))).columns] == ["site", "by"]


def test_a_column_is_called_by_the_words_of_its_name_and_knows_its_numbers(reader: Reader) -> None:
    row = (ox.Literal(5), ox.Literal("5"), None)
    columns = read(reader, Table(("atLeast", "said_on", "x"), (row,))).columns
    assert [(column.words, column.is_number) for column in columns] == [
        ("At least", True), ("Said on", False), ("X", False),
    ]  # fmt: skip


@given(st.lists(st.one_of(st.none(), st.text().map(ox.Literal), st.integers().map(ox.Literal)), min_size=1))
def test_no_text_is_lost(reader: Reader, terms: list[ox.Literal | None]) -> None:
    answer = read(reader, Table(("a",), tuple((term,) for term in terms)))
    shown = [SEPARATOR.join(piece.term.value for piece in row[0]) for row in answer.rows]
    assert shown == [term.value if term is not None else "" for term in terms]


TABLE = Table(("who", "share"), ((ox.Literal("A; B"), ox.Literal(Decimal("0.5"))), (english("C"), ox.Literal(1))))


@pytest.mark.parametrize(
    "template, line",
    [
        ("{rows} rows", "2 rows"),
        ("{#who}, {min share} to {max share}.", "2, 0.5 to 1."),
        ("{each who: share}", "A, B: 0.5; C: 1"),
        # What the answer does not have leaves no line with holes.
        ("{#nobody} {rows}", ""),
        ("{min who}", ""),
        ("{each who: nobody}", ""),
        ("", ""),
    ],
)
def test_a_line_is_made_of_the_answer(template: str, line: str) -> None:
    assert answer_line(template, TABLE, lambda number, _column: f"{number.normalize():f}") == line


def test_nothing_is_told_one_by_one_of_many_rows_or_of_none() -> None:
    row = TABLE.rows[0]
    assert answer_line("{each who: share}", Table(TABLE.variables, (row,) * 5), lambda number, _: str(number)) == ""
    assert answer_line("{rows}", Table(TABLE.variables, ()), lambda number, _: str(number)) == ""
