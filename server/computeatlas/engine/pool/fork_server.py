"""The fork server: a process of one thread that holds the data set and forks what works on it.

Run as `python -m computeatlas.engine.pool.fork_server FD` with one end of a SOCK_SEQPACKET pair as its control
channel. A store in memory is loaded here once and shared with every worker by fork. A
store on disk is opened by each worker, read-only, because RocksDB's threads do not survive a fork.

A change is made in a forked child. In memory, the child that has made it becomes the next nursery; on disk, it writes
the next generation. The nursery ends, with its children, when its control channel is closed.
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
from computeatlas.engine.load import DataFile, load_file
from computeatlas.engine.pool import sandbox
from computeatlas.engine.pool.wire import pack_error
from computeatlas.engine.pool.worker import run_worker
from computeatlas.model.errors import AtlasError, DataError, EngineFaultError, QueryMemoryError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Longer messages are not sent: texts and data travel in files.
_MESSAGE = 128 * 1024
#: How much of a dead child's last words is passed on.
_LAST_WORDS = 2000


@dataclass(frozen=True)
class Start:
    """What a fork server is told first: what to load, and where to keep it.

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
    pidfd: int
    words: int
    is_worker: bool


class ForkServer:
    """The loop of the process, on its control channel."""

    def __init__(self, control: socket.socket, start: Start, store: ox.Store | None = None):
        self._control = control
        self._start = start
        self._store = store
        self._children: dict[int, _Child] = {}
        self._ended = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)

    def run(self) -> ForkServer | None:
        """Do what comes over the control channel until it is closed.

        Returns None then. In a child that has made a change it returns the fork server that the child is to be:
        returned, not run here, since each generation would else run on the stack of the one before.
        """
        while True:
            for key, _events in self._selector.select():
                if key.data is not None:
                    self._bury(key.data)
                elif (following := self._listen()) is not None:
                    return following
                elif self._ended:
                    self._end()
                    return None

    def _say(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self._control.send(json.dumps(message).encode())

    def _listen(self) -> ForkServer | None:
        """Do what the next message says; returns a fork server in a child that is to be one."""
        try:
            data, descriptors, _flags, _address = socket.recv_fds(self._control, _MESSAGE, 2)
        except OSError:
            data, descriptors = b"", []
        if not data:
            self._ended = True
            return None
        message = json.loads(data)
        if message["do"] == "worker":
            following = self._fork(message["id"], lambda: self._worker(descriptors[0]), is_worker=True)
        else:
            following = self._fork(message["id"], lambda: self._writer(message, *descriptors), is_worker=False)
        if following is None:
            for descriptor in descriptors:
                os.close(descriptor)
        return following

    def _fork(self, number: int, work: Callable[[], ForkServer | None], *, is_worker: bool) -> ForkServer | None:
        """Do `work` in a forked child, which ends with it, unless `work` returns what the child is to be then."""
        parent = os.getpid()
        words = os.memfd_create("last words")
        try:
            pid = os.fork()
        except OSError as error:
            os.close(words)
            self._say({"stillborn": number, "why": error.strerror})
            return None
        if pid:
            pidfd = os.pidfd_open(pid)
            self._children[pid] = _Child(pidfd, words, is_worker)
            self._selector.register(pidfd, selectors.EVENT_READ, pid)
            self._say({"born": number, "pid": pid, "worker": is_worker})
            return None
        code = 1
        try:
            os.dup2(words, 2)
            os.close(words)
            self._forget_family()
            sandbox.die_with_parent(parent)
            following = work()
            if following is not None:
                return following
            code = 0
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(code)

    def _forget_family(self) -> None:
        """In a child: close what belongs to the parent."""
        self._selector.close()
        for child in self._children.values():
            os.close(child.pidfd)
            os.close(child.words)
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
                created = apply_change(store, change, file)
            finally:
                sandbox.allow_descriptors()
                sandbox.free_memory_limit()
            return {"created": created, "quads": len(store)}

        if self._store is not None:
            return fill(self._store)
        directory = Path(str(self._start.directory))
        before = disk.current_generation(directory)
        changes = (before.changes if before else 0) + 1
        return disk.make_generation(directory, before, fill, origin=self._start.origin, changes=changes)

    def _bury(self, pid: int) -> None:
        child = self._children.pop(pid)
        self._selector.unregister(child.pidfd)
        _pid, status = os.waitpid(pid, 0)
        length = os.fstat(child.words).st_size
        said = os.pread(child.words, _LAST_WORDS, max(0, length - _LAST_WORDS)).decode("utf-8", "replace")
        os.close(child.pidfd)
        os.close(child.words)
        self._say({"dead": pid, "status": os.waitstatus_to_exitcode(status), "said": said})

    def _end(self) -> None:
        # A writer may be the next fork server by now; one that is not ends with its parent.
        for pid, child in self._children.items():
            if child.is_worker:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def open_memory(start: Start) -> ox.Store:
    """Return a store in memory that holds the files; raises DataError for a file that cannot be loaded."""
    store = ox.Store()
    for file in start.files:
        load_file(store, file)
    return store


def open_disk(start: Start) -> dict[str, Any]:
    """Have the files in the directory, loading them where they are not, and say what is there: quads and changes.

    Raises DataError for files that cannot be loaded, UsageError for a directory that holds something else.
    """
    directory = Path(str(start.directory))
    generation = disk.current_generation(directory)
    if generation is not None and generation.origin == start.origin:
        disk.purge(directory, generation.path)
        return {"quads": len(ox.Store.read_only(generation.store)), "changes": generation.changes}
    if generation is not None and generation.changes:
        raise DataError(
            f"holds {generation.changes} changes of other data",
            where=start.directory,
            hint="serve those files, name another directory, or remove this one",
        )

    def fill(store: ox.Store) -> int:
        for file in start.files:
            load_file(store, file)
        store.optimize()
        return len(store)

    quads = disk.make_generation(directory, generation, fill, origin=start.origin, changes=0, copy=False)
    return {"quads": quads, "changes": 0}


def _in_child(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `work` returns, done in a forked child: RocksDB leaves threads behind that no later fork has."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.write(writer, json.dumps(_report(work)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        data = file.read()
    os.waitpid(pid, 0)
    return json.loads(data) if data else {"error": pack_error(DataError("the engine ended while it loaded")).decode()}


def _report(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `work` returns, or its error."""
    try:
        return work()
    except AtlasError as error:
        return {"error": pack_error(error).decode()}
    except OSError as error:
        return {"error": pack_error(DataError(f"cannot be used: {error.strerror or error}")).decode()}


def main(descriptor: int) -> None:
    """Be a fork server on the control channel `descriptor`."""
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

        news = _report(load)
    else:
        news = _in_child(lambda: open_disk(start))
    # What was made until now lives as long as the process; a collection in each fork would only copy its pages.
    gc.freeze()
    control.send(json.dumps(news).encode())
    if "error" in news:
        return
    fork_server: ForkServer | None = ForkServer(control, start, store)
    while fork_server is not None:
        fork_server = fork_server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
