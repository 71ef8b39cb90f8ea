"""The real server in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.errors import UsageError
from computeatlas.web.serve.server import parse_bind, url_of

pytestmark = pytest.mark.slow


def test_the_server_answers_over_http(serving, ask, release: Path) -> None:
    with serving("--release", str(release)) as url:
        assert "place/sweden" in ask(url, "SELECT ?s { ?s a <https://w3id.org/compute-atlas/ontology#Country> }")


def test_somebody_elses_graph_is_served_from_its_root(serving, ask, tiny: Path) -> None:
    with serving("--root", str(tiny)) as url:
        answer = ask(url, "SELECT ?o { ?s <https://w3id.org/compute-atlas/ontology#builtBy> ?o }")
        assert answer.split() == ["o", "https://w3id.org/compute-atlas/id/actor/builder"]


def test_errors_in_the_files_leave_the_last_good_release_served(serving, ask, tiny: Path) -> None:
    with serving("--root", str(tiny)):
        pass
    path = tiny / "graph_data/claims/hall.ttl"
    path.write_text(path.read_text() + "oops")
    with serving("--root", str(tiny)) as url:
        assert "builder" in ask(url, "SELECT ?o { ?s <https://w3id.org/compute-atlas/ontology#builtBy> ?o }")


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
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
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


@pytest.fixture
def reloadable(tmp_path: Path):
    """A server of one file, with its process: `url, process, path`."""
    path = tmp_path / "data.ttl"
    path.write_text("<http://e/a> <http://e/p> 'before' .")
    command = [sys.executable, "-m", "computeatlas", "serve", "--data", str(path), "--bind", "127.0.0.1:0"]
    words = tmp_path / "words"
    with (
        words.open("w") as file,
        subprocess.Popen([*command, "--log", "off"], stdout=subprocess.PIPE, stderr=file, text=True) as process,
    ):
        try:
            yield process.stdout.readline().rsplit(" ", 1)[1].strip(), process, path
        finally:
            process.terminate()


def _eventually(ask, url: str, wanted: str) -> None:
    """Wait until the server gives the answer `wanted`."""
    for _ in range(600):
        if ask(url, "SELECT ?o { ?s ?p ?o }").split()[1:] == [wanted]:
            return
        time.sleep(0.05)
    pytest.fail(f"{wanted} was never served")


def test_sighup_serves_the_files_as_they_are_now_and_every_answer_until_then_is_whole(ask, reloadable) -> None:
    url, process, path = reloadable
    _eventually(ask, url, "before")
    path.write_text("<http://e/a> <http://e/p> 'after' .")
    process.send_signal(signal.SIGHUP)
    _eventually(ask, url, "after")


def test_sighup_with_broken_files_leaves_what_is_served(ask, reloadable, tmp_path: Path) -> None:
    url, process, path = reloadable
    path.write_text("oops")
    process.send_signal(signal.SIGHUP)
    for _ in range(600):
        if "what is served stays" in (tmp_path / "words").read_text():
            break
        time.sleep(0.05)
    else:
        pytest.fail("nobody was told that the files are broken")
    assert "data.ttl" in (tmp_path / "words").read_text()
    _eventually(ask, url, "before")


def test_sighup_renews_the_queries_with_the_data(tiny: Path, release: Path, tmp_path: Path) -> None:
    question = tiny / "queries" / "question.rq"
    question.parent.mkdir(exist_ok=True)
    text = "#+ title: A question {}\n#+ summary: Of nothing.\n#+ front: 1\nASK {{}}\n"
    question.write_text(text.format("before"))
    command = [sys.executable, "-m", "computeatlas", "serve", "--root", str(tiny), "--release", str(release)]
    with (
        (tmp_path / "words").open("w") as words,
        subprocess.Popen(
            [*command, "--bind", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=words, text=True
        ) as process,
    ):
        try:
            url = process.stdout.readline().rsplit(" ", 1)[1].strip()

            def page(path: str) -> str:
                with urllib.request.urlopen(urllib.request.Request(url + path, None, {"Accept": "text/html"})) as found:
                    return found.read().decode()

            # The front page is kept for as long as nothing changes.
            assert "A question before" in page("")
            question.write_text(text.format("after"))
            process.send_signal(signal.SIGHUP)
            for _ in range(600):
                if "A question after" in page(""):
                    break
                time.sleep(0.05)
            else:
                pytest.fail("the page still has the former question")
            assert "A question after" in page("sparql")
        finally:
            process.terminate()


def test_files_that_cannot_be_loaded_are_one_line_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text("<http://e/a> <http://e/p>\n  oops .")
    command = [sys.executable, "-m", "computeatlas", "serve", "--data", str(path), "--bind", "127.0.0.1:0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"{path}, line 2" in done.stderr


def test_sigterm_ends_the_server_and_all_its_children(reloadable) -> None:
    _url, process, _path = reloadable
    children = _descendants(process.pid)
    assert len(children) > 1
    process.terminate()
    assert process.wait(120) == 0
    for _ in range(600):
        if not any(_runs(pid) for pid in children):
            return
        time.sleep(0.05)
    pytest.fail("a child goes on")


@pytest.mark.parametrize("signals", [["SIGTERM"], ["SIGTERM", "SIGTERM"], ["SIGINT"], ["SIGHUP", "SIGTERM"]])
def test_signals_to_all_processes_of_the_server_are_no_error(ask, tmp_path: Path, signals: list[str]) -> None:
    """A service manager and a terminal send a signal to the whole group of processes."""
    path = tmp_path / "data.ttl"
    path.write_text("<http://e/a> <http://e/p> 'before' .")
    command = [sys.executable, "-m", "computeatlas", "serve", "--data", str(path), "--bind", "127.0.0.1:0"]
    with (
        (tmp_path / "stderr").open("w") as stderr,
        subprocess.Popen(
            [*command, "--log", "off"], stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True
        ) as process,
    ):
        try:
            url = process.stdout.readline().rsplit(" ", 1)[1].strip()
            _eventually(ask, url, "before")
            path.write_text("<http://e/a> <http://e/p> 'after' .")
            for name in signals:
                os.killpg(process.pid, signal.Signals[name])
                if name == "SIGHUP":
                    _eventually(ask, url, "after")
            assert process.wait(120) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    lines = (tmp_path / "stderr").read_text().splitlines()
    assert [line.partition(" WARNING ")[2] for line in lines] == ["serving 1 quads"] * signals.count("SIGHUP")


def _descendants(pid: int) -> list[int]:
    """Return the children of a process, and theirs; those that end meanwhile may be missing."""
    found = []
    with contextlib.suppress(OSError):
        for task in (Path("/proc") / str(pid) / "task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *_descendants(int(child))]
    return found


def _runs(pid: int) -> bool:
    """Say whether a process is there and is not merely waiting to be collected."""
    try:
        return "\nState:\tZ" not in (Path("/proc") / str(pid) / "status").read_text()
    except OSError:
        return False


def _head(url: str, **fields: str) -> dict[str, str]:
    """Return the headers, in small letters, of the answer to a query whose text is its own base IRI."""
    query = "SELECT (STR(<>) AS ?base) {}"
    headers = {"Accept": "text/csv", **{name.replace("_", "-"): value for name, value in fields.items()}}
    request = urllib.request.Request(url + "sparql?" + urlencode({"query": query}), headers=headers)
    with urllib.request.urlopen(request) as response:
        found = {name.lower(): value for name, value in response.headers.items()}
        return {**found, "base": response.read().decode().split()[1]}


def test_the_word_of_a_trusted_proxy_counts(serving, tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    path.touch()
    with serving("--data", str(path), "--trusted-proxy", "127.0.0.0/8", "--log", "off") as url:
        behind_tls = _head(url, X_Forwarded_Proto="https", Host="atlas.example")
        assert behind_tls["base"] == "https://atlas.example/sparql"
        assert behind_tls["strict-transport-security"].startswith("max-age=")
        assert "strict-transport-security" not in _head(url)


def test_the_word_of_any_other_does_not_count(serving, tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    path.touch()
    with serving("--data", str(path), "--log", "off") as url:
        found = _head(url, X_Forwarded_Proto="https", Host="atlas.example")
        assert found["base"] == "http://atlas.example/sparql"
        assert "strict-transport-security" not in found


def test_a_proxys_clients_are_counted_apart(serving, tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    path.touch()
    arguments = ("--data", str(path), "--trusted-proxy", "127.0.0.0/8", "--rate", "3/hour", "--log", "off")
    with serving(*arguments) as url:
        for _ in range(3):
            _head(url, X_Forwarded_For="198.51.100.1")
        with pytest.raises(urllib.error.HTTPError) as refused:
            _head(url, X_Forwarded_For="198.51.100.1")
        with refused.value as answer:
            assert answer.code == 429
            assert int(answer.headers["Retry-After"]) > 0
        _head(url, X_Forwarded_For="198.51.100.2")
