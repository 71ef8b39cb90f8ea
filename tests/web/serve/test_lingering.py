"""When a connection that lingers is closed at last: by a clock of the test's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.web.serve.lingering import BYTES, LINGERING_SECONDS, PAUSE, LingeringTransport

UNREAD = 60.0


class Socket:
    """A transport that remembers what it was told, and the loop with its clock."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.unwritten = 0
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def __getattr__(self, name: str) -> Any:
        return lambda *_data: self.told.append(name)

    def is_closing(self) -> bool:
        return "close" in self.told or "abort" in self.told

    def get_write_buffer_size(self) -> int:
        return self.unwritten


@pytest.fixture
def sock() -> Socket:
    return Socket()


@pytest.fixture
def transport(sock: Socket) -> LingeringTransport:
    return LingeringTransport(sock, sock)


def wait(sock: Socket, transport: LingeringTransport, seconds: float) -> None:
    sock.now += seconds
    transport.check(sock.now, UNREAD)


def test_only_the_side_that_writes_is_closed_at_first(sock: Socket, transport: LingeringTransport) -> None:
    assert not transport.is_closing()
    transport.write(b"answer")
    transport.close()
    transport.write(b"too late")
    transport.close()
    assert transport.is_closing()
    assert transport.lingers
    assert sock.told == ["write", "write_eof"]


def test_what_was_paused_is_read_on(sock: Socket, transport: LingeringTransport) -> None:
    transport.pause_reading()
    transport.close()
    transport.pause_reading()
    assert sock.told == ["pause_reading", "write_eof", "resume_reading"]


def test_a_pause_ends_it(sock: Socket, transport: LingeringTransport) -> None:
    transport.close()
    wait(sock, transport, PAUSE - 1)
    transport.discard(1)
    wait(sock, transport, PAUSE - 1)
    assert sock.told == ["write_eof"]
    wait(sock, transport, 2)
    assert sock.told == ["write_eof", "close"]


@given(st.lists(st.integers(0, int(PAUSE)), max_size=50))
def test_whoever_sends_on_and_on_is_cut_off_in_time(pauses: list[int]) -> None:
    sock = Socket()
    transport = LingeringTransport(sock, sock)
    transport.close()
    begun = sock.now
    for pause in pauses:
        wait(sock, transport, pause)
        transport.discard(1)
        assert ("close" in sock.told) == (sock.now - begun > LINGERING_SECONDS)


@given(st.lists(st.integers(0, BYTES), max_size=10))
def test_whoever_sends_too_much_is_cut_off(sizes: list[int]) -> None:
    sock = Socket()
    transport = LingeringTransport(sock, sock)
    transport.close()
    for size in sizes:
        transport.discard(size)
    assert ("close" in sock.told) == (sum(sizes) > BYTES)


def test_the_clock_begins_when_the_answer_is_written(sock: Socket, transport: LingeringTransport) -> None:
    transport.close(2)
    for left in range(40, 0, -1):
        sock.unwritten = left
        transport.discard(1)
        wait(sock, transport, 3)
    assert sock.told == ["write_eof"]
    sock.unwritten = 0
    transport.discard(1)
    wait(sock, transport, 1)
    assert sock.told == ["write_eof"]
    wait(sock, transport, 2)
    assert sock.told == ["write_eof", "close"]


@pytest.mark.parametrize("close", ["close", "close_now"])
def test_whoever_does_not_read_the_last_answer_is_cut_off(
    sock: Socket, transport: LingeringTransport, close: str
) -> None:
    sock.unwritten = 10
    getattr(transport, close)()
    wait(sock, transport, 1)
    wait(sock, transport, UNREAD - 1)
    assert "abort" not in sock.told
    wait(sock, transport, 2)
    assert sock.told[-1] == "abort"


def test_a_connection_that_was_reset_is_no_error(sock: Socket, transport: LingeringTransport) -> None:
    def reset() -> None:
        raise OSError(107, "Transport endpoint is not connected")

    sock.write_eof = reset
    transport.close()
    assert transport.is_closing()
    assert sock.told == ["abort"]
