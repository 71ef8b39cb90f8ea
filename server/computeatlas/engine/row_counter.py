"""How many rows a serialised result has, counted while it passes by, for the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from computeatlas.model.mediatypes import Format

#: Format → texts that add up to one in each row.
#: In JSON a row follows another or opens the list. A string may end in `},{` too, but then a comma or a brace follows.
#: Rows without any binding are not counted. Counting texts takes a third of the time of a regular expression, which
#: was a fifth of that of a long list.
_MARKS: dict[str, tuple[tuple[bytes, int], ...]] = {
    "xml": ((b"<result>", 1),),
    "json": ((b'},{"', 1), (b'},{",', -1), (b'},{"}', -1), (b'"bindings":[{"', 1)),
    "tsv": ((b"\n", 1),),
    "nt": ((b"\n", 1),),
    "nq": ((b"\n", 1),),
}
#: More bytes than the longest of them may have across the end of a piece.
_CARRY = 16


class RowCounter:
    """Counts the rows in the pieces of a result; `rows` is None for a format whose bytes do not tell."""

    def __init__(self, form: Format):
        self._marks = _MARKS.get(form.name)
        self._count = -1 if form.name == "tsv" else 0
        self._carry = b""

    def add(self, data: bytes) -> None:
        """Count in `data`, which follows what was counted before."""
        if self._marks is None:
            return
        for mark, weight in self._marks:
            found = data.count(mark)
            over = len(mark) - 1
            if over and self._carry:
                # One that is cut in two lies in what is shorter than it on either side.
                found += (self._carry[-over:] + data[:over]).count(mark)
            self._count += weight * found
        self._carry = (self._carry + data[-_CARRY:])[-_CARRY:]

    @property
    def rows(self) -> int | None:
        """Return the number of rows so far."""
        return None if self._marks is None else max(0, self._count)
