"""Bodies of requests that come compressed: `Content-Encoding` (RFC 9110, section 8.4; RFC 1950, 1952, 7932, 8878).

A small body may stand for a very large one, so every decoder works in steps whose output is bounded, and the size is
counted after each step.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING, Protocol

import brotli
import zstandard

from computeatlas.web.http.problems import RequestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

#: Bytes that a step gives at most; Brotli may go half as far beyond, Zstandard see `_ZSTD_INPUT`.
_STEP = 64 * 1024
#: How many codings may be stacked: more are sent by nobody, and each multiplies the work that a byte can ask for.
_MOST_CODINGS = 2
#: Bytes that Zstandard gets in a step. It takes no bound on its output: a block of 4 bytes may stand for 128 KiB, so a
#: step gives 4 MiB at most.
_ZSTD_INPUT = 128
#: The window that a decoder of this coding has to have: https://www.rfc-editor.org/rfc/rfc9659
_ZSTD_WINDOW = 8 * 1024 * 1024
#: zlib's window with its own header, and with one of gzip.
_ZLIB_HEADER, _GZIP_HEADER = 15, 31


class _Decoder(Protocol):
    """Takes a coded stream in pieces; `complete` says whether it may end here."""

    @property
    def complete(self) -> bool: ...

    def steps(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` stands for, nothing in some steps; raises an error of the library where it is corrupt."""


class _Zlib:
    """`deflate`, or `gzip`, which may have several members one after another."""

    def __init__(self, window: int):
        self._window = window
        self._inner = zlib.decompressobj(window)
        self.complete = False

    def steps(self, data: bytes) -> Iterator[bytes]:
        pending = False
        while data or pending:
            if self.complete:
                if self._window != _GZIP_HEADER:
                    raise zlib.error("bytes behind the end of the stream")
                self._inner = zlib.decompressobj(self._window)
            piece = self._inner.decompress(data, _STEP)
            self.complete = self._inner.eof
            data = self._inner.unused_data if self.complete else self._inner.unconsumed_tail
            # A step that is full may leave output behind although all input was taken.
            pending = len(piece) == _STEP and not self.complete
            yield piece


class _Brotli:
    """`br`."""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._inner.is_finished())

    def steps(self, data: bytes) -> Iterator[bytes]:
        piece = self._inner.process(data, output_buffer_limit=_STEP)
        yield piece
        # It says that it can take more input while there is output that it has not given yet.
        while not self.complete and (piece or not self._inner.can_accept_more_data()):
            piece = self._inner.process(b"", output_buffer_limit=_STEP)
            yield piece


class _Zstd:
    """`zstd`, which may have several frames one after another."""

    def __init__(self) -> None:
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._inner = self._decompressor.decompressobj()
        self.complete = False

    def steps(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_INPUT):
            rest = data[start : start + _ZSTD_INPUT]
            while rest:
                if self.complete:
                    self._inner = self._decompressor.decompressobj()
                yield self._inner.decompress(rest)
                self.complete = self._inner.eof
                rest = self._inner.unused_data if self.complete else b""


_DECODERS: dict[str, Callable[[], _Decoder]] = {
    "gzip": lambda: _Zlib(_GZIP_HEADER),
    # RFC 9110, section 8.4.1.3: the old name is the same coding.
    "x-gzip": lambda: _Zlib(_GZIP_HEADER),
    "deflate": lambda: _Zlib(_ZLIB_HEADER),
    "br": _Brotli,
    "zstd": _Zstd,
}
#: The codings that are taken, for `Accept-Encoding` in an answer (RFC 9110, section 12.5.3).
ACCEPTED = "gzip, deflate, br, zstd, identity"


async def decode(parts: AsyncIterator[bytes], content_encoding: str, most: int) -> AsyncIterator[bytes]:
    """Yield the pieces of the body that `parts` is the coded form of, before the whole of it has come.

    Raises RequestError: 415 for a coding that is not taken or for too many of them, 400 where the body is corrupt or
    ends too early, 413 as soon as it has more than `most` bytes after any of the decodings.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    unknown = [name for name in names if name not in _DECODERS]
    if unknown or len(names) > _MOST_CODINGS:
        what = f"not as {unknown[0][:40]!r}" if unknown else f"in {_MOST_CODINGS} codings at most, not in {len(names)}"
        raise RequestError(
            "content-type",
            f"A body is taken as it is or compressed (Content-Encoding: {ACCEPTED}), {what}.",
            {"Accept-Encoding": ACCEPTED},
        )
    # They are named in the order in which they were applied.
    for name in reversed(names):
        parts = _decoded(parts, name, most)
    async for part in parts:
        yield part


async def _decoded(parts: AsyncIterator[bytes], name: str, most: int) -> AsyncIterator[bytes]:
    decoder = _DECODERS[name]()
    size = 0
    try:
        async for part in parts:
            for piece in decoder.steps(part):
                size += len(piece)
                if size > most:
                    raise body_too_large(most)
                if piece:
                    yield piece
                # Others of this event loop have their turn, however much comes of the part.
                await asyncio.sleep(0)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise RequestError(
            "content-coding",
            f"The body is corrupt, or is not {name} as Content-Encoding says: it cannot be decoded after {size} bytes "
            f"of content ({error}). Compress it again, or send it as it is, without Content-Encoding.",
        ) from error
    if not decoder.complete:
        raise RequestError(
            "content-coding",
            f"The body ends too early: the {name} stream is cut off after {size} bytes of content. Send all of it.",
        )


def body_too_large(most: int) -> RequestError:
    """Return the error for a body of more than `most` bytes, as sent or decoded."""
    return RequestError("body-too-large", f"The server takes {most} bytes at most.", {"Connection": "close"})
