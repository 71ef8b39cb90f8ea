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
import time
from typing import TYPE_CHECKING, Any

from computeatlas.engine.pool.wire import unpack_error
from computeatlas.model.errors import EngineFaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from computeatlas.engine.changes import Change
    from computeatlas.engine.pool.fork_server import Start

_MESSAGE = 128 * 1024


class ForkServerTerminatedError(EngineFaultError):
    """A fork server was told to end, by SIGTERM, while it loaded its data."""


class ForkServerClient:
    """A fork server as the web process sees it.

    `on_message` is called with each of its messages (`computeatlas.engine.pool.fork_server` lists them), and with None
    when its process has ended.
    """

    def __init__(self, control: socket.socket, pid: int):
        self.on_message: Callable[[dict[str, Any] | None], None] = lambda _message: None
        self._control = control
        self._pid = pid
        #: The processes that it has forked and has not reported the end of.
        self._children: set[int] = set()
        #: The child that has become the next fork server, which outlives this one.
        self._successor: int | None = None
        control.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(control.fileno(), self._readable)
        self.is_open = True

    @classmethod
    async def spawn(cls, start: Start) -> tuple[ForkServerClient, dict[str, Any]]:
        """Start a fork server in a process of its own; returns it with `quads` and `changes`, numbers, of its data.

        Raises DataError or UsageError where the data cannot be loaded, ForkServerTerminatedError where the process was
        told to end, EngineFaultError where it ended otherwise.
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
        except OSError:
            data = b""
        except asyncio.CancelledError:
            ours.close()
            process.kill()
            loop.run_in_executor(None, process.wait)
            raise
        if not data:
            ours.close()
            code = await loop.run_in_executor(None, process.wait)
            if code == -signal.SIGTERM:
                raise ForkServerTerminatedError("the engine was told to end while it loaded the data")
            raise EngineFaultError(f"the engine ended while it loaded the data (exit {code})")
        loaded = json.loads(data)
        if "error" in loaded:
            ours.close()
            await loop.run_in_executor(None, process.wait)
            raise unpack_error(loaded["error"].encode())
        # From now on the client waits for it; the object that started it must not.
        process.returncode = 0
        return cls(ours, process.pid), loaded

    def start_worker(self, number: int) -> socket.socket:
        """Ask for the worker `number` and return our end of its channel.

        Raises BlockingIOError where the fork server is behind with such requests, OSError where it has ended.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._request({"request": "start worker", "number": number}, theirs.fileno())
            except OSError:
                ours.close()
                raise
        return ours

    async def change(
        self, number: int, change: Change, data: int, timeout: float
    ) -> tuple[ForkServerClient, dict[str, Any]]:
        """Have the writer `number` make `change`, its text or RDF in the file descriptor `data`, within `timeout` s.

        Returns the next fork server and a dictionary: `created` says whether a graph came into being, `altered` is
        the number of literals that the engine gives back in another form, `quads` that of quads now. Where the data lie
        on disk, the next fork server has ended already, and this one goes on.
        Raises what the change raises, EngineFaultError where the writer ended.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = {"request": "start writer", "number": number, "change": change.as_data(), "timeout": timeout}
        with theirs:
            try:
                self._request(request, theirs.fileno(), data)
            except OSError as error:
                ours.close()
                raise EngineFaultError("the engine has ended", hint="try again in a few seconds") from error
        ours.setblocking(False)
        answer = await asyncio.get_running_loop().sock_recv(ours, _MESSAGE)
        if not answer:
            ours.close()
            raise EngineFaultError("the writer ended")
        changed = json.loads(answer)
        if "error" in changed:
            ours.close()
            raise unpack_error(changed["error"].encode())
        # Its own client waits for it.
        self._successor = int(changed["pid"])
        return ForkServerClient(ours, self._successor), changed

    def close(self) -> None:
        """End the fork server and its children."""
        if not self.is_open:
            return
        self.is_open = False
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        # It ends at once, and nobody else waits for it. If it was killed, its children end with it and become ours.
        pids = (self._pid, *(self._children - {self._successor}))
        # When the interpreter ends there are no threads to be had, and whoever inherits the processes waits for them.
        with contextlib.suppress(RuntimeError):
            self._loop.run_in_executor(None, _wait_for, pids)

    def _request(self, request: dict[str, Any], *descriptors: int) -> None:
        socket.send_fds(self._control, [json.dumps(request).encode()], list(descriptors))

    def _readable(self) -> None:
        while self.is_open:
            try:
                data = self._control.recv(_MESSAGE)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.close()
                self.on_message(None)
                return
            message = json.loads(data)
            if message["event"] == "started":
                self._children.add(message["pid"])
            elif message["event"] == "exited":
                self._children.discard(message["pid"])
            self.on_message(message)


def _wait_for(pids: Iterable[int]) -> None:
    """Wait until each process has ended and has been waited for, so that none stays as a zombie."""
    for pid in pids:
        while _exists(pid):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
                break
            # It is the child of a former fork server, which waits for it or ends and leaves it to us.
            time.sleep(0.02)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
