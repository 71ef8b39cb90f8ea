"""The example of docs/flask.md under `flask run` and under gunicorn."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = {
    "flask run": ["flask", "--app", "example", "run", "--no-reload", "--port", "{port}"],
    "gunicorn, a process with threads": ["gunicorn", "--threads", "8", "--bind", "127.0.0.1:{port}", "example:app"],
    "gunicorn, processes forked after loading": [
        "gunicorn", "--workers", "2", "--preload", "--bind", "127.0.0.1:{port}", "example:app",
    ],
}  # fmt: skip
#: Seconds that a server may take to start on a busy machine.
_PATIENCE = 120


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def get(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": "application/sparql-results+json"})
    with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
        return bytes(answer.read())


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_runs(repository: Path, tmp_path: Path, name: str) -> None:
    text = (repository / "docs/flask.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    assert len(example.splitlines()) <= 15
    (tmp_path / "example.py").write_text(example)
    (tmp_path / "books.ttl").write_text("<http://e/book> <http://e/title> 'A title' .")
    port = free_port()
    command = [sys.executable, "-m", *(part.replace("{port}", str(port)) for part in COMMANDS[name])]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    base = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                front = get(base + "/").decode()
                break
            except urllib.error.URLError:
                assert process.poll() is None, process.stdout.read()
                assert time.monotonic() < until
                time.sleep(0.05)
        link = re.search(r'href="([^"]+)"', front)[1]
        # More than once, so that each process of the server gets a request.
        for _ in range(8):
            rows = json.loads(get(base + link))["results"]["bindings"]
            assert [row["s"]["value"] for row in rows] == ["http://e/book"]
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(f"{base}/books/sparql?{urlencode({'query': 'SELECT'})}")
        with caught.value as problem:
            assert problem.code == 400
    finally:
        process.terminate()
        output = process.communicate(timeout=_PATIENCE)[0].decode()
    assert "Traceback" not in output
