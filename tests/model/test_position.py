"""Lines and columns against a count by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.position import line_and_column, line_of, offset_of, place


@given(st.text("ab\n", max_size=20), st.data())
def test_a_position_is_that_of_a_walk_through_the_text(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line, column = 1, 1
    for character in text[:offset]:
        line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
    assert line_and_column(text, offset) == (line, column)
    assert place(text, offset) == f"line {line}, column {column}"
    assert line_of(text.encode(), offset) == line
    assert offset_of(text, line, column) == offset


def test_a_position_that_is_not_there_is_the_nearest() -> None:
    assert offset_of("ab\nc", 9, 1) == 4
    assert offset_of("ab\nc", 2, 99) == 4
