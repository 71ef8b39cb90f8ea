"""Servers of the fault tests, each in processes that the test may kill."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from .harness import LIMITS, Listener, Server, write_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    Start = Callable[..., AbstractContextManager[Server]]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the graph that the fault tests ask."""
    return write_data(tmp_path_factory.mktemp("faults") / "data.ttl")


@pytest.fixture(scope="session")
def start(data: Path) -> Start:
    """Start a server on the data: `with start("--timeout", "1") as server`."""

    @contextmanager
    def run(*arguments: str) -> Iterator[Server]:
        with Server("--data", str(data), *LIMITS, *arguments) as server:
            yield server

    return run


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server that should never be called."""
    with Listener() as found:
        yield found
