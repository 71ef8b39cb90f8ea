"""The options of `serve`: what is refused before anything listens, and which of several sources wins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from computeatlas.cli.main import cli, main

pytestmark = pytest.mark.slow

#: Nothing here may get as far as to listen; if it did, it would fail at this address and not hang.
NOWHERE = ("--bind", "192.0.2.1:1")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.nt"
    path.write_text("<a:s> <a:p> <a:o> .\n")
    return path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the message with which the command ends, with the exit code of wrong use."""
    with pytest.raises(SystemExit) as caught:
        main(["serve", *NOWHERE, *arguments])
    output = capsys.readouterr()
    assert caught.value.code == 2
    assert output.out == ""
    lines = output.err.strip().splitlines()
    assert "192.0.2.1" not in lines[-1]
    if lines[-1].startswith("computeatlas: "):
        assert len(lines) == 1
    return lines[-1]


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--rate", "often"], "often: is not a rate"),
        (["--rate", "0/minute"], "0/minute: is not a rate"),
        (["--engine", "sqlite"], "sqlite: is not an engine"),
        (["--engine", "disk:"], "disk:: is not an engine"),
        (["--engine", "disk"], "disk: is not an engine"),
        (["--engine", "memory:x"], "memory:x: is not an engine"),
        (["--workers", "0"], "workers"),
        (["--timeout", "0"], "Invalid value for '--timeout'"),
        (["--timeout", "long"], "Invalid value for '--timeout'"),
        (["--memory", "-1"], "Invalid value for '--memory'"),
        (["--log", "loud"], "Invalid value for '--log'"),
        (["--trusted-proxy", "proxy.example"], "proxy.example: is not an address or a network"),
        (["--bind", "somewhere"], "somewhere: is not an address to listen on"),
        (["--release", "."], "--data and --release exclude each other"),
        (["--data", "none.nt"], "none.nt: cannot be read — No such file or directory"),
        (["--no-such-option"], "No such option"),
        (["--config", "none.toml"], "none.toml: cannot be read"),
        (["--write-token-file", "none.txt"], "none.txt: cannot be read"),
    ],
)
def test_a_bad_option_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], data: Path, arguments: list[str], says: str
) -> None:
    assert says in refused(capsys, "--data", str(data), *arguments)


@pytest.mark.parametrize(
    "text, says",
    [
        ("timeout = ", "is not TOML"),
        ("[serve]\ntimeout = 3", "there is no option serve"),
        ("time-out = 3", "there is no option time-out"),
        ('config = "other.toml"', "there is no option config"),
        ('timeout = "long"', "Invalid value for '--timeout'"),
        ('rate = "often"', "often: is not a rate"),
        ('trusted-proxy = ["here"]', "here: is not an address or a network"),
    ],
)
def test_a_bad_file_of_options_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "serve.toml"
    path.write_text(text)
    assert says in refused(capsys, "--data", str(data), "--config", str(path))


def test_a_file_of_options_that_is_no_text(capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path) -> None:
    path = tmp_path / "serve.toml"
    path.write_bytes(b"\xff\xfe")
    assert "cannot be read" in refused(capsys, "--data", str(data), "--config", str(path))


BAD_TOKENS = ["short", "long enough but blank", "schlüsselschlüssel", "line\nline-line-line"]


def check_token_message(message: str, token: str, tmp_path: Path) -> None:
    assert "is no good token" in message
    # A log may be read by many. The name of the directory is that of the test.
    assert token not in message.replace(str(tmp_path), "")


@pytest.mark.parametrize("token", BAD_TOKENS)
def test_a_bad_token_in_a_file(capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path, token: str) -> None:
    path = tmp_path / "token"
    path.write_text(token + "\n", encoding="utf-8")
    message = refused(capsys, "--data", str(data), "--write-token-file", str(path))
    check_token_message(message, token, tmp_path)
    path.write_text("\n")
    assert "is no good token" in refused(capsys, "--data", str(data), "--write-token-file", str(path))


@pytest.mark.parametrize("token", BAD_TOKENS)
def test_a_bad_token_in_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path, token: str
) -> None:
    monkeypatch.setenv("COMPUTEATLAS_WRITE_TOKEN", token)
    check_token_message(refused(capsys, "--data", str(data)), token, tmp_path)


def test_the_environment_is_checked_like_the_command_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    monkeypatch.setenv("COMPUTEATLAS_RATE", "often")
    assert "often: is not a rate" in refused(capsys, "--data", str(data))


def test_every_option_is_in_the_help(runner: CliRunner) -> None:
    text = runner.invoke(cli, ["serve", "--help"]).output
    assert [option for option in ("--data", "--queue-timeout", "--max-rows", "--config") if option not in text] == []


def limits_of(url: str) -> dict[str, object]:
    with urllib.request.urlopen(url + "healthz") as response:
        return json.load(response)["limits"]


def test_command_line_beats_environment_beats_file_beats_default(
    serving, monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "serve.toml"
    path.write_text(
        f'timeout = 11.0\nqueue = 12\nmax_nesting = 13\nworkers = 4\nrate = "14/hour"\nlog = "off"\ndata = ["{data}"]\n'
    )
    monkeypatch.setenv("COMPUTEATLAS_TIMEOUT", "21.5")
    monkeypatch.setenv("COMPUTEATLAS_QUEUE", "22")
    monkeypatch.setenv("COMPUTEATLAS_MAX_QUERY", "23")
    assert "COMPUTEATLAS_MAX_BODY" not in os.environ
    with serving("--config", str(path), "--timeout", "31", "--memory", "32") as url:
        limits = limits_of(url)
    expected = {
        "timeout": 31.0,
        "memory": 32 << 20,
        "queue": 22,
        "max_query": 23,
        "max_nesting": 13,
        "workers": 4,
        "per_client": 2,
        "rate": "14/hour",
        "max_body": 64 << 20,
        "max_rows": None,
    }
    assert {name: limits[name] for name in expected} == expected


def test_the_file_may_be_named_by_the_environment_and_limits_may_be_off(
    serving, monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "serve.toml"
    path.write_text('rate = "off"\ncache = 0\nmax-rows = 5\n')
    monkeypatch.setenv("COMPUTEATLAS_CONFIG", str(path))
    with serving("--data", str(data), "--workers", "2") as url:
        limits = limits_of(url)
    assert (limits["rate"], limits["cache"], limits["max_rows"], limits["workers"]) == (None, 0, 5, 2)


@pytest.mark.parametrize(
    "arguments, rate",
    [
        ([], None),
        (["--bind", "localhost:0"], None),
        (["--rate", "14/hour"], "14/hour"),
        (["--trusted-proxy", "127.0.0.1/32"], "6000/minute"),
        (["--trusted-proxy", "127.0.0.1/32", "--rate", "off"], None),
        (["--bind", "0.0.0.0:0"], "6000/minute"),
    ],
)
def test_the_rate_is_limited_where_others_can_ask(serving, data: Path, arguments: list[str], rate: str | None) -> None:
    with serving("--data", str(data), *arguments) as url:
        assert limits_of(url)["rate"] == rate


@pytest.mark.parametrize("arguments, says", [([], True), (["--rate", "6000/minute"], False)])
def test_that_there_is_no_rate_is_said_at_the_start(data: Path, arguments: list[str], says: bool) -> None:
    command = [sys.executable, "-m", "computeatlas", "serve", "--bind", "127.0.0.1:0", "--data", str(data), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
        finally:
            process.terminate()
        assert "http://127.0.0.1:" in first
        assert ("No limit on the rate" in process.stdout.read()) is says
