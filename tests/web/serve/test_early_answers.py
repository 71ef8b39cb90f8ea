"""Answers that are sent before the request has been read: the client gets them, and cannot hold the connection.

RFC 9112, section 9.6, and RFC 9110, section 10.1.1. The clients here send all they have before they read, as most do:
http.client, raw sockets, and curl.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from computeatlas.web.serve import lingering

pytestmark = pytest.mark.slow

MIB = 1024 * 1024
TOKEN = "a-token-for-early-answers"
#: So many bytes at a time.
PIECE = b"#" * 65536


@dataclass(frozen=True)
class Early:
    """A request whose answer is known before its body is read."""

    method: str
    path: str
    fields: dict[str, str]
    problem: str | None
    #: Which of the servers is to be asked.
    server: str = "open"
    #: Whether the body is read first all the same.
    reads: bool = False


SPARQL = {"Content-Type": "application/sparql-query"}
TURTLE = {"Content-Type": "text/turtle"}
KEY = {"Authorization": f"Bearer {TOKEN}"}
UPDATE = {"Content-Type": "application/sparql-update"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
#: Status → such requests, of the endpoints and of the pages.
EARLY = {
    "400": Early("PUT", "/store?graph=not%20an%20iri", TURTLE | KEY, "bad-iri"),
    "401": Early("PUT", "/store?default", TURTLE, "no-token"),
    "403": Early("POST", "/update", UPDATE | KEY, "read-only", "read-only"),
    "404": Early("POST", "/nowhere", FORM, None),
    "404 page": Early("POST", "/nowhere", FORM | {"Accept": "text/html"}, None),
    "405": Early("PUT", "/sparql", SPARQL, "method-not-allowed"),
    "405 page": Early("PUT", "/ontology", FORM | {"Accept": "text/html"}, None),
    "413": Early("POST", "/sparql", SPARQL, "body-too-large"),
    "413 form": Early("POST", "/sparql", FORM, "body-too-large"),
    "413 page": Early("POST", "/sparql", FORM | {"Accept": "text/html"}, None),
    "413 update": Early("POST", "/update", UPDATE | KEY, "body-too-large", "small"),
    "415": Early("PUT", "/store?default", {"Content-Type": "image/png"} | KEY, "content-type", reads=True),
    "429": Early("POST", "/sparql", SPARQL, "rate", "limited"),
    "431": Early("POST", "/sparql", SPARQL | {"X": "x" * 100_000}, None),
    "503": Early("POST", "/sparql", SPARQL, None, "full"),
}


@pytest.fixture(scope="module")
def addresses(serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The URLs of the servers, by their names in `EARLY`."""
    folder = tmp_path_factory.mktemp("early")
    (folder / "empty.nq").touch()
    (folder / "token").write_text(TOKEN)
    (folder / "token").chmod(0o600)
    common = ("--data", str(folder / "empty.nq"), "--log", "off", "--workers", "1")
    writable = ("--write-token-file", str(folder / "token"))
    with (
        serving(*common, *writable, "--rate", "off") as everybody,
        serving(*common, *writable, "--rate", "off", "--max-body", "100000") as small,
        serving(*common, "--rate", "off") as read_only,
        # The look whether it is there yet was the one request.
        serving(*common, "--rate", "1/hour") as limited,
        serving(*common, "--connections", "2") as full,
    ):
        yield {"open": everybody, "small": small, "read-only": read_only, "limited": limited, "full": full}


@pytest.fixture(params=EARLY)
def early(request: pytest.FixtureRequest, addresses: dict[str, str]) -> Iterator[tuple[int, Early]]:
    """A status, and a request that is answered by it."""
    asked = EARLY[request.param]
    with contextlib.ExitStack() as stack:
        while asked.server == "full":
            # Half of two connections are one client's; that of the test before may be still there.
            sock = stack.enter_context(connect(addresses["full"]))
            sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: e.example\r\n\r\n")
            if statuses(sock.recv(65536)) == [200]:
                break
        yield int(request.param[:3]), asked


def pieces(size: int) -> Iterator[bytes]:
    for _ in range(size // len(PIECE)):
        yield PIECE


def port(url: str) -> int:
    return int(urlsplit(url).port or 0)


def connect(url: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port(url)), timeout=120)


def head(asked: Early, *more: str, version: str = "1.1") -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in asked.fields.items())
    lines = "".join(f"{line}\r\n" for line in more)
    return f"{asked.method} {asked.path} HTTP/{version}\r\nHost: e.example\r\n{fields}{lines}\r\n".encode()


def read_all(sock: socket.socket) -> bytes:
    """Return what comes until the server closes its side; a reset is an error."""
    parts = []
    while part := sock.recv(65536):
        parts.append(part)
    return b"".join(parts)


def statuses(answers: bytes) -> list[int]:
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]


def is_held(sock: socket.socket) -> bool:
    """Say whether a process still has the other end of a connection: the system lists it with an inode then."""
    ours, theirs = (f":{name[1]:04X}" for name in (sock.getsockname(), sock.getpeername()))
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(theirs) and fields[2].endswith(ours):
            return fields[9] != "0"
    return False


def eventually(condition: Callable[[], bool], what: str) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail(f"after a minute it is still not so that {what}")


def check(early: tuple[int, Early], status: int, kind: str, body: bytes) -> None:
    """Demand the answer: its status, and its problem or whatever else it tells."""
    assert (status, bool(body)) == (early[0], True)
    if early[1].problem is not None:
        assert kind == "application/problem+json"
        assert json.loads(body)["type"].endswith("#" + early[1].problem)


SIZES = pytest.mark.parametrize("size", [MIB, 30 * MIB], ids=["1 MB", "30 MB"])
FRAMINGS = pytest.mark.parametrize("framing", ["length", "chunked"])


@SIZES
@FRAMINGS
def test_a_client_that_sends_all_first_reads_the_answer(
    addresses: dict[str, str], early: tuple[int, Early], framing: str, size: int
) -> None:
    asked = early[1]
    connection = HTTPConnection("127.0.0.1", port(addresses[asked.server]), timeout=120)
    with contextlib.closing(connection):
        fields = {**asked.fields, **({"Content-Length": str(size)} if framing == "length" else {})}
        connection.request(asked.method, asked.path, pieces(size), fields, encode_chunked=framing == "chunked")
        with connection.getresponse() as answer:
            check(early, answer.status, answer.headers.get_content_type(), answer.read())


@FRAMINGS
def test_curl_shows_the_answer(
    addresses: dict[str, str], early: tuple[int, Early], framing: str, require, tmp_path: Path
) -> None:
    curl = shutil.which("curl")
    require(curl, "curl")
    body = tmp_path / "body"
    body.write_bytes(b"".join(pieces(30 * MIB)))
    asked = early[1]
    fields = [f"{name}: {value}" for name, value in asked.fields.items()]
    fields += ["Transfer-Encoding: chunked"] if framing == "chunked" else []
    command = [str(curl), "--silent", "--show-error", "--request", asked.method, "--data-binary", f"@{body}"]
    command += [part for field in fields for part in ("--header", field)]
    command += ["--write-out", "\n%{http_code} %{content_type}", addresses[asked.server].rstrip("/") + asked.path]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    text, _, last = done.stdout.rpartition(b"\n")
    status, kind = last.decode().split(" ", 1)
    check(early, int(status), kind.partition(";")[0], text)


@SIZES
def test_http_1_0_reads_the_answer(addresses: dict[str, str], early: tuple[int, Early], size: int) -> None:
    asked = early[1]
    with connect(addresses[asked.server]) as sock:
        # RFC 9110, section 10.1.1: what HTTP/1.0 expects is ignored.
        sock.sendall(head(asked, f"Content-Length: {size}", "Expect: 100-continue", version="1.0"))
        for piece in pieces(size):
            sock.sendall(piece)
        assert statuses(read_all(sock)) == [early[0]]


@pytest.mark.parametrize("sends", [False, True], ids=["sends no body", "sends it all the same"])
def test_who_waits_to_continue_gets_the_answer_at_once(
    addresses: dict[str, str], early: tuple[int, Early], sends: bool
) -> None:
    asked = early[1]
    with connect(addresses[asked.server]) as sock:
        sock.sendall(head(asked, f"Content-Length: {30 * MIB}", "Expect: 100-continue"))
        if asked.reads:
            assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            return
        # The server closes its side: it cannot know whether what comes next is the body or a request.
        answer = read_all(sock)
        assert statuses(answer) == [early[0]]
        assert b"connection: close" in answer.partition(b"\r\n\r\n")[0].lower()
        if sends:
            for piece in pieces(30 * MIB):
                sock.sendall(piece)


def test_http_1_0_is_not_told_to_continue(addresses: dict[str, str]) -> None:
    with connect(addresses["open"]) as sock:
        sock.sendall(head(EARLY["413"], "Content-Length: 6", "Expect: 100-continue", version="1.0"))
        sock.sendall(b"ASK {}")
        assert read_all(sock).startswith(b"HTTP/1.1 200")


@FRAMINGS
def test_answers_to_earlier_requests_are_read_and_what_follows_is_not_served(
    addresses: dict[str, str], framing: str
) -> None:
    good = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: e.example\r\n\r\n"
    size = 30 * MIB
    with connect(addresses["open"]) as sock:
        sock.sendall(good * 3)
        field = f"Content-Length: {size}" if framing == "length" else "Transfer-Encoding: chunked"
        sock.sendall(head(EARLY["413"], field))
        for piece in pieces(size):
            sock.sendall(piece if framing == "length" else b"%x\r\n%b\r\n" % (len(piece), piece))
        sock.sendall((b"" if framing == "length" else b"0\r\n\r\n") + good)
        assert statuses(read_all(sock)) == [200, 200, 200, 413]


def test_after_a_request_that_is_to_be_the_last_more_may_be_sent(addresses: dict[str, str]) -> None:
    last = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: e.example\r\nConnection: close\r\n\r\n"
    size = 30 * MIB
    with connect(addresses["open"]) as sock:
        sock.sendall(last + head(EARLY["404"], f"Content-Length: {size}"))
        for piece in pieces(size):
            sock.sendall(piece)
        assert statuses(read_all(sock)) == [200]


def test_what_is_no_http_reads_that_it_is_none(addresses: dict[str, str]) -> None:
    with connect(addresses["open"]) as sock:
        for piece in pieces(30 * MIB):
            sock.sendall(piece)
        assert statuses(read_all(sock)) == [400]


@pytest.mark.parametrize("name", ["400", "401", "404", "404 page", "405", "415"])
def test_a_short_body_that_nobody_reads_leaves_the_connection_open(addresses: dict[str, str], name: str) -> None:
    asked = EARLY[name]
    with contextlib.closing(HTTPConnection("127.0.0.1", port(addresses[asked.server]), timeout=60)) as connection:
        for _ in range(3):
            connection.request(asked.method, asked.path, b"#" * 100, asked.fields)
            with connection.getresponse() as answer:
                check((int(name[:3]), asked), answer.status, answer.headers.get_content_type(), answer.read())
                assert not answer.will_close


def test_a_sender_that_never_stops_is_cut_off(addresses: dict[str, str]) -> None:
    with connect(addresses["open"]) as sock:
        sock.sendall(head(EARLY["404"], "Transfer-Encoding: chunked"))
        sent = 0
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces(20 * lingering.BYTES):
                sock.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
                sent += len(piece)
        # What lies in the buffers of the system comes on top.
        assert sent < 2 * lingering.BYTES


def test_a_sender_that_pauses_is_cut_off(addresses: dict[str, str]) -> None:
    with connect(addresses["open"]) as sock:
        sock.sendall(head(EARLY["404"], "Content-Length: 10000000") + b"#")
        assert statuses(read_all(sock)) == [404]
        # The client has read its answer and seen its end, and stays.
        assert is_held(sock)
        eventually(lambda: not is_held(sock), "the server has closed the connection")


def test_connections_that_linger_count(serving, tmp_path: Path) -> None:
    data = tmp_path / "empty.nq"
    data.touch()
    with (
        serving("--data", str(data), "--log", "off", "--workers", "1", "--connections", "4") as url,
        contextlib.ExitStack() as stack,
    ):
        for _ in range(2):
            sock = stack.enter_context(connect(url))
            sock.sendall(head(EARLY["404"], "Content-Length: 10000000") + b"#")
            assert statuses(read_all(sock)) == [404]

        def asked() -> list[int]:
            with connect(url) as other:
                other.sendall(b"GET /healthz HTTP/1.1\r\nHost: e.example\r\nConnection: close\r\n\r\n")
                return statuses(read_all(other))

        # One address may have half of the connections.
        assert asked() == [503]
        eventually(lambda: asked() == [200], "the connections that lingered are closed")
