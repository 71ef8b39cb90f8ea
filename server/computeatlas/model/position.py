"""Positions in a text as people count them: lines and columns from 1, columns in characters."""

from __future__ import annotations


def line_of(data: bytes, offset: int) -> int:
    """Return the line on which the byte at the index `offset` is."""
    return data.count(b"\n", 0, max(offset, 0)) + 1


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of the character at the index `offset`."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def place(text: str, offset: int) -> str:
    """Return the position of the index `offset` in words: `line 2, column 7`."""
    line, column = line_and_column(text, offset)
    return f"line {line}, column {column}"


def offset_of(text: str, line: int, column: int) -> int:
    """Return the index of a position, or the index nearest to it where the text has no such line."""
    start = 0
    for _ in range(line - 1):
        end = text.find("\n", start)
        if end < 0:
            return len(text)
        start = end + 1
    return min(start + column - 1, len(text))
