"""The web process's end of a fork server's control channel."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from computeatlas.engine.pool.wire import unpack_error
from computeatlas.model.errors import EngineFaultError

if TYPE_CHECKING:
    from collections.abc import Callable

    from computeatlas.engine.changes import Change
    from computeatlas.engine.pool.fork_server import Start

_MESSAGE = 128 * 1024


class ForkServerClient:
    """A fork server, seen from outside: `hear` gets each of its messages, and None when it has ended."""

    def __init__(self, control: socket.socket, wait: Callable[[], object]):
        self.hear: Callable[[dict[str, Any] | None], None] = lambda _message: None
        self._control = control
        self._wait = wait
        control.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(control.fileno(), self._readable)
        self.is_open = True

    @classmethod
    async def spawn(cls, start: Start) -> tuple[ForkServerClient, dict[str, Any]]:
        """Start a fork server in a process of its own and return it with what it says of its data: quads and changes.

        Raises DataError or UsageError where the data cannot be loaded, EngineFaultError where the process ends.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - this interpreter and this package
                [sys.executable, "-m", "computeatlas.engine.pool.fork_server", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_sendall(ours, json.dumps(start.as_data()).encode())
            data = await loop.sock_recv(ours, _MESSAGE)
        except OSError as error:
            ours.close()
            raise EngineFaultError(f"the engine did not start: {error}") from error
        if not data:
            ours.close()
            code = await loop.run_in_executor(None, process.wait)
            raise EngineFaultError(f"the engine ended while it loaded the data (exit {code})")
        news = json.loads(data)
        if "error" in news:
            ours.close()
            await loop.run_in_executor(None, process.wait)
            raise unpack_error(news["error"].encode())
        return cls(ours, process.wait), news

    def fork_worker(self, number: int) -> socket.socket:
        """Ask for a worker and return our end of its channel; raises OSError where the fork server is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [json.dumps({"do": "worker", "id": number}).encode()], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    async def change(
        self, number: int, change: Change, data: int, timeout: float
    ) -> tuple[ForkServerClient, dict[str, Any]]:
        """Have `change` made, its text or RDF in the file `data`, and return the next fork server and what it says.

        Where the data lies on disk, the next fork server is closed already, and this one goes on. Raises what the
        change raises, EngineFaultError where the writer ended.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        message = {"do": "write", "id": number, "change": change.as_data(), "timeout": timeout}
        with theirs:
            try:
                socket.send_fds(self._control, [json.dumps(message).encode()], [theirs.fileno(), data])
            except OSError as error:
                ours.close()
                raise EngineFaultError("the engine has ended", hint="try again in a few seconds") from error
        ours.setblocking(False)
        answer = await asyncio.get_running_loop().sock_recv(ours, _MESSAGE)
        if not answer:
            ours.close()
            raise EngineFaultError("the writer ended")
        news = json.loads(answer)
        if "error" in news:
            ours.close()
            raise unpack_error(news["error"].encode())
        return ForkServerClient(ours, partial(_wait, int(news["pid"]))), news

    def close(self) -> None:
        """End the fork server and its children."""
        if not self.is_open:
            return
        self.is_open = False
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        # It ends at once, and is nobody else's to wait for.
        self._loop.run_in_executor(None, self._wait)

    def _readable(self) -> None:
        while True:
            try:
                data = self._control.recv(_MESSAGE)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.close()
                self.hear(None)
                return
            self.hear(json.loads(data))


def _wait(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def kill(pidfd: int) -> None:
    """End the process behind `pidfd` at once."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
