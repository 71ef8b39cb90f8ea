"""Content codings: what is compressed piece by piece is read back by the decoders that clients have."""

from __future__ import annotations

import gzip

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.content_coding import ENCODERS
from computeatlas.engine.pool.wire import CODINGS

DECODERS = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ENCODERS)
@given(st.lists(st.binary(max_size=300) | st.just(b"the same " * 2000), max_size=8))
def test_pieces_are_read_back(name: str, pieces: list[bytes]) -> None:
    encoder = ENCODERS[name]()
    data = b"".join([encoder.compress(piece) for piece in pieces]) + encoder.flush()
    assert DECODERS[name](data) == b"".join(pieces)


@pytest.mark.parametrize("name", ENCODERS)
def test_a_table_gets_shorter(name: str) -> None:
    table = b"".join(b"http://e/%d,label %d\r\n" % (number, number) for number in range(1000))
    encoder = ENCODERS[name]()
    assert len(encoder.compress(table) + encoder.flush()) < len(table) / 3


def test_every_coding_has_a_number_in_a_frame() -> None:
    assert set(CODINGS) == {"identity", *ENCODERS}
