"""The data of a release are bzip2 streams that every reader of bzip2 takes for one file."""

from __future__ import annotations

import bz2
import os
import random
import shutil
import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.engine.load import DataFile, load_file
from computeatlas.release import build
from computeatlas.release.build import compress


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(1, 40), st.integers(1, 4))
def test_data_of_any_length_come_back_and_processors_do_not_matter(data: bytes, piece: int, processors: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "_PIECE", piece)
        packed = compress(data)
        patch.setattr(os, "cpu_count", lambda: processors)
        assert compress(data) == packed
    assert bz2.decompress(packed) == data


def test_several_pieces_are_read_by_the_loader_and_by_bzip2(tmp_path: Path) -> None:
    chance = random.Random(0)
    lines = [f'<http://e/{n}> <http://e/p> "{chance.getrandbits(900):x}" <http://e/g> .\n' for n in range(30_000)]
    data = "".join(lines).encode()
    path = tmp_path / "data.nq.bz2"
    path.write_bytes(compress(data))
    assert path.read_bytes().count(b"BZh91AY&SY") > 1
    with bz2.open(path) as file:
        assert file.read() == data
    store = ox.Store()
    load_file(store, DataFile(str(path)))
    assert len(store) == len(lines)
    if (bzip2 := shutil.which("bzip2")) is not None:
        assert subprocess.run([bzip2, "-dc", str(path)], check=True, capture_output=True).stdout == data
