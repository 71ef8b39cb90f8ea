"""A table of new claims, one a row: read as a whole, checked as a whole, written as a whole or not at all.

Cells are separated by tabs, the first line names the columns, the text is UTF-8. A cell that begins with a double
quotation mark ends with one, and those within it are doubled, as spreadsheets write them; nothing else is special, and
a number stays as it is typed. Several values of one cell are separated by ` | `. Lines that are empty or begin with #
are passed over.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

#: Between the values of one cell.
SEPARATOR = re.compile(r"\s+\|\s+")
_SAVE_AS = "save the table as UTF-8, as spreadsheets offer where they export text"


@dataclass(frozen=True)
class Row:
    """The cells of a row that are not empty, by column; `line` is its first line in the file, counted from 1."""

    line: int
    cells: dict[str, str]

    def cell(self, column: str) -> str | None:
        """Return the text of a cell, None where it is empty."""
        return self.cells.get(column)

    def several(self, column: str) -> tuple[str, ...]:
        """Return the values of a cell, none where it is empty."""
        text = self.cells.get(column)
        return tuple(SEPARATOR.split(text)) if text else ()


class Table:
    """The rows of a table, and what is wrong with it."""

    def __init__(self, name: str):
        self.name = name
        self.rows: list[Row] = []
        self.findings: list[Finding] = []

    # Many parameters: those of a finding.
    def fault(self, line: int, code: str, what: str, why: str = "", hint: str = "", *, column: str = "") -> None:
        """Add a finding on the line, and on the cell of `column` where that is given."""
        self.findings.append(Finding(self.name, line, code, f"column {column}: {what}" if column else what, why, hint))

    def tell(self, line: int, column: str, error: UsageError, code: str, severity: Severity) -> None:
        """Add `error`, in the cell of `column` on the line, as a finding."""
        why = "; ".join(part for part in (error.where and f"it stands at {error.where}", error.why) if part)
        what = f"column {column}: {error.what}"
        self.findings.append(Finding(self.name, line, code, what, why, error.hint or "", severity))

    def has_cells(self, row: Row, needed: Iterable[str]) -> bool:
        """Return whether the cells of `row` in the columns `needed` are filled; each that is empty is a finding."""
        empty = [name for name in needed if not row.cell(name)]
        for name in empty:
            self.fault(row.line, "table-value", "the cell is empty", hint="fill it in", column=name)
        return not empty

    def require_sound(self) -> None:
        """Raise FindingsError if anything is wrong."""
        if any(finding.is_error for finding in self.findings):
            raise FindingsError(sorted(self.findings), self.name)


def read_table(path: Path, columns: Sequence[str], required: Sequence[str]) -> Table:
    """Return the table in the file `path`, whose columns are among `columns` and have all that are `required`.

    Faults of its form are findings of the table: rows that are wrong are left out. Raises UsageError where the file
    cannot be read, and FindingsError where its encoding or its head is wrong, since no row could then be understood.
    """
    table = Table(str(path))
    text = _decoded(table, path)
    lines = list(io.StringIO(text, newline=""))
    records = _records(table, lines)
    head = next(records, None)
    if head is None:
        raise UsageError(
            "the table is empty", where=table.name, hint=f"begin it with the columns {', '.join(required)}"
        )
    names = [name.strip().lower() for name in head[1]]
    _check_head(table, head[0], names, columns, required)
    table.require_sound()
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in records:
        _take(table, line, [cell.strip() for cell in cells], names, seen)
    return table


def _decoded(table: Table, path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError("cannot be read", where=str(path), why=error.strerror, hint="name a table") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        table.fault(1, "table-encoding", "the table is in UTF-16", hint=_SAVE_AS)
    else:
        for number, line in enumerate(data.split(b"\n"), 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                what = f"byte {line[error.start]:#04x} after “{line[: error.start].decode()[-20:]}” is not UTF-8"
                table.fault(number, "table-encoding", what.replace("\t", " "), hint=_SAVE_AS)
    table.require_sound()
    return data.decode("utf-8-sig")


def _records(table: Table, lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line and the cells of each record; one that cannot be taken apart is a finding."""
    begin = 0
    while begin < len(lines):
        if not lines[begin].strip() or lines[begin].startswith("#"):
            begin += 1
            continue
        reader = csv.reader(lines[begin:], delimiter="\t", strict=True)
        try:
            cells = next(reader)
        except csv.Error as error:
            why = "a cell that begins with a quotation mark ends with one, and those within it are doubled"
            hint = "double the quotation marks within the cell, or begin it with another character"
            table.fault(begin + 1, "table-quotes", f"the quotation marks of the row do not match: {error}", why, hint)
            begin += 1
            continue
        yield begin + 1, cells
        begin += reader.line_num


def _check_head(table: Table, line: int, names: list[str], columns: Sequence[str], required: Sequence[str]) -> None:
    for name in dict.fromkeys(names):
        if name not in columns:
            near = difflib.get_close_matches(name, columns, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"the columns are {', '.join(columns)}"
            what = f"there is no column {name}" if name else "a column has no name"
            table.fault(line, "table-column", what, hint=hint)
        if names.count(name) > 1:
            table.fault(line, "table-column", f"the column {name} stands twice", hint="leave one of the two out")
    if missing := [name for name in required if name not in names]:
        what = f"the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} {'are' if len(missing) > 1 else 'is'}"
        hint = "name the columns in the first line, separated by tabs"
        table.fault(line, "table-column", f"{what} missing", "every row needs them", hint)


def _take(table: Table, line: int, cells: list[str], names: list[str], seen: dict[tuple[str, ...], int]) -> None:
    while len(cells) > len(names) and not cells[-1]:
        cells.pop()
    if len(cells) > len(names):
        what = f"the row has {len(cells)} cells, and the table {len(names)} columns"
        hint = "take out a tab too many; several values of a cell are separated by “ | ”"
        table.fault(line, "table-cells", what, f"the last is “{cells[-1]}”", hint)
        return
    key = tuple(cells + [""] * (len(names) - len(cells)))
    if key in seen:
        what, hint = f"the row is that of line {seen[key]} again", "leave one of the two out"
        table.fault(line, "table-duplicate", what, hint=hint)
        return
    seen[key] = line
    found = {name: " ".join(cell.split()) for name, cell in zip(names, cells, strict=False)}
    table.rows.append(Row(line, {name: cell for name, cell in found.items() if cell}))
