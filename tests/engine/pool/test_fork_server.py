"""What the fork server reports of a child that has ended."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.pool.exit_diagnosis import diagnose
from computeatlas.engine.pool.fork_server import read_ends
from computeatlas.model.errors import QueryMemoryError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def file() -> Iterator[int]:
    descriptor = os.memfd_create("stderr")
    yield descriptor
    os.close(descriptor)


def write(file: int, data: bytes) -> None:
    os.ftruncate(file, 0)
    os.pwrite(file, data, 0)


@given(data=st.binary(max_size=60), most=st.integers(1, 20))
def test_beginning_and_end_are_kept(file: int, data: bytes, most: int) -> None:
    write(file, data)
    found = read_ends(file, most)
    assert found.startswith(data[:most])
    assert found.endswith(data[-most:])
    assert len(data) > 2 * most or found == data


def test_the_reason_of_a_panic_is_found_before_a_long_stack_trace(file: int) -> None:
    write(file, b"memory allocation of 32 bytes failed\n" + b"  9: frame at file.c:1:1\n" * 1000)
    assert isinstance(diagnose(-6, read_ends(file, 2000).decode()), QueryMemoryError)
