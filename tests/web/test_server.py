"""The real server in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.errors import UsageError
from computeatlas.web.server import parse_bind, url_of

if TYPE_CHECKING:
    from pathlib import Path


def test_the_server_answers_over_http(serving, ask, release: Path) -> None:
    with serving("--release", str(release)) as url:
        assert "place/sweden" in ask(url, "SELECT ?s { ?s a <https://w3id.org/compute-atlas/ontology#Country> }")


@pytest.mark.slow
def test_somebody_elses_graph_is_served_from_its_root(serving, ask, tiny: Path) -> None:
    with serving("--root", str(tiny)) as url:
        answer = ask(url, "SELECT ?o { ?s <https://w3id.org/compute-atlas/ontology#builtBy> ?o }")
        assert answer.split() == ["o", "https://w3id.org/compute-atlas/id/actor/builder"]


@pytest.mark.slow
def test_errors_in_the_files_leave_the_last_good_release_served(serving, ask, tiny: Path) -> None:
    with serving("--root", str(tiny)):
        pass
    path = tiny / "graph_data/claims/hall.ttl"
    path.write_text(path.read_text() + "oops")
    with serving("--root", str(tiny)) as url:
        assert "builder" in ask(url, "SELECT ?o { ?s <https://w3id.org/compute-atlas/ontology#builtBy> ?o }")


@pytest.mark.slow
def test_four_clients_at_once_get_their_own_answers(serving, ask, release: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with serving("--release", str(release)) as url, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: ask(url, f"SELECT ({n} AS ?n) {{}}").split(), range(40)))
    assert answers == [["n", str(n)] for n in range(40)]


def test_a_port_in_use_is_one_line(release: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "computeatlas", "serve", "--release", str(release), "--bind", bind]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert bind in done.stderr
    assert "Address already in use" in done.stderr


@pytest.mark.parametrize(
    "text, expected",
    [("127.0.0.1:8000", ("127.0.0.1", 8000)), ("localhost:0", ("localhost", 0)), ("[::1]:80", ("::1", 80))],
)
def test_addresses(text: str, expected: tuple[str, int]) -> None:
    assert parse_bind(text) == expected


@pytest.mark.parametrize(
    "text", ["", ":", "8000", "host", "host:", ":80", "host:x", "host:-1", "host:65536", "::1:80", "h:8٠"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_bind(text)


@given(st.ip_addresses(), st.integers(0, 65535))
def test_an_address_survives_its_url(address, port: int) -> None:
    url = url_of(str(address), port)
    assert parse_bind(url.removeprefix("http://").removesuffix("/")) == (str(address), port)
