"""The servers under measurement: started, asked, weighed and stopped, each with all processes that it makes."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from endpoint.workspace import Files

START_SECONDS = 120
QUIET_SHARE = 0.05
JSON_RESULTS = "application/sparql-results+json"
_TICKS = os.sysconf("SC_CLK_TCK")


class NoAnswerError(Exception):
    """The server sent no answer, or none with status 200."""


class Server:
    """One server: a command line, and the path at which it answers queries."""

    def __init__(
        self, name: str, command: list[str], path: str, env: Mapping[str, str] | None = None, upload: Path | None = None
    ) -> None:
        """Describe a server; `{port}` in the command becomes a free port, `upload` is sent to its graph store."""
        self.name, self.path = name, path
        self.restarts = -1
        self.start_seconds = 0.0
        self._command, self._env, self._upload = command, dict(env or {}), upload
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self, log: Path) -> None:
        """Start it and return when it has answered a look-up; sets `start_seconds`. Raises RuntimeError if it fails."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [part.replace("{port}", str(self.port)) for part in self._command]
        began = time.perf_counter()
        with log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 (our own list)
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True,
                env={**os.environ, **self._env},
            )  # fmt: skip
        self._await_answer(began, log)
        if self._upload is not None:
            self._send_data(self._upload)
        self.start_seconds = time.perf_counter() - began
        self.restarts += 1

    def _await_answer(self, began: float, log: Path) -> None:
        assert self._process is not None
        while True:
            try:
                self.answer("SELECT ?o WHERE { ?s ?p ?o } LIMIT 1", 5)
            except (OSError, NoAnswerError) as reason:
                ended = self._process.poll()
                if ended is not None or time.perf_counter() - began > START_SECONDS:
                    self.stop()
                    tail = log.read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"{self.name} did not start ({reason}, exit code {ended}):\n{tail}") from reason
                time.sleep(0.02)
            else:
                return

    def _send_data(self, file: Path) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        connection.request("POST", "/store?default", file.read_bytes(), {"Content-Type": "application/n-triples"})
        status = connection.getresponse().status
        connection.close()
        if status >= 300:
            raise RuntimeError(f"{self.name} answered {status} to the data")

    @property
    def url(self) -> str:
        """Return the URL of the query endpoint."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    def answer(self, query: str, seconds: float) -> bytes:
        """Return the answer in JSON. Raises NoAnswerError on another status than 200, OSError on none in time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("GET", f"{self.path}?query={quote(query, safe='')}", headers={"Accept": JSON_RESULTS})
            response = connection.getresponse()
            body = response.read()
        except http.client.HTTPException as reason:
            raise NoAnswerError(repr(reason)) from reason
        finally:
            connection.close()
        if response.status != 200:
            raise NoAnswerError(f"status {response.status}: {body[:300].decode(errors='replace')}")
        return body

    def alive(self) -> bool:
        """Return whether its first process runs."""
        return self._process is not None and self._process.poll() is None

    def processes(self) -> list[int]:
        """Return the ids of its processes."""
        assert self._process is not None
        return family(self._process.pid)

    def cpu_seconds(self) -> float:
        """Return the CPU time of its processes so far, those that have ended and been waited for included."""
        assert self._process is not None
        return family_cpu_seconds(self._process.pid)

    def memory_mib(self) -> float:
        """Return the resident memory of its processes in MiB, a page shared by several counted once (PSS)."""
        return sum(_pss_kib(pid) for pid in self.processes()) / 1024

    def wait_quiet(self, seconds: float) -> bool:
        """Wait until it uses less than a twentieth of a core; False if it does not within `seconds`."""
        until = time.monotonic() + seconds
        while True:
            before, began = self.cpu_seconds(), time.monotonic()
            time.sleep(0.2)
            if self.cpu_seconds() - before <= QUIET_SHARE * (time.monotonic() - began):
                return True
            if time.monotonic() > until:
                return False

    def stop(self) -> None:
        """End all its processes: ask, and after five seconds insist."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self._process = None


def our_command(files: Files) -> list[str]:
    """Return the command line of our server: all limits at their defaults, except the number of requests a minute."""
    command = [sys.executable, "-m", "computeatlas", "serve", "--data", str(files.packed), "--bind", "127.0.0.1:{port}"]
    return [*command, "--rate", "1000000000/minute", "--log", "off"]


def all_servers(files: Files, rivals: Path, before: Path | None = None) -> list[Server]:
    """Return the servers: native first, to which the others are compared; ours; the floor; the rival in Python.

    With `before`, another checkout of this project, its server takes part too, beside ours.
    """
    bind = "127.0.0.1:{port}"
    ours = our_command(files)
    beside = rivals.parent
    native = shutil.which("oxigraph", path=str(beside)) or "oxigraph"
    flask = [str(beside / "granian"), "--interface", "wsgi", "--no-ws", "--workers", str(os.cpu_count() or 1)]
    flask += ["--host", "127.0.0.1", "--port", "{port}", "--log-level", "warning"]
    flask += ["--working-dir", str(Path(__file__).parent), "plain_flask:app"]
    rdflib = [str(beside / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", "{port}", str(files.plain)]
    earlier = []
    if before is not None:
        env = {"PYTHONPATH": str(before.resolve() / "server")}
        earlier = [
            Server("before", ours, "/sparql", env=env),
            Server("before without cache", [*ours, "--cache", "0"], "/sparql", env=env),
        ]
    return [
        Server("native", [native, "serve", "--bind", bind], "/query", upload=files.plain),
        Server("ours", ours, "/sparql"),
        Server("ours without cache", [*ours, "--cache", "0"], "/sparql"),
        *earlier,
        Server("plain Flask", flask, "/sparql", env={"PLAIN_FLASK_DATA": str(files.plain)}),
        Server("rdflib-endpoint", rdflib, "/"),
    ]


def family(leader: int) -> list[int]:
    """Return the ids of a process, of the others of the session that it leads, and of the descendants of all these."""
    stats = {int(entry.name): _stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdecimal()}
    parents = {pid: int(fields[1]) for pid, fields in stats.items() if fields}
    found = {pid for pid in parents if pid == leader or int(stats[pid][3]) == leader}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def family_cpu_seconds(leader: int) -> float:
    """Return the CPU time of those processes so far, that of waited-for children included."""
    return sum(_cpu_seconds(pid) for pid in family(leader))


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, [] if the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _cpu_seconds(pid: int) -> float:
    return sum(int(field) for field in _stat(pid)[11:15]) / _TICKS


def _pss_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
