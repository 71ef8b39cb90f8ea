"""The fork server: a process of one thread that holds the data set and forks workers and writers.

Run as `python -m computeatlas.engine.pool.fork_server FD` with one end of a SOCK_SEQPACKET pair as its control
channel. A store in memory is loaded here once and shared with every worker by fork. A store on disk is opened by each
worker, read-only, because RocksDB's threads do not survive a fork.

A change is made in a forked child, the writer. In memory, the writer becomes the next fork server; on disk, it writes
the next generation. The fork server ends, with its children, when its control channel is closed.

Messages are JSON objects, one a packet. The first is a `Start`, answered by `quads` and `changes`, or by `error`. Then
requests come in, `start worker` and `start writer`, with a `number` and file descriptors. Events go out, each with the
`number` and the `kind` of the child, `worker` or `writer`: `started` with `pid`; `start failed` with `reason`; `exited`
with `pid`, `status` and `stderr`.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph as ox

from computeatlas.engine import disk
from computeatlas.engine.changes import Change, apply_change
from computeatlas.engine.literal_forms import LiteralForms
from computeatlas.engine.load import DataFile
from computeatlas.engine.pool import sandbox
from computeatlas.engine.pool.loading import in_child, open_disk, open_memory, or_error
from computeatlas.engine.pool.wire import pack_error
from computeatlas.engine.pool.worker import run_worker
from computeatlas.model.errors import AtlasError, DataError, EngineFaultError, QueryMemoryError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Longer messages are not sent: texts and data travel in files.
_MESSAGE = 128 * 1024
#: How many bytes of a child's stderr, of its beginning and of its end, are reported when it has ended.
_STDERR = 2000


@dataclass(frozen=True)
class Start:
    """The first message to a fork server: what to load, and where to keep it.

    `directory` is None for a store in memory. `origin` is a digest of what is loaded: a directory that holds a
    generation of the same origin is used as it is. `memory` is what a worker may use, in bytes; `offline` says that
    workers may open no socket.
    """

    files: tuple[DataFile, ...] = ()
    directory: str | None = None
    origin: str = ""
    memory: int = 1 << 30
    offline: bool = True

    def as_data(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        files = [[file.path, file.sha256] for file in self.files]
        return {**self.__dict__, "files": files}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Start:
        """Return what `as_data` gave."""
        return cls(**{**data, "files": tuple(DataFile(path, sha256) for path, sha256 in data["files"])})


@dataclass(frozen=True)
class _Child:
    number: int
    kind: str
    pidfd: int
    stderr: int


class ForkServer:
    """The loop of the process: requests on the control channel, and children that end."""

    def __init__(self, control: socket.socket, start: Start, store: ox.Store | None = None):
        self._control = control
        self._start = start
        self._store = store
        self._children: dict[int, _Child] = {}
        self._ended = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)

    def run(self) -> ForkServer | None:
        """Serve requests until the control channel is closed, and return None then.

        In a child that has made a change it returns the fork server that the child becomes. That one is not run here,
        since each generation would then run on the stack of the one before.
        """
        while True:
            for key, _events in self._selector.select():
                if key.data is not None:
                    self._reap(key.data)
                elif (following := self._serve_request()) is not None:
                    return following
                elif self._ended:
                    self._end()
                    return None

    def _send(self, event: str, number: int, kind: str, **more: Any) -> None:
        with contextlib.suppress(OSError):
            self._control.send(json.dumps({"event": event, "number": number, "kind": kind, **more}).encode())

    def _serve_request(self) -> ForkServer | None:
        """Serve the next request; returns a fork server in a child that becomes one."""
        try:
            data, descriptors, _flags, _address = socket.recv_fds(self._control, _MESSAGE, 2)
        except OSError:
            data, descriptors = b"", []
        if not data:
            self._ended = True
            return None
        message = json.loads(data)
        number = message["number"]
        if message["request"] == "start worker":
            following = self._fork(number, "worker", lambda: self._worker(descriptors[0]))
        else:
            following = self._fork(number, "writer", lambda: self._writer(message, *descriptors))
        if following is None:
            for descriptor in descriptors:
                os.close(descriptor)
        return following

    def _fork(self, number: int, kind: str, work: Callable[[], ForkServer | None]) -> ForkServer | None:
        """Do `work` in a forked child, which ends with it, unless `work` returns what the child becomes."""
        parent = os.getpid()
        stderr = os.memfd_create("stderr")
        try:
            pid = os.fork()
        except OSError as error:
            os.close(stderr)
            self._send("start failed", number, kind, reason=error.strerror)
            return None
        if pid:
            pidfd = os.pidfd_open(pid)
            self._children[pid] = _Child(number, kind, pidfd, stderr)
            self._selector.register(pidfd, selectors.EVENT_READ, pid)
            self._send("started", number, kind, pid=pid)
            return None
        code = 1
        try:
            os.dup2(stderr, 2)
            os.close(stderr)
            self._close_inherited()
            sandbox.die_with_parent(parent)
            following = work()
            if following is not None:
                return following
            code = 0
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(code)

    def _close_inherited(self) -> None:
        """In a child: close what belongs to the parent."""
        self._selector.close()
        for child in self._children.values():
            os.close(child.pidfd)
            os.close(child.stderr)
        self._children.clear()
        self._control.close()

    def _worker(self, descriptor: int) -> None:
        run_worker(self._open, socket.socket(fileno=descriptor), self._start.memory, offline=self._start.offline)

    def _open(self) -> ox.Store:
        if self._store is not None:
            return self._store
        generation = disk.current_generation(Path(str(self._start.directory)))
        if generation is None:
            raise DataError("the generation on disk is gone", where=self._start.directory)
        return ox.Store.read_only(generation.store)

    def _writer(self, message: dict[str, Any], control: int, data: int) -> ForkServer | None:
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=control)
        change = Change.from_data(message["change"])
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        sandbox.set_timer(message["timeout"])
        outcome: dict[str, Any] = {}

        def work() -> None:
            with os.fdopen(data, "rb") as file:
                try:
                    outcome.update(self._change(change, file))
                except MemoryError:
                    outcome["error"] = pack_error(QueryMemoryError("the change needs more memory than it may")).decode()
                except AtlasError as error:
                    outcome["error"] = pack_error(error).decode()
                except OSError as error:
                    fault = EngineFaultError(f"the change cannot be written: {error.strerror or error}")
                    outcome["error"] = pack_error(fault).decode()

        sandbox.run_with_stack(work)
        sandbox.set_timer(0)
        succeeds = self._store is not None and "error" not in outcome
        if succeeds:
            # The old fork server ends soon, and this one must not end with it.
            sandbox.outlive_parent()
        channel.send(json.dumps({**outcome, "pid": os.getpid()}).encode())
        return ForkServer(channel, self._start, self._store) if succeeds else None

    def _change(self, change: Change, file: IO[bytes]) -> dict[str, Any]:
        # RocksDB opens files whenever it likes, so where the system can do that a writer on disk gives up sockets only.
        may_open_files = not self._start.offline or (self._store is None and sandbox.forbid_sockets())

        def fill(store: ox.Store) -> dict[str, Any]:
            # Not before: the threads that RocksDB has by now take much address space and little memory.
            sandbox.limit_memory(self._start.memory)
            if not may_open_files:
                sandbox.forbid_descriptors(for_good=False)
            try:
                forms = LiteralForms()
                created = apply_change(store, change, file, forms)
            finally:
                sandbox.allow_descriptors()
                sandbox.free_memory_limit()
            return {"created": created, "quads": len(store), "altered": forms.changed}

        if self._store is not None:
            return fill(self._store)
        directory = Path(str(self._start.directory))
        before = disk.current_generation(directory)
        changes = (before.changes if before else 0) + 1
        return disk.make_generation(directory, before, fill, origin=self._start.origin, changes=changes)

    def _reap(self, pid: int) -> None:
        """Wait for a child that has ended, and report it."""
        child = self._children.pop(pid)
        self._selector.unregister(child.pidfd)
        _pid, status = os.waitpid(pid, 0)
        stderr = read_ends(child.stderr, _STDERR).decode("utf-8", "replace")
        os.close(child.pidfd)
        os.close(child.stderr)
        code = os.waitstatus_to_exitcode(status)
        self._send("exited", child.number, child.kind, pid=pid, status=code, stderr=stderr)

    def _end(self) -> None:
        """Kill the workers and wait for them."""
        # A writer may be the next fork server by now; one that is not ends with its parent.
        workers = [pid for pid, child in self._children.items() if child.kind == "worker"]
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        for pid in workers:
            os.waitpid(pid, 0)


def read_ends(file: int, most: int) -> bytes:
    """Return the first and the last `most` bytes of the file descriptor `file`, all of it where it has no more.

    A panic begins with its reason, and a stack trace follows; another error may end with it.
    """
    length = os.fstat(file).st_size
    if length <= 2 * most:
        return os.pread(file, length, 0)
    return os.pread(file, most, 0) + b"\n...\n" + os.pread(file, most, length - most)


def main(descriptor: int) -> None:
    """Run a fork server on the control channel `descriptor`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sandbox.no_core_dumps()
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=descriptor)
    data = control.recv(_MESSAGE)
    if not data:
        return
    start = Start.from_data(json.loads(data))
    store: ox.Store | None = None
    if start.directory is None:

        def load() -> dict[str, Any]:
            nonlocal store
            store = open_memory(start)
            return {"quads": len(store), "changes": 0}

        loaded = or_error(load)
    else:
        loaded = in_child(lambda: open_disk(start))
    # A service manager or a terminal sends these to all processes of a service. What is under way is to be answered:
    # the web process decides when this one and its children end.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # What was made until now lives as long as the process; a collection in each fork would only copy its pages.
    gc.freeze()
    control.send(json.dumps(loaded).encode())
    if "error" in loaded:
        return
    fork_server: ForkServer | None = ForkServer(control, start, store)
    while fork_server is not None:
        fork_server = fork_server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
