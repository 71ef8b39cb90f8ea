"""A worker, seen from the event loop: its channel, what it was given, and its process."""

from __future__ import annotations

import contextlib
import os
import resource
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from computeatlas.engine.pool import wire
from computeatlas.engine.pool.cpu_priority import step_back, step_forward
from computeatlas.engine.pool.fork_server_client import kill
from computeatlas.engine.pool.pending_query import Answer
from computeatlas.engine.pool.wire import HEAD, read_answer_head, read_rows, unpack_error
from computeatlas.model.errors import EngineFaultError

if TYPE_CHECKING:
    import asyncio
    import socket

    from computeatlas.engine.pool.fork_server_client import ForkServerClient
    from computeatlas.engine.pool.pending_query import PendingQuery
    from computeatlas.engine.pool.spool import Spool
    from computeatlas.model.errors import AtlasError

_RECEIVE = 256 * 1024
#: How much more memory than at its start a worker may hold after a long query, in bytes, before it is replaced: what it
#: has freed it seldom gives back to the system.
_GROWTH = 16 * 1024 * 1024


class Owner(Protocol):
    """Who has the workers: told when one is ready, idle or lost."""

    loop: asyncio.AbstractEventLoop

    def ready(self, worker_handle: WorkerHandle, /) -> None:
        """Take note that it can be given jobs."""

    def idle(self, worker_handle: WorkerHandle, /) -> None:
        """Take note that it has done all it was given."""

    def lost(self, worker_handle: WorkerHandle, /) -> None:
        """Take note that it has ended or was told to."""

    def took(self, client: str, seconds: float, /) -> None:
        """Take note how long a query of `client` took."""

    def new_spool(self) -> Spool:
        """Return a spool for a result that does not fit in one frame."""


class WorkerHandle:
    """A worker, seen from outside: `tickets` are what it was given, the first of them what it works on.

    A ticket that was given to another worker, or that nobody waits for, is None.
    """

    def __init__(self, owner: Owner, number: int, fork_server: ForkServerClient, channel: socket.socket):
        self.number = number
        self.fork_server = fork_server
        self.tickets: deque[PendingQuery | None] = deque()
        self.client = ""
        self.since = 0.0
        self.pidfd: int | None = None
        self.thread: int | None = None
        #: Bytes of memory that it held when it was ready.
        self._size = 0
        #: Where it runs when nobody else wants the processor; None while it is as good as others.
        self._cores: frozenset[int] | None = None
        self.verdict: AtlasError | None = None
        self.cause: AtlasError | None = None
        self.retiring = False
        self.condemned = False
        self._owner = owner
        self._channel = channel
        self._buffer = bytearray()
        channel.setblocking(False)
        owner.loop.add_reader(channel.fileno(), self._readable)

    def give(self, tickets: list[PendingQuery]) -> None:
        """Let the worker do the jobs of `tickets`."""
        self.tickets.extend(tickets)
        self.client = tickets[0].client
        self.since = self._owner.loop.time()
        data = tickets[0].data if len(tickets) == 1 else b"".join([ticket.data for ticket in tickets])
        try:
            sent = self._channel.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            # It is dead, and its channel tells so next.
            return
        if sent < len(data):
            self._owner.loop.create_task(self._send(data[sent:]))

    def kill(self, verdict: AtlasError | None) -> None:
        """End the process; the query it works on fails by `verdict`."""
        if self.condemned:
            return
        self.condemned = True
        self.verdict = verdict
        if self.pidfd is not None:
            kill(self.pidfd)
        self._owner.lost(self)

    def close(self) -> None:
        """Let go of the channel; a worker that still runs ends when it sees that."""
        self._owner.loop.remove_reader(self._channel.fileno())
        self._channel.close()

    def bury(self) -> None:
        """Let go of the process."""
        if self.pidfd is not None:
            os.close(self.pidfd)
            self.pidfd = None

    @property
    def has_grown(self) -> bool:
        """Whether it holds more memory than it should between queries."""
        return self._memory() > self._size + _GROWTH

    def yield_processor(self, cores: frozenset[int]) -> None:
        """Run only on `cores`, and when nobody else wants the processor, until `hurry`."""
        if self._cores != cores:
            self._cores = cores
            step_back(self.thread or 0, cores)

    def hurry(self, cores: frozenset[int]) -> bool:
        """Run like others again, on `cores`, and say whether the system allows that."""
        if not step_forward(self.thread or 0, cores):
            return False
        self._cores = None
        return True

    @property
    def is_slow(self) -> bool:
        """Whether it runs only when nobody else wants the processor."""
        return self._cores is not None

    def _memory(self) -> int:
        """Return how many bytes of memory its process holds, 0 where the system does not tell."""
        try:
            pages = Path(f"/proc/{self.thread}/statm").read_text(encoding="ascii").split()[1]
        except OSError:
            return 0
        return int(pages) * resource.getpagesize()

    async def _send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            await self._owner.loop.sock_sendall(self._channel, data)

    def _readable(self) -> None:
        try:
            data = self._channel.recv(_RECEIVE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            if not self.condemned:
                self.condemned = True
                self._owner.lost(self)
            return
        if self._buffer:
            self._buffer += data
            data = bytes(self._buffer)
            self._buffer.clear()
        at, end = 0, len(data)
        while end - at >= HEAD:
            length = int.from_bytes(data[at + 1 : at + HEAD], "little")
            if end - at - HEAD < length:
                break
            try:
                self._hear(data[at : at + 1], data[at + HEAD : at + HEAD + length])
            except (EngineFaultError, IndexError):
                self.kill(EngineFaultError("the worker sent what is no answer"))
                return
            at += HEAD + length
        if at < end:
            self._buffer += data[at:]

    def _hear(self, letter: bytes, payload: bytes) -> None:
        if letter == wire.READY:
            self.thread = int.from_bytes(payload, "little")
            self._size = self._memory()
            self._owner.ready(self)
            return
        ticket = self.tickets[0]
        if letter == wire.DATA:
            if ticket is not None and ticket.spool is not None:
                ticket.spool.append(payload)
            return
        if letter == wire.START:
            if ticket is not None:
                form, coding, rows = read_answer_head(payload)
                ticket.spool = self._owner.new_spool()
                ticket.resolve(Answer(form, coding, rows, ticket.spool))
            return
        head = read_answer_head(payload) if letter == wire.WHOLE else None
        self.tickets.popleft()
        if ticket is not None:
            if head is not None:
                ticket.resolve(Answer(*head, payload[wire.ANSWER_HEAD :]))
            elif letter == wire.END and ticket.spool is not None:
                ticket.spool.finish(read_rows(payload))
            else:
                ticket.reject(unpack_error(payload))
        now = self._owner.loop.time()
        self._owner.took(self.client, now - self.since)
        self.since = now
        if not self.tickets:
            self._owner.idle(self)
