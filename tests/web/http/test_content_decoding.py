"""Compressed bodies: what they stand for, in any pieces; bombs, cut and corrupt ones, codings that are not taken."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable, Iterable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.web.http.content_decoding import decode
from computeatlas.web.http.problems import RequestError

MIB = 1024 * 1024
ENCODE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=4),
    "zstd": zstandard.ZstdCompressor(level=3).compress,
    "identity": bytes,
}
CODINGS = sorted(set(ENCODE) - {"identity"})
TEXT = b"".join(b"<http://e.example/%d> <http://e.example/p> %d .\n" % (i, i * i) for i in range(20_000))


class Source:
    """Gives pieces of a body, and counts the bytes that were taken."""

    def __init__(self, pieces: Iterable[bytes]):
        self._pieces = pieces
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.taken += len(piece)
            yield piece


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def decoded(pieces: Iterable[bytes], codings: str, most: int = 4 * MIB, into: list[bytes] | None = None) -> bytes:
    parts = [] if into is None else into

    async def run() -> None:
        async for part in decode(Source(pieces).__aiter__(), codings, most):
            parts.append(part)

    asyncio.run(run())
    return b"".join(parts)


def problem(pieces: Iterable[bytes], codings: str, most: int = 4 * MIB) -> RequestError:
    with pytest.raises(RequestError) as raised:
        decoded(pieces, codings, most)
    return raised.value


@given(
    content=st.binary(max_size=5000) | st.integers(0, 300_000).map(lambda size: b"a triple " * (size // 9)),
    names=st.lists(st.sampled_from(sorted(ENCODE)), min_size=1, max_size=2),
    size=st.integers(1, 5000),
)
def test_any_content_in_any_coding_and_any_pieces(content: bytes, names: list[str], size: int) -> None:
    body = content
    for name in names:
        body = ENCODE[name](body)
    assert decoded(cut(body, size), ", ".join(names)) == content


@pytest.mark.parametrize("header", ["GZIP", " gzip ", "gzip,", "identity, gzip", "gzip, identity, identity"])
def test_names_of_codings_are_read_as_a_list_in_any_case(header: str) -> None:
    assert decoded([gzip.compress(TEXT)], header) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_several_members_are_one_content(coding: str, size: int) -> None:
    body = ENCODE[coding](b"one ") + ENCODE[coding](b"") + ENCODE[coding](b"two")
    assert decoded(cut(body, size), coding) == b"one two"


@pytest.mark.parametrize("coding", CODINGS)
def test_content_of_exactly_the_bound_is_taken(coding: str) -> None:
    body = [ENCODE[coding](TEXT)]
    assert decoded(body, coding, len(TEXT)) == TEXT
    error = problem(body, coding, len(TEXT) - 1)
    assert (error.kind, error.headers["Connection"]) == ("body-too-large", "close")


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("size", [100, 1 << 30], ids=["in pieces", "at once"])
def test_a_bomb_is_refused_at_the_bound(coding: str, size: int) -> None:
    """No more than the bound is handed on, and what is sent behind it is not read."""
    bomb = ENCODE[coding](bytes(256 * MIB))
    pieces = [*cut(bomb, size), b"", bomb]
    source, parts = Source(pieces), list[bytes]()

    async def run() -> None:
        async for part in decode(source.__aiter__(), coding, 5 * MIB):
            parts.append(part)

    with pytest.raises(RequestError) as raised:
        asyncio.run(run())
    assert raised.value.kind == "body-too-large"
    assert sum(map(len, parts)) <= 5 * MIB
    assert max(map(len, parts)) <= 4 * MIB
    assert source.taken <= len(bomb)


def test_a_bomb_in_a_bomb_is_refused_at_the_first() -> None:
    """The content is short, and what is between the two codings is not: members of nothing."""
    between = gzip.compress(b"") * 500_000
    assert problem([gzip.compress(between)], "gzip, gzip", 1 * MIB).kind == "body-too-large"


@given(coding=st.sampled_from(CODINGS), share=st.floats(0, 1, exclude_max=True), size=st.integers(10, 100_000))
def test_a_body_that_is_cut_off_is_refused(coding: str, share: float, size: int) -> None:
    body = ENCODE[coding](TEXT[:3000])
    error = problem(cut(body[: int(len(body) * share)], size), coding)
    assert error.kind == "content-coding"
    assert "ends too early" in error.what
    assert coding in error.what


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("body", [TEXT, b"\0" * 100, b"{}", b"\xff\xff\xff\xff"])
def test_a_body_in_no_coding_is_refused(coding: str, body: bytes) -> None:
    assert problem([body], coding).kind == "content-coding"


@given(coding=st.sampled_from(["gzip", "deflate"]), at=st.integers(0), bit=st.integers(0, 7))
def test_a_corrupt_body_is_refused_where_the_coding_has_a_checksum(coding: str, at: int, bit: int) -> None:
    """All but the bits of gzip's head that say nothing of the content."""
    body = bytearray(ENCODE[coding](TEXT[:3000]))
    first = 10 if coding == "gzip" else 0
    body[first + at % (len(body) - first)] ^= 1 << bit
    assert problem([bytes(body)], coding).kind == "content-coding"


@given(coding=st.sampled_from(CODINGS), body=st.binary(max_size=200))
def test_no_bytes_end_in_another_error(coding: str, body: bytes) -> None:
    try:
        decoded(cut(body, 50), coding)
    except RequestError as error:
        assert error.kind in ("content-coding", "body-too-large")


@pytest.mark.parametrize("coding", ["br", "deflate"])
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_bytes_behind_the_end_are_refused(coding: str, size: int) -> None:
    assert problem(cut(ENCODE[coding](b"content") + b"more", size), coding).kind == "content-coding"


def test_a_window_that_no_decoder_has_to_have_is_refused() -> None:
    """https://www.rfc-editor.org/rfc/rfc9659: 8 MiB, so that a body cannot claim memory by its head."""
    wide = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    encoder = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    assert problem([encoder.compress(TEXT) + encoder.flush()], "zstd").kind == "content-coding"


@pytest.mark.parametrize("codings", ["compress", "gzip, x", "bzip2, gzip", "gzip, gzip, gzip", "br, zstd, deflate"])
def test_other_codings_are_refused_before_anything_is_read(codings: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#section-15.5.16: the answer says what is taken."""

    def unread() -> Iterable[bytes]:
        raise AssertionError("it was read")
        yield b""

    error = problem(unread(), codings)
    assert error.kind == "content-type"
    assert error.headers == {"Accept-Encoding": "gzip, deflate, br, zstd, identity"}


def test_others_have_their_turn_while_much_comes_of_a_piece() -> None:
    turns = []

    async def other(done: asyncio.Event) -> None:
        while not done.is_set():
            turns.append(None)
            await asyncio.sleep(0)

    async def run() -> None:
        done = asyncio.Event()
        task = asyncio.create_task(other(done))
        async for _ in decode(Source([gzip.compress(bytes(4 * MIB))]).__aiter__(), "gzip", 4 * MIB):
            pass
        done.set()
        await task

    asyncio.run(run())
    assert len(turns) >= 60
