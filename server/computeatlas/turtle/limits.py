"""Which files may be parsed at all: what is too large, too deep or not plain UTF-8 is refused before a parser sees it.

A hundred thousand nested brackets would overflow the stack of a parser and end the process, a huge file the memory.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from computeatlas.model.findings import Finding, Severity
from computeatlas.model.position import line_of

if TYPE_CHECKING:
    from pathlib import Path

#: Bytes; the largest curated file has 40 000, and a larger one than this cannot be reviewed.
MOST_BYTES = 16 * 1024 * 1024
#: Nested `(` and `[`: class expressions need four or five. The parsers recurse, with up to ten Python frames a level.
MOST_NESTING = 50

#: What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets).
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: What may hold a bracket that does not nest (strings, IRIs, comments, escapes in names), and the brackets that do.
#: The repetitions are possessive, so that a long string without its end costs no more than one with it.
_TOKEN = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*+"""|'
    rb"'''(?:[^'\\]|\\.|'(?!''))*+'''|"
    rb'"(?:[^"\\\n\r]|\\.)*+"|'
    rb"'(?:[^'\\\n\r]|\\.)*+'|"
    rb"<(?:[^<>\"{}|^`\\\x00-\x20]|\\[uU])*+>|"
    rb"\#[^\r\n]*|"
    rb"\\.|"
    rb"[\[\](){}]",
    re.DOTALL,
)


def read_turtle(path: Path, name: str) -> tuple[bytes | None, list[Finding]]:
    """Return the bytes of a file that may be parsed, or None, and what was found about it as a file.

    Windows line ends are a warning: the file can be parsed.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            what = f"has {size // 1024 // 1024} MiB, more than {MOST_BYTES // 1024 // 1024}"
            why = "nobody can review it, and parsing it would take the memory that others need"
            return None, [Finding(name, 1, "file-too-large", what, why, "split it by topic")]
        data = path.read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        why = "its statements would be lost in silence"
        return None, [Finding(name, 1, "unreadable", what, why, "fix the link or the permissions, or remove it")]
    if data.startswith(_BYTE_ORDER_MARK):
        what = "begins with a byte-order mark"
        why = "Turtle is UTF-8 without one, and parsers take it for the first name"
        return None, [Finding(name, 1, "byte-order-mark", what, why, "save it as UTF-8 without BOM")]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = line_of(data, error.start)
        what = f"is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
        return None, [Finding(name, line, "not-utf-8", what, "Turtle is always UTF-8", "save it as UTF-8")]
    if control := _CONTROL.search(data):
        line = line_of(data, control.start())
        what = f"holds the control character U+{control[0][0]:04X}"
        why = "RDF/XML and XML results cannot hold it, so exports would fail"
        return None, [Finding(name, line, "control-character", what, why, "remove it")]
    if (crlf := data.find(b"\r\n")) >= 0:
        line = line_of(data, crlf)
        why = "the digest of the file differs from that of the same file with Unix line ends"
        hint = "run `computeatlas fmt`"
        finding = Finding(name, line, "windows-line-ends", "has Windows line ends", why, hint, Severity.WARNING)
        return data, [finding]
    return data, []


def find_deep_nesting(data: bytes, name: str) -> Finding | None:
    """Return the finding that brackets nest too deep in the Turtle `data` of the file `name`, or None."""
    line = _too_deep(data)
    if not line:
        return None
    what = f"nests more than {MOST_NESTING} brackets"
    why = "parsers end their process on such input"
    return Finding(name, line, "nesting-too-deep", what, why, "give the inner things names of their own")


def _too_deep(data: bytes) -> int:
    """Return the line on which brackets nest too deep, or 0."""
    depth = 0
    for match in _TOKEN.finditer(data):
        token = match[0]
        if token in b"[(":
            depth += 1
            if depth > MOST_NESTING:
                return line_of(data, match.start())
        elif token in b"])":
            depth = max(0, depth - 1)
    return 0
