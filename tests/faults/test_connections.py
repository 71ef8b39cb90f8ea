"""Clients that are slow, broken, rude or gone: none of them holds the server against the others."""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import time
from typing import TYPE_CHECKING

import pytest

from .harness import ENDLESS, PREFIX, SOON, TOKEN, Server, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Start

pytestmark = pytest.mark.slow

LOOKUP = PREFIX + "SELECT ?l { :i7 :label ?l }"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . }"
#: About 50 MB of JSON.
LARGE = "SELECT ?a ?b ?c ?d { { SELECT ?a ?b ?c { ?a ?b ?c } LIMIT 25000 } { SELECT ?d { ?d ?e ?f } LIMIT 12 } }"
END = b"\r\nHost: e.example\r\n"


@pytest.fixture(scope="module")
def server(start: Start) -> Iterator[Server]:
    with start("--workers", "4", *ENDLESS) as found:
        yield found


def get(query: str, more: str = "") -> bytes:
    from urllib.parse import quote

    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: e.example\r\n{more}\r\n".encode()


def post(query: str, more: str = "") -> bytes:
    body = query.encode()
    return (
        "POST /sparql HTTP/1.1\r\nHost: e.example\r\nContent-Type: application/sparql-query\r\n"
        f"Content-Length: {len(body)}\r\n{more}\r\n".encode()
        + body
    )


def connect(server: Server, source: str = "127.0.0.1") -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", server.port), 30, (source, 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def exchange(server: Server, data: bytes, *, first: float = SOON, quiet: float = 2.0) -> bytes:
    """Send `data` and return what `receive` does."""
    with connect(server) as sock:
        with contextlib.suppress(OSError):
            sock.sendall(data)
        return receive(sock, first=first, quiet=quiet)


def receive(sock: socket.socket, *, first: float = SOON, quiet: float = 2.0) -> bytes:
    """Return all that comes until the server closes, nothing comes for `first` seconds, or no more for `quiet`."""
    sock.settimeout(first)
    parts = []
    with contextlib.suppress(OSError):
        while part := sock.recv(65536):
            parts.append(part)
            sock.settimeout(quiet)
    return b"".join(parts)


def statuses(answer: bytes) -> list[int]:
    """Return the statuses of the answers in `answer`, none of which may hold these words in its body."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def assert_well(server: Server) -> None:
    with server.client() as client:
        assert b"item number 7" in client.query(LOOKUP).body
    wait_until(server.is_whole, "all workers are there, and idle")


def test_five_hundred_clients_that_send_a_byte_a_second_stop_nobody(server: Server) -> None:
    request = post(LOOKUP, "Connection: close\r\n")
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(connect(server, "127.0.0.2")) for _ in range(500)]
        for step in range(4):
            for sock in socks:
                sock.sendall(request[step : step + 1])
            begun = time.monotonic()
            with server.client("127.0.0.3") as client:
                while time.monotonic() < begun + 1:
                    assert b"item number 7" in client.query(LOOKUP).body
        # And those that get on with it are answered as well.
        for sock in socks[:50]:
            sock.sendall(request[4:])
        for sock in socks[:50]:
            assert statuses(receive(sock)) == [200]
    assert_well(server)


def test_a_client_that_takes_too_long_for_its_head_is_sent_away(start: Start) -> None:
    with start("--workers", "1") as server, connect(server) as sock:
        most = server.health()["limits"]["head_timeout"]
        sock.sendall(b"GET / HT")
        begun = time.monotonic()
        answer = receive(sock, first=most + SOON)
        assert statuses(answer) == [408]
        assert time.monotonic() - begun >= most


def test_slow_readers_of_a_large_result_keep_no_worker(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        socks = []
        for number in range(4):
            sock = stack.enter_context(connect(server, "127.0.0.2"))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.sendall(post(LARGE + f" # {number}"))
            socks.append(sock)
        for sock in socks:
            assert sock.recv(100).startswith(b"HTTP/1.1 200")
        # They have read a hundred bytes each, and the work is done.
        wait_until(lambda: server.health().get("busy") == 0, "no worker is busy")
        assert_well(server)
    wait_until(server.is_whole, "all workers are there, and idle")


def test_a_reader_that_is_slow_at_first_gets_the_whole_of_a_large_result(server: Server) -> None:
    with connect(server) as sock:
        sock.sendall(post(LARGE, "Connection: close\r\n"))
        time.sleep(1)
        data = receive(sock, quiet=SOON)
    assert data.endswith(b"0\r\n\r\n")
    assert len(data) > 45_000_000


@pytest.mark.parametrize("query", [LOOKUP, LARGE], ids=["short", "large"])
def test_a_client_that_has_closed_its_half_gets_its_answer(server: Server, query: str) -> None:
    with connect(server) as sock:
        sock.sendall(post(query, "Connection: close\r\n"))
        sock.shutdown(socket.SHUT_WR)
        answer = receive(sock, quiet=SOON)
    # Either is fair: to answer, or to take the client for gone. What must not be is half an answer that looks whole.
    if answer:
        assert statuses(answer[:20]) == [200]
        head, _, body = answer.partition(b"\r\n\r\n")
        if b"chunked" in head:
            assert body.endswith(b"0\r\n\r\n")
        else:
            json.loads(body)
    assert_well(server)


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    numbers = list(range(40))
    data = b"".join(post(f"SELECT ({number} AS ?n) {{}}", "Accept: text/csv\r\n") for number in numbers)
    answer = exchange(
        server, data + b"GET /healthz HTTP/1.1\r\nHost: e.example\r\nConnection: close\r\n\r\n", quiet=SOON
    )
    bodies = [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 200")[1:]]
    assert [body.split() for body in bodies[:-1]] == [[b"n", str(number).encode()] for number in numbers]
    assert b'"workers"' in bodies[-1]


def test_a_slow_request_does_not_let_the_next_of_its_connection_pass(server: Server) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . { SELECT ?d { ?d ?e ?f } LIMIT 300 } }"
    answer = exchange(server, post(slow, "Accept: text/csv\r\n") + post(LOOKUP, "Connection: close\r\n"), quiet=SOON)
    first, second = answer.split(b"HTTP/1.1 200")[1:]
    assert first.partition(b"\r\n\r\n")[2].startswith(b"n\r\n")
    assert b"item number 7" in second


def test_what_follows_a_good_request_and_is_none_does_not_spoil_its_answer(server: Server) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . { SELECT ?d { ?d ?e ?f } LIMIT 300 } }"
    answer = exchange(server, post(slow, "Accept: text/csv\r\n") + b"\x00\x01 rubbish\r\n\r\n", quiet=SOON)
    # The first answer is that to the first request, or there is none.
    assert statuses(answer) == [200, 400]
    assert_well(server)


@pytest.mark.parametrize(
    "head, expected",
    [
        (b"GET / HTTP/1.1" + END + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n", {431}),
        (b"GET / HTTP/1.1" + END + b"a:b\r\n" * 200_000 + b"\r\n", {431}),
        (b"GET / HTTP/1.1" + END + b"Accept: text/html\r\n" * 1_000 + b"\r\n", {431}),
        (b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1" + END + b"\r\n", {414, 431}),
        (b"GET / HTTP/1.1" + END + b"X: " + b"x" * 1_000_000, {431}),
        (b"x" * 1_000_000, {400, 431}),
        (b"GET " + b"x" * 1_000_000, {400, 414, 431}),
    ],
    ids=["long field", "many fields", "a thousand fields", "long path", "no end", "no line", "no end of path"],
)
def test_a_head_that_is_too_large_is_refused(server: Server, head: bytes, expected: set[int]) -> None:
    (status,) = statuses(exchange(server, head))
    assert status in expected
    assert_well(server)


def test_a_head_of_many_fields_holds_up_nobody(server: Server) -> None:
    # Fields of one name are joined: done one by one, that takes time by the square of their number.
    head = b"GET /healthz HTTP/1.1" + END + b"a:b\r\n" * 34_000 + b"\r\n"
    socks = [connect(server, "127.0.0.2") for _ in range(10)]
    for sock in socks:
        sock.sendall(head)
    with server.client("127.0.0.3") as client:
        for _ in range(20):
            assert b"item number 7" in client.query(LOOKUP).body
    for sock in socks:
        assert statuses(receive(sock)) == [431]
        sock.close()


BODY = b"SELECT * { ?s ?p ?o } LIMIT 1"
DIRECT = b"POST /sparql HTTP/1.1" + END + b"Content-Type: application/sparql-query\r\n"


@pytest.mark.parametrize(
    "request_, expected",
    [
        (DIRECT + b"Content-Length: x\r\n\r\n" + BODY, {400}),
        (DIRECT + b"Content-Length: -1\r\n\r\n" + BODY, {400}),
        (DIRECT + b"Content-Length: +29\r\n\r\n" + BODY, {400}),
        (DIRECT + b"Content-Length: 0x1d\r\n\r\n" + BODY, {400}),
        (DIRECT + b"Content-Length: 29, 29\r\n\r\n" + BODY, {400}),
        (DIRECT + b"Content-Length: 29\r\nContent-Length: 28\r\n\r\n" + BODY, {400}),
        (DIRECT + b"Content-Length: 99999999999999999999999999\r\n\r\n" + BODY, {400, 413}),
        (DIRECT + b"Content-Length: 9999999999\r\n\r\n" + BODY, {413}),
        (DIRECT + b"Content-Length: 29\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\n" + BODY + b"\r\n0\r\n\r\n", {400}),
        (DIRECT + b"Transfer-Encoding: chunked\r\nContent-Length: 29\r\n\r\n1d\r\n" + BODY + b"\r\n0\r\n\r\n", {400}),
        (DIRECT + b"Transfer-Encoding: chunked, identity\r\n\r\n1d\r\n" + BODY + b"\r\n0\r\n\r\n", {400}),
        (DIRECT + b"Transfer-Encoding: x\r\n\r\n1d\r\n" + BODY + b"\r\n0\r\n\r\n", {400}),
        (DIRECT + b"Transfer-Encoding : chunked\r\n\r\n1d\r\n" + BODY + b"\r\n0\r\n\r\n", {400}),
        (DIRECT + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n" + BODY + b"\r\n0\r\n\r\n", {400}),
        (DIRECT + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + BODY + b"\r\n0\r\n\r\n", {400}),
        (DIRECT + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n" + BODY + b"\r\n0\r\n\r\n", {400, 413}),
        (DIRECT + b"Transfer-Encoding: chunked\r\n\r\n5\r\n" + BODY + b"\r\n0\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\n\r\n", {400}),
        (b"GET / HTTP/1.1" + END + b"Host: other.example\r\n\r\n", {400}),
        (b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a b<>\r\n\r\n", {400}),
        (b"GET / HTTP/9.9" + END + b"\r\n", {400, 505}),
        (b"GET /\r\n\r\n", {400, 505}),
        (b"\r\n\r\n\r\n", set()),
        (b"GET  /  HTTP/1.1" + END + b"\r\n", {200, 400}),
        (b"GET /\x00 HTTP/1.1" + END + b"\r\n", {400}),
        (b"GET /\xff HTTP/1.1" + END + b"\r\n", {400}),
        (b"GET / HTTP/1.1" + END + b"X: a\x00b\r\n\r\n", {400}),
        (b"GET / HTTP/1.1" + END + b" folded\r\n\r\n", {400}),
        (b"GET / HTTP/1.1" + END + b"no colon\r\n\r\n", {400}),
        (b"GET / HTTP/1.1" + END + b": no name\r\n\r\n", {400}),
        (b"CONNECT e.example:443 HTTP/1.1" + END + b"\r\n", {400, 404, 405, 501}),
        (b"OPTIONS * HTTP/1.1" + END + b"\r\n", {200, 204, 400, 404, 405}),
        (b"NOSUCH / HTTP/1.1" + END + b"\r\n", {400, 405, 501}),
        (b"get / HTTP/1.1" + END + b"\r\n", {400, 405, 501}),
        (b"TRACE /sparql HTTP/1.1" + END + b"\r\n", {405, 501}),
        (b"PROPFIND /sparql HTTP/1.1" + END + b"\r\n", {405, 501}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 405, 505}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400}),
        (b"GET /sparql?query=%ZZ HTTP/1.1" + END + b"\r\n", {400}),
        (b"GET /sparql?query=%FF HTTP/1.1" + END + b"\r\n", {400}),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1" + END + b"\r\n", {404}),
        (b"GET /static/../../../etc/passwd HTTP/1.1" + END + b"\r\n", {404}),
        (b"GET /static/%2e%2e/%2e%2e/app.py HTTP/1.1" + END + b"\r\n", {404}),
        (b"GET /static//etc/passwd HTTP/1.1" + END + b"\r\n", {308, 404}),
    ],
)
def test_what_is_no_good_request_is_refused(server: Server, request_: bytes, expected: set[int]) -> None:
    answer = exchange(server, request_, first=SOON if expected else 2)
    found = statuses(answer)
    assert found[:1] == [] if not expected else found and found[0] in expected, answer[:300]
    # Nothing behind it is taken for a request of its own.
    assert 200 not in found[1:]
    assert_well(server)


def test_a_request_hidden_in_a_body_is_not_served(server: Server) -> None:
    hidden = get(LOOKUP)
    data = DIRECT + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden
    assert statuses(exchange(server, data)) == [400]
    body = b"x" * 10 + hidden
    data = b"POST /nowhere HTTP/1.1" + END + b"Content-Length: %d\r\n\r\n" % len(body) + body + post(LOOKUP)
    found = statuses(exchange(server, data))
    assert len(found) <= 2
    assert found[0] in (404, 405)


def test_http_1_0_needs_no_host_and_gets_no_chunks(server: Server) -> None:
    for query, least in ((LOOKUP, 50), (LARGE, 45_000_000)):
        body = query.encode()
        answer = exchange(
            server,
            b"POST /sparql HTTP/1.0\r\nContent-Type: application/sparql-query\r\nContent-Length: %d\r\n\r\n" % len(body)
            + body,
            quiet=SOON,
        )
        head, _, found = answer.partition(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n")[0]
        assert b"chunked" not in head.lower()
        # With or without a length, it ends with the connection.
        assert b"connection: close" in head.lower()
        assert len(found) > least


def test_a_target_in_absolute_form_is_served(server: Server) -> None:
    data = b"GET http://e.example/healthz HTTP/1.1" + END + b"Connection: close\r\n\r\n"
    answer = exchange(server, data)
    assert statuses(answer) == [200]
    assert b'"workers"' in answer
    # Without a path, RFC 9112 has the server take it for "/".
    found = statuses(exchange(server, b"GET http://e.example HTTP/1.1" + END + b"Connection: close\r\n\r\n"))
    assert found in ([200], [400])


def test_a_client_that_expects_to_continue_is_told_to(server: Server) -> None:
    body = LOOKUP.encode()
    with connect(server) as sock:
        sock.sendall(DIRECT + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert sock.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(body)
        assert b"item number 7" in receive(sock)


def test_a_client_whose_body_is_not_wanted_is_not_told_to_continue(server: Server) -> None:
    with connect(server) as sock:
        sock.sendall(DIRECT + b"Expect: 100-continue\r\nContent-Length: 90000000\r\n\r\n")
        assert statuses(receive(sock)) == [413]


def test_an_upgrade_is_passed_over(server: Server) -> None:
    upgrade = "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    assert statuses(exchange(server, post(LOOKUP, upgrade)))[:1] in ([200], [400])
    assert_well(server)


def test_a_body_is_taken_in_one_piece_with_its_head(start: Start) -> None:
    # A limit on heads that counts what came with a head would refuse this.
    with start("--workers", "1", "--max-query", "1000") as server:
        body = b"<x:s> <x:p> <x:o> .\n" * 10_000
        head = (
            b"PUT /store?graph=x:g HTTP/1.1" + END + b"Content-Type: application/n-triples\r\n"
            b"Authorization: Bearer %b\r\nContent-Length: %d\r\n\r\n" % (TOKEN.encode(), len(body))
        )
        assert statuses(exchange(server, head + body)) == [201]
        assert statuses(exchange(server, head + body)) == [204]


def test_a_client_that_leaves_frees_its_worker(server: Server) -> None:
    for reset in (False, True):
        sock = connect(server)
        sock.sendall(post(LONG))
        wait_until(lambda: server.health().get("busy") == 1, "the query runs")
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        sock.close()
        wait_until(lambda: server.health().get("busy") == 0, "the worker is free")
    wait_until(server.is_whole, "all workers are there")


def test_a_client_that_leaves_in_the_middle_of_a_result_frees_its_worker(server: Server) -> None:
    # More than the server would send in all, and for longer than the test takes.
    endless = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . }"
    sock = connect(server)
    sock.sendall(post(endless))
    assert sock.recv(100).startswith(b"HTTP/1.1 200")
    sock.close()
    wait_until(lambda: server.health().get("busy") == 0, "the worker is free")


def test_clients_that_leave_while_they_wait_leave_no_work_behind(server: Server) -> None:
    socks = [connect(server, "127.0.0.2") for _ in range(60)]
    for number, sock in enumerate(socks):
        sock.sendall(post(f"{LONG} # {number}"))
    wait_until(lambda: server.health().get("waiting", 0), "some wait")
    for sock in socks:
        sock.close()
    wait_until(server.is_whole, "nothing runs and nothing waits")
    assert_well(server)


def test_connections_beyond_the_limit_are_refused_and_others_stay(start: Start) -> None:
    with start("--workers", "1", "--connections", "40") as server, contextlib.ExitStack() as stack:
        with connect(server, "127.0.0.3") as other:
            socks = [stack.enter_context(connect(server, "127.0.0.2")) for _ in range(60)]
            refused = 0
            with selectors.DefaultSelector() as selector:
                for sock in socks:
                    selector.register(sock, selectors.EVENT_READ)
                end = time.monotonic() + SOON
                while refused < 40 and time.monotonic() < end:
                    for key, _events in selector.select(0.2):
                        assert statuses(receive(key.fileobj)) == [503]
                        selector.unregister(key.fileobj)
                        refused += 1
            # One address may have half of them.
            assert refused == 40
            other.sendall(post(LOOKUP))
            assert b"item number 7" in receive(other)
        stack.close()
        assert_well(server)
