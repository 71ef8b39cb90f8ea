"""A server of its own for each group of fault tests: started, watched by its process ids, killed, started again.

What is asked of it goes over plain sockets, so that a test says exactly what is sent and sees exactly what comes back.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TOKEN = "a-token-for-the-fault-tests"
PREFIX = "PREFIX : <http://e.example/>\n"
#: No rates, since a test is one client; no cache, so that every query is evaluated; a log that can be read.
LIMITS = ("--rate", "off", "--cache", "0", "--log", "json")
#: Seconds after which a request that has no answer is taken for hung. Far beyond every limit that the tests set.
HUNG = 180.0
#: Seconds within which what is to happen at once happens on a machine that is busy with other things.
SOON = 60.0
#: The limit of a query that is to run on until something else ends it: one that ends by it ends later than `SOON`.
ENDLESS = ("--timeout", "150")
_TICKS = os.sysconf("SC_CLK_TCK")


def write_data(path: Path, items: int = 3000, linked: int = 60) -> Path:
    """Write the graph that the fault tests ask: `items` things with values of several kinds, `linked` of them in a net.

    Each of the `linked` things has a `:p` to six others, so that paths through them are many.
    """
    lines = ["@prefix : <http://e.example/> .", "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."]
    for number in range(items):
        day = f"20{number % 70 + 10}-0{number % 9 + 1}-1{number % 10}"
        mixed = (str(number), f'"{number}"', f'"{day}"^^xsd:date', f'"n{number}"@en', f"{number}.5e0")[number % 5]
        lines.append(
            f':i{number} a :Item ; :label "item number {number}" ; :power {number} ; :code "{number}" ;'
            f' :day "{day}"^^xsd:date ; :mixed {mixed} .'
        )
    for number in range(linked):
        others = ", ".join(f":i{(number * 7 + step * step) % linked}" for step in range(1, 7))
        lines.append(f":i{number} :p {others} .")
    lines.append(":said :states <<( :a :b :c )>> .")
    lines.append(":odd <http://e.example/1/> 1 .")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True)
class Reply:
    """An answer: its status (0 where none came), header fields, body; `broken` where it ended before its end."""

    status: int
    headers: dict[str, str]
    body: bytes
    broken: bool = False

    @property
    def kind(self) -> str:
        """The name of the problem type of an error, else an empty string."""
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            return str(json.loads(self.body)["type"]).rpartition("#")[2]
        return ""

    @property
    def outcome(self) -> str:
        """Status and kind, such as `504 query-timeout`; `200 broken` for an answer that was visibly cut."""
        if self.broken:
            return f"{self.status} broken"
        return f"{self.status} {self.kind}".strip() if self.status >= 400 else str(self.status)


class Client:
    """One connection to a server, kept open between requests, from the local address `source`."""

    def __init__(self, port: int, source: str = "127.0.0.1", timeout: float = HUNG):
        self._connection = HTTPConnection("127.0.0.1", port, timeout=timeout, source_address=(source, 0))

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """Send a request and return the answer; a connection that breaks without one gives the status 0."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            # A server may refuse a long body before it has read it.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._connection.request(method, path, body or None, fields)
            response = self._connection.getresponse()
        except (HTTPException, ConnectionError):
            self.close()
            return Reply(0, {}, b"", broken=True)
        return self._read(response)

    def send_exactly(self, method: str, target: str, body: bytes, fields: dict[str, str]) -> Reply:
        """Send a request whose target and fields may be nonsense, with a Host unless `fields` has one."""
        connection = self._connection
        try:
            connection.putrequest(method, target, skip_host="Host" in fields, skip_accept_encoding=True)
            for name, value in fields.items():
                connection.putheader(name, value.encode("utf-8"))
            if body or method in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(body)))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.endheaders(body)
            return self._read(connection.getresponse())
        except (HTTPException, ConnectionError):
            self.close()
            return Reply(0, {}, b"", broken=True)

    def query(self, text: str | bytes, accept: str = "*/*", **parameters: str) -> Reply:
        """Send a query by direct POST and return the answer."""
        body = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        tail = "".join(f"&{name}={value}" for name, value in parameters.items())
        path = "/sparql" + ("?" + tail[1:] if tail else "")
        return self.send("POST", path, body, Content_Type="application/sparql-query", Accept=accept)

    def update(self, text: str) -> Reply:
        """Send an update with the token and return the answer."""
        return self.send(
            "POST",
            "/update",
            text.encode(),
            Content_Type="application/sparql-update",
            Authorization=f"Bearer {TOKEN}",
        )

    def _read(self, response: HTTPResponse) -> Reply:
        headers = {name.lower(): value for name, value in response.getheaders()}
        try:
            return Reply(response.status, headers, response.read())
        except IncompleteRead as error:
            self.close()
            return Reply(response.status, headers, error.partial, broken=True)
        except (HTTPException, ConnectionError):
            self.close()
            return Reply(response.status, headers, b"", broken=True)


class Server:
    """`computeatlas serve` in a session of its own, so that all its processes can be found whoever their parent is."""

    def __init__(self, *arguments: str, environment: dict[str, str] | None = None):
        self._arguments = arguments
        self._environment = environment or {}
        self._words = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed by stop()
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self.start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        self._words.close()

    @property
    def pid(self) -> int:
        """The process id of the web process."""
        assert self._process is not None
        return self._process.pid

    @property
    def words(self) -> str:
        """What the server wrote to standard error, in all its lives."""
        length = os.fstat(self._words.fileno()).st_size
        return os.pread(self._words.fileno(), length, 0).decode("utf-8", "replace")

    def start(self) -> None:
        """Start it on a free port; raises RuntimeError with what it wrote where it does not start."""
        self._reap()
        command = [sys.executable, "-m", "computeatlas", "serve", "--bind", "127.0.0.1:0", *self._arguments]
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self._words,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "COMPUTEATLAS_WRITE_TOKEN": TOKEN, **self._environment},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if "http://" not in line:
            self.kill()
            raise RuntimeError(f"the server did not start: {line}{self.words[-2000:]}")
        self.port = int(urlsplit(line.rsplit(" ", 1)[1]).port or 0)
        wait_until(self.is_whole, "all workers are there")

    def stop(self) -> None:
        """End it as an operator does, and what is left of it by force."""
        if self._process is None:
            return
        kill(self.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(15)
        self.kill()

    def kill(self) -> None:
        """Kill every process of it at once."""
        assert self._process is not None
        for process in self.processes():
            kill(process)
        self._reap()

    def kill_parent(self) -> None:
        """Kill the web process alone."""
        assert self._process is not None
        kill(self.pid)
        self._reap()

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()

    def processes(self) -> list[int]:
        """Return the ids of all its living processes, the web process first."""
        found = [entry for entry in _stats() if entry.session == self.pid and entry.state not in "ZX"]
        return sorted((entry.pid for entry in found), key=lambda pid: (pid != self.pid, pid))

    def fork_servers(self) -> list[int]:
        """Return the ids of the processes that fork workers."""
        return self._family()[0]

    def workers(self) -> list[int]:
        """Return the ids of the worker processes."""
        return self._family()[1]

    def _family(self) -> tuple[list[int], list[int]]:
        entries = [entry for entry in _stats() if entry.session == self.pid and entry.state not in "ZX"]
        parents = {entry.parent for entry in entries}
        ours = [entry.pid for entry in entries if entry.pid != self.pid]
        return [pid for pid in ours if pid in parents], [pid for pid in ours if pid not in parents]

    def memory(self) -> int:
        """Return how many bytes of memory all its processes have together, shared pages counted once."""
        total = 0
        for process in self.processes():
            with contextlib.suppress(OSError):
                text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
                total += sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
        return total

    def processor_times(self) -> dict[int, float]:
        """Return how many seconds of processor time each of its workers and fork servers has used so far."""
        return {
            entry.pid: entry.ticks / _TICKS for entry in _stats() if entry.session == self.pid and entry.pid != self.pid
        }

    def client(self, source: str = "127.0.0.1", timeout: float = HUNG) -> Client:
        """Return a new connection from `source`."""
        return Client(self.port, source, timeout)

    def health(self) -> dict[str, object]:
        """Return what `/healthz` says, an empty dict where nothing answers."""
        try:
            with self.client("127.0.0.1", 10) as client:
                reply = client.send("GET", "/healthz")
            return dict(json.loads(reply.body)) if reply.status in (200, 503) else {}
        except (OSError, ValueError):
            return {}

    def is_whole(self) -> bool:
        """Say whether all workers are there and ready, and none is busy."""
        health = self.health()
        limits = health.get("limits")
        return (
            isinstance(limits, dict)
            and health.get("status") == "ok"
            and health["workers"] == limits["workers"]
            and health["busy"] == 0
            and health["waiting"] == 0
        )

    def seconds(self, reply: Reply) -> float:
        """Return how long the request took by the server's own log, which has to be JSON."""
        wanted = reply.headers["x-request-id"]
        found: list[float] = []

        def look() -> bool:
            for line in self.words.splitlines():
                if wanted in line and line.startswith("{"):
                    data = json.loads(line)
                    if data["id"] == wanted:
                        found.append(float(data["ms"]) / 1000)
            return bool(found)

        wait_until(look, f"the log tells of {wanted}")
        return found[0]


@dataclass(frozen=True)
class _Entry:
    pid: int
    state: str
    parent: int
    session: int
    ticks: int


def _stats() -> Iterable[_Entry]:
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (path / "stat").read_text(encoding="latin-1").rpartition(")")[2].split()
                ticks = int(fields[11]) + int(fields[12])
                yield _Entry(int(path.name), fields[0], int(fields[1]), int(fields[3]), ticks)


def wait_until(condition: Callable[[], object], what: str, seconds: float = SOON) -> None:
    """Return once `condition` is true; raises AssertionError, naming `what`, where it is not within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"after {seconds:g} seconds it is still not so that {what}"
        time.sleep(0.02)


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> bool:
    """Send a signal to a process, and say whether it was there: one that was listed may have ended since."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


class Listener:
    """A server on a free port that answers nothing and takes note of whoever calls."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.calls: list[bytes] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                data = b""
                with contextlib.suppress(OSError):
                    data = connection.recv(4096)
                    connection.sendall(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                self.calls.append(data)
