"""The channel and the process of one worker: bytes to and from the socket, signals, CPU class, memory."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from computeatlas.engine.pool.cpu_priority import lower_priority, restore_priority
from computeatlas.engine.pool.wire import HEAD

if TYPE_CHECKING:
    import asyncio
    import socket

    from computeatlas.engine.pool.worker_handle import WorkerHandle

_RECEIVE = 256 * 1024
#: How much more memory than at its start a worker may hold after a long query, in bytes, before it is replaced: what it
#: has freed it seldom gives back to the system.
_GROWTH = 16 * 1024 * 1024


class WorkerProcess:
    """Delivers the messages of a worker to `worker`, and the end of its channel, until `close`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, channel: socket.socket, worker: WorkerHandle):
        self._loop = loop
        self._channel = channel
        self._worker = worker
        self._buffer = bytearray()
        self._is_open = True
        #: The rest of a query that the socket had no room for.
        self._sending: asyncio.Task[None] | None = None
        #: None until the fork server has told it.
        self.pid: int | None = None
        self._pidfd: int | None = None
        self._thread = 0
        #: Bytes of memory that it held when it was ready.
        self._size = 0
        channel.setblocking(False)
        loop.add_reader(channel.fileno(), self._readable)

    @property
    def has_grown(self) -> bool:
        """Whether it holds more memory than a worker should between queries."""
        return self._memory() > self._size + _GROWTH

    def send(self, data: bytes) -> bool:
        """Send `data` and return True, or return False where the other end of the channel is closed."""
        try:
            sent = self._channel.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            return False
        if sent < len(data):
            self._sending = self._loop.create_task(self._send(data[sent:]))
        return True

    def drain(self) -> None:
        """Deliver what a process that has ended sent before, and the end of its channel."""
        while self._is_open:
            try:
                data = self._channel.recv(_RECEIVE)
            except OSError:
                data = b""
            self._deliver(data)

    def attach(self, pid: int) -> None:
        """Take note of the process id, from the fork server that has forked it and has not waited for it yet."""
        self.pid = pid
        with contextlib.suppress(ProcessLookupError):
            self._pidfd = os.pidfd_open(pid)

    def note_ready(self, thread: int) -> None:
        """Take note of the thread that evaluates queries, and of the memory that it needs before the first."""
        self._thread = thread
        self._size = self._memory()

    def kill(self) -> None:
        """End the process at once, if it is known."""
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def close(self) -> None:
        """Close our end of the channel; a worker that waits for queries ends when it sees that."""
        if self._is_open:
            self._is_open = False
            if self._sending is not None:
                self._sending.cancel()
            self._loop.remove_reader(self._channel.fileno())
            self._channel.close()

    def release(self) -> None:
        """Let go of the process."""
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None

    def lower_priority(self, cores: frozenset[int]) -> None:
        """Let the process run on `cores` only, and when nobody else wants the processor."""
        lower_priority(self._thread, cores)

    def restore_priority(self, cores: frozenset[int]) -> bool:
        """Let the process run like others again, on `cores`; return whether the system allows that."""
        return restore_priority(self._thread, cores)

    def _memory(self) -> int:
        """Return how many bytes of memory the process holds, 0 where the system does not tell."""
        try:
            pages = Path(f"/proc/{self._thread}/statm").read_text(encoding="ascii").split()[1]
        except OSError:
            return 0
        return int(pages) * resource.getpagesize()

    async def _send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            await self._loop.sock_sendall(self._channel, data)

    def _readable(self) -> None:
        try:
            data = self._channel.recv(_RECEIVE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._deliver(data)

    def _deliver(self, data: bytes) -> None:
        """Deliver the whole messages in `data`, where none means the end of the channel."""
        worker = self._worker
        if not data:
            worker.disconnected()
            return
        if self._buffer:
            self._buffer += data
            data = bytes(self._buffer)
            self._buffer.clear()
        now = self._loop.time()
        at, end = 0, len(data)
        # A message may be the one after which the worker is ended.
        while end - at >= HEAD and self._is_open:
            length = int.from_bytes(data[at + 1 : at + HEAD], "little")
            if end - at - HEAD < length:
                break
            worker.receive(data[at : at + 1], data[at + HEAD : at + HEAD + length], now)
            at += HEAD + length
        if at < end:
            self._buffer += data[at:]
