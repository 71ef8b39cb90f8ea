"""A result on its way: whatever the pace of writer and reader, the bytes come out whole and in order."""

from __future__ import annotations

import asyncio
import errno
import io
import tempfile
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.pool import spool as module
from computeatlas.engine.pool.spool import Spool
from computeatlas.model.errors import EngineFaultError, QueryTimeoutError


async def read(spool: Spool) -> bytes:
    return b"".join([piece async for piece in spool.pieces()])


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 20))


#: What is done in turn: append so many bytes, or read one piece.
steps = st.lists(st.one_of(st.integers(0, 40), st.none()), max_size=40)


@given(steps, st.integers(1, 30), st.integers(1, 12))
def test_any_interleaving_gives_the_bytes_back_in_order(todo: list[int | None], in_memory: int, piece: int) -> None:
    async def work() -> None:
        spool = Spool()
        written, seen = b"", b""
        pieces = spool.pieces()
        for step in todo:
            if step is None:
                if spool.pending:
                    seen += await anext(pieces)
            else:
                data = bytes((len(written) + offset) % 251 for offset in range(step))
                spool.append(data)
                written += data
            assert written.startswith(seen)
            assert (spool.size, spool.pending) == (len(written), len(written) - len(seen))
        spool.finish(7)
        async for part in pieces:
            seen += part
        assert seen == written
        assert spool.rows == 7
        assert spool.pending == 0
        spool.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_IN_MEMORY", in_memory)
        patch.setattr(module, "_PIECE", piece)
        run(work)


def test_a_reader_waits_for_the_writer() -> None:
    async def work() -> None:
        spool = Spool()
        reader = asyncio.create_task(read(spool))
        for number in range(5):
            await asyncio.sleep(0)
            spool.append(b"%d" % number)
        await asyncio.sleep(0)
        assert not reader.done()
        spool.finish(None)
        assert await reader == b"01234"
        assert not spool.abandoned

    run(work)


def test_beyond_a_little_memory_the_bytes_are_in_a_file(monkeypatch) -> None:
    files = []

    def make(**options):
        files.append(original(**options))
        return files[-1]

    original = tempfile.TemporaryFile
    monkeypatch.setattr(module.tempfile, "TemporaryFile", make)

    async def work() -> None:
        spool = Spool()
        spool.append(b"a" * module._IN_MEMORY)
        assert files == []
        spool.append(b"b")
        spool.append(b"c" * 300_000)
        assert len(files) == 1
        spool.finish(None)
        assert await read(spool) == b"a" * module._IN_MEMORY + b"b" + b"c" * 300_000
        # What was read takes no room any more.
        assert files[0].closed
        spool.close()

    run(work)


def test_a_failure_is_told_after_the_data() -> None:
    async def work() -> None:
        spool = Spool()
        spool.append(b"half")
        spool.fail(QueryTimeoutError("too long"))
        pieces = spool.pieces()
        assert await anext(pieces) == b"half"
        with pytest.raises(QueryTimeoutError, match="too long"):
            await anext(pieces)

    run(work)


def test_a_failure_wakes_a_reader_that_waits() -> None:
    async def work() -> None:
        spool = Spool()
        reader = asyncio.create_task(read(spool))
        await asyncio.sleep(0)
        spool.fail(QueryTimeoutError("too long"))
        with pytest.raises(QueryTimeoutError):
            await reader

    run(work)


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_closed_spool_keeps_nothing_and_ends_its_reader(size: int) -> None:
    async def work() -> None:
        spool = Spool()
        spool.append(b"x" * size)
        pieces = spool.pieces()
        await anext(pieces)
        spool.close()
        assert spool.abandoned
        spool.append(b"more")
        assert spool.pending == 0
        assert [piece async for piece in pieces] == []

    run(work)


def test_closing_wakes_a_reader_that_waits() -> None:
    async def work() -> None:
        spool = Spool()
        reader = asyncio.create_task(read(spool))
        await asyncio.sleep(0)
        spool.close()
        assert await reader == b""

    run(work)


def test_a_full_disk_is_told_to_the_reader_and_not_to_the_writer(monkeypatch, tmp_path) -> None:
    class Full(io.FileIO):
        """A file on a disk that has room for ten bytes."""

        def __init__(self, buffering: int):
            assert buffering == 0
            super().__init__(tmp_path / "spool", "w+")

        def write(self, data) -> int:
            room = 10 - self.tell()
            if not room:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data[: min(room, 4)])

    monkeypatch.setattr(module.tempfile, "TemporaryFile", Full)
    monkeypatch.setattr(module, "_IN_MEMORY", 4)

    async def work() -> None:
        spool = Spool()
        spool.append(b"fits")
        spool.append(b"so does")
        spool.append(b"but not this")
        spool.append(b"!")
        spool.finish(1)
        pieces = spool.pieces()
        # What the disk still took is there, and nothing that would follow a gap.
        assert await anext(pieces) == b"fits"
        assert await anext(pieces) == b"so doesbut"
        with pytest.raises(EngineFaultError, match="No space left"):
            await anext(pieces)
        spool.close()

    run(work)
