"""A table for people as a value, and as CSV: https://www.rfc-editor.org/rfc/rfc4180.

Spreadsheets take UTF-8 for what it is only where a byte-order mark says so, and work out what begins like a formula.
Those in most of Europe put fields apart by semicolons, because their decimals have commas.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: What a cell holds: text, a number, yes or no, or nothing.
Cell = str | int | Decimal | bool | None

#: Between several values in one cell.
BETWEEN = "; "
_MARK = "\ufeff"
#: A text that begins with one of these would be worked out as a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TRUTH = {"en": ("no", "yes"), "sv": ("nej", "ja")}


class Separator(StrEnum):
    """What stands between two fields; with semicolons, decimals have commas."""

    COMMA = ","
    SEMICOLON = ";"


@dataclass(frozen=True)
class Column:
    """The heading of a column in English and in Swedish."""

    en: str
    sv: str

    def heading(self, language: str) -> str:
        """Return the heading in `language`, in English where there is none."""
        return self.sv if language == "sv" else self.en


@dataclass(frozen=True)
class Sheet:
    """Columns, and rows that have a cell for each of them."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def join(texts: Iterable[str]) -> str:
    """Return `texts` as one cell, each once and without empty ones."""
    return BETWEEN.join(dict.fromkeys(text for text in texts if text))


def to_csv(sheet: Sheet, language: str, separator: Separator) -> bytes:
    """Return `sheet` with headings in `language` as CSV in UTF-8, a byte-order mark before it.

    Texts that a spreadsheet would take for formulas begin with an apostrophe.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator.value, lineterminator="\r\n")
    writer.writerow([column.heading(language) for column in sheet.columns])
    write = _writer(language, separator)
    writer.writerows([[write(cell) for cell in row] for row in sheet.rows])
    return (_MARK + written.getvalue()).encode("utf-8", "replace")


def _writer(language: str, separator: Separator) -> Callable[[Cell], str]:
    truth = _TRUTH.get(language, _TRUTH["en"])

    def write(cell: Cell) -> str:
        if cell is None:
            return ""
        if isinstance(cell, bool):
            return truth[cell]
        if isinstance(cell, Decimal):
            text = format(cell, "f")
            return text.replace(".", ",") if separator is Separator.SEMICOLON else text
        if isinstance(cell, int):
            return str(cell)
        return "'" + cell if cell.startswith(_FORMULA) else cell

    return write
