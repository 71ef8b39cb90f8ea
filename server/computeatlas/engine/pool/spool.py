"""A result between its worker and its reader: written as fast as the worker sends it, read as slowly as a client reads.

So a slow reader keeps no worker busy. Beyond a megabyte of memory the bytes go to a temporary file.
"""

from __future__ import annotations

import asyncio
import tempfile
import weakref
from typing import IO, TYPE_CHECKING

from computeatlas.model.errors import EngineFaultError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: Bytes kept in memory.
_IN_MEMORY = 1 << 20
#: Bytes handed out at a time.
_PIECE = 256 * 1024


class Spool:
    """Bytes with one writer and one reader; `size` is how many were written so far."""

    def __init__(self) -> None:
        self.size = 0
        self.rows: int | None = None
        self._file: IO[bytes] | None = None
        self._memory = bytearray()
        self._read = 0
        self._start = 0
        self._ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._closed = False

    @property
    def abandoned(self) -> bool:
        """Whether it was closed before its end."""
        return self._closed

    @property
    def pending(self) -> int:
        """How many bytes wait to be read."""
        return 0 if self._closed else self.size - self._read

    def append(self, data: bytes) -> None:
        """Write `data`; where the disk has no room for it, the reader gets an error as by `fail`."""
        if self._closed or self._error is not None:
            return
        if self._file is None and self.pending + len(data) <= _IN_MEMORY:
            self._memory += data
        else:
            try:
                self._to_file(data)
            except OSError as error:
                self.fail(EngineFaultError(f"the answer cannot be kept until it is read: {error.strerror}"))
                return
        self.size += len(data)
        self._wake()

    def finish(self, rows: int | None) -> None:
        """Take note that all has been written, `rows` rows where somebody counted them."""
        self.rows = rows
        self._ended = True
        self._wake()

    def fail(self, error: Exception) -> None:
        """Take note that nothing more will come; the reader gets `error` after what there is."""
        self._error = error
        self._wake()

    def close(self) -> None:
        """Discard what has not been read, and all that is written from now on."""
        self._closed = True
        self._memory.clear()
        if self._file is not None:
            self._file.close()
            self._file = None
        self._wake()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes in order; raises the error of `fail` instead of an end."""
        while True:
            piece = self._take()
            if piece:
                yield piece
            elif self._error is not None:
                raise self._error
            elif self._ended or self._closed:
                return
            else:
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter

    def _to_file(self, data: bytes) -> None:
        if self._file is None:
            # With no buffer a full disk is found out here, and not while somebody reads.
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed in close()
            self._start = self._read + len(self._memory)
        self._file.seek(0, 2)
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]

    def _take(self) -> bytes:
        if self._memory:
            piece = bytes(self._memory[:_PIECE])
            del self._memory[:_PIECE]
        elif self._file is not None:
            self._file.seek(self._read - self._start)
            piece = self._file.read(_PIECE)
            if not piece:
                # All was read: begin again with an empty file, so that it grows no further than the reader lags.
                self._file.close()
                self._file = None
        else:
            return b""
        self._read += len(piece)
        return piece

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Spools:
    """All spools that are in use."""

    def __init__(self) -> None:
        self._spools: weakref.WeakSet[Spool] = weakref.WeakSet()

    def new(self) -> Spool:
        """Return a new spool."""
        spool = Spool()
        self._spools.add(spool)
        return spool

    @property
    def pending(self) -> int:
        """How many bytes wait to be read, in all spools."""
        return sum(spool.pending for spool in self._spools)
