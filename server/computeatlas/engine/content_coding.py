"""Content codings: gzip, Brotli and Zstandard as streams (RFC 9110, section 8.4.1; RFC 7932; RFC 8878)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

import brotli
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable

#: Shorter answers are sent as they are: compressed they would not be shorter.
LEAST = 1024
#: zlib's window with a gzip header around it.
_GZIP_WINDOW = 31


class Encoder(Protocol):
    """A stream of bytes that comes out compressed."""

    def compress(self, data: bytes, /) -> bytes:
        """Take `data` and return what is ready."""

    def flush(self) -> bytes:
        """End the stream and return the rest."""


class _Brotli:
    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=4)

    def compress(self, data: bytes, /) -> bytes:
        return bytes(self._compressor.process(data))

    def flush(self) -> bytes:
        return bytes(self._compressor.finish())


#: Name of a coding → a new encoder. Levels: about the speed at which Oxigraph serialises.
ENCODERS: dict[str, Callable[[], Encoder]] = {
    "gzip": lambda: zlib.compressobj(5, zlib.DEFLATED, _GZIP_WINDOW),
    "br": _Brotli,
    "zstd": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
}
