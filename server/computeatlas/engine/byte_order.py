"""Byte-order marks: https://www.rfc-editor.org/rfc/rfc3629#section-6.

Editors on Windows write one before UTF-8, where it says nothing; no grammar of RDF has a place for it.
"""

from __future__ import annotations

import codecs
from typing import IO, Protocol

from computeatlas.model.errors import DataError

#: As long as the longest mark.
_HEAD = 4
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int = ..., /) -> bytes:
        """Return at most `size` bytes, none at the end."""


def without_mark(data: bytes) -> bytes:
    """Return UTF-8 without the mark; raises DataError where the bytes are UTF-16 or UTF-32."""
    return data[_length(data[:_HEAD]) :]


def skip_mark(file: IO[bytes]) -> Readable:
    """Return what reads `file`, UTF-8, after the mark; raises DataError where it is UTF-16 or UTF-32."""
    head = b""
    while len(head) < _HEAD and (piece := file.read(_HEAD - len(head))):
        head += piece
    return _Resumed(head[_length(head) :], file)


def _length(head: bytes) -> int:
    if head.startswith(_WIDE) or b"\0" in head:
        raise DataError("the data are UTF-16 or UTF-32, where this format is UTF-8", hint="save it as UTF-8")
    return len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0


class _Resumed:
    """A file whose first bytes have been read already."""

    def __init__(self, head: bytes, file: IO[bytes]):
        self._head = head
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        if not self._head:
            return self._file.read(size)
        piece = self._head if size < 0 else self._head[:size]
        self._head = self._head[len(piece) :]
        return piece + self._file.read() if size < 0 else piece
