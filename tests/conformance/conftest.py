"""Fixtures: the server that the suites run against."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from .endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

TOKEN = "conformance-tests-write-token"
#: Addresses of a server that runs already: query, update, store, with spaces between.
PEER = os.environ.get("COMPUTEATLAS_TEST_SERVER")


@pytest.fixture(scope="session")
def _running(
    serving: Callable[..., AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., AbstractContextManager[Endpoint]]:
    """Run the server on an empty data set with writes on: `with _running(*options) as endpoint`."""
    folder = tmp_path_factory.mktemp("conformance")
    (folder / "empty.nq").touch()
    (folder / "token").write_text(TOKEN + "\n", encoding="utf-8")
    (folder / "token").chmod(0o600)
    # The log is off because nobody reads the pipe that it would fill.
    fixed = f"--data {folder}/empty.nq --write-token-file {folder}/token --rate off --log off".split()

    # One object for one server: it remembers what the server holds.
    peer = Endpoint(*PEER.split(), kinds=False) if PEER else None

    @contextmanager
    def running(*options: str) -> Iterator[Endpoint]:
        if peer:
            yield peer
            return
        with serving(*fixed, *options) as url:
            yield Endpoint(url + "sparql", url + "update", url + "store", TOKEN)

    return running


@pytest.fixture(scope="session")
def endpoint(_running: Callable[..., AbstractContextManager[Endpoint]]) -> Iterator[Endpoint]:
    """The server as it is by default, but for writes and the rate limit."""
    with _running() as found:
        yield found


@pytest.fixture(scope="session")
def federated(_running: Callable[..., AbstractContextManager[Endpoint]]) -> Iterator[Endpoint]:
    """A server that lets LOAD and SERVICE through: elsewhere their 403 comes before the text is parsed."""
    with _running("--allow-service") as found:
        yield found
