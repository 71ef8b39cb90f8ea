"""What commands print: for people with control characters made visible, for programs byte for byte.

Names and texts come from data that anybody may have written. A terminal obeys control characters (ECMA-48), so that a
literal could rewrite the lines above it, and marks of direction (https://www.unicode.org/reports/tr9/) reorder what
stands beside them.
"""

from __future__ import annotations

import logging
import re
import sys

import click
from rich.text import Text

#: C0 without tab and newline, DEL, C1, marks that override or isolate directions, and halves of surrogate pairs, which
#: stand for the bytes of a file's name that is not UTF-8.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Return `text` with each character that a terminal would obey written as in SPARQL and Turtle, `\u001B` for ESC.

    Newlines and tabs stay. A backslash stays too, so the text cannot be read back for certain.
    """
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04X}", text)


def styled(*parts: str | tuple[str, str]) -> Text:
    """Return the parts, each a text or a text with its style, as one text for rich to print, made printable."""
    return Text.assemble(
        *(printable(part) if isinstance(part, str) else (printable(part[0]), part[1]) for part in parts)
    )


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print `text` for people on standard output, or on standard error with `err`; `nl` adds a newline."""
    click.echo(printable(text), err=err, nl=nl)


def emit(data: str | bytes) -> None:
    """Write `data`, an answer for programs, on standard output as it is, text in UTF-8."""
    sys.stdout.buffer.write(data.encode() if isinstance(data, str) else data)
    sys.stdout.flush()


class PrintableFormatter(logging.Formatter):
    """Formats what is logged for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines for `record`, made printable."""
        return printable(super().format(record))
