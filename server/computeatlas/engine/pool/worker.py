"""A worker: a forked process that answers one job after another from its store, and can be killed at any moment.

It enters a sandbox before it takes its first job: a limit of memory, no new file descriptor, a timer around each job.
It sends a short answer in one frame, and a longer one in pieces, the first when HELD bytes are there; so an error
within those bytes still has an HTTP status of its own.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

from computeatlas.engine.base import Query
from computeatlas.engine.content_coding import ENCODERS, LEAST
from computeatlas.engine.evaluate import evaluate, require_graph, write_data_set, write_graph, write_result
from computeatlas.engine.pool import sandbox, wire
from computeatlas.engine.pool.wire import Job, frame
from computeatlas.engine.row_counter import RowCounter
from computeatlas.engine.serialise import check_characters, keep_line_breaks, tidy_prefixes
from computeatlas.model.errors import AtlasError, QueryMemoryError, ResultTooLargeError
from computeatlas.model.mediatypes import FORMATS, Format, ResultKind

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    import pyoxigraph as ox

from computeatlas.engine.content_coding import Encoder

#: Bytes of a result that are held back before an answer begins.
HELD = 64 * 1024
#: Seconds after its limit at which a job ends by the timer of the worker, should the web process not have killed it.
_GRACE = 2.0
_BY_NAME = {form.name: form for form in FORMATS}


class AnswerWriter:
    """Takes the bytes of one result and sends them as frames, compressed where the job asks for it."""

    def __init__(self, send: Callable[[bytes], object], job: Job):
        self._send = send
        self._job = job
        self._parts: list[bytes] = []
        self._held = 0
        self._size = 0
        self._encoder: Encoder | None = None
        self._coding = "identity"
        self._started = False
        self._form: Format
        self._counter: RowCounter

    def begin(self, form: Format) -> AnswerWriter:
        """Take a result in the format `form` from now on."""
        self._form = form
        self._counter = RowCounter(form)
        return self

    def write(self, data: bytes, /) -> int:
        """Take `data`; raises ResultTooLargeError beyond the job's limit."""
        self._parts.append(data)
        self._held += len(data)
        self._size += len(data)
        if self._size > self._job.max_result:
            raise ResultTooLargeError(
                f"the result has more than {self._job.max_result} bytes", hint="add LIMIT, or ask for less at a time"
            )
        if self._held >= HELD:
            self._emit()
        return len(data)

    def flush(self) -> None:
        """Do nothing: Oxigraph calls it when a result ends, and `finish` is what ends it."""

    def finish(self) -> None:
        """Send what is left, and the end."""
        if self._started:
            self._emit()
            if self._encoder and (rest := self._encoder.flush()):
                self._send(frame(wire.DATA, rest))
            self._send(frame(wire.END, wire.write_rows(self._counter.rows)))
            return
        body = self._take(whole=True)
        if len(body) >= LEAST and self._job.coding in ENCODERS:
            self._coding = self._job.coding
            encoder = ENCODERS[self._coding]()
            body = encoder.compress(body) + encoder.flush()
        head = wire.answer_head(self._form, self._coding, self._counter.rows)
        self._send(frame(wire.WHOLE, head + body))

    def _emit(self) -> None:
        body = self._take(whole=False)
        if not self._started:
            self._started = True
            if self._job.coding in ENCODERS:
                self._coding = self._job.coding
                self._encoder = ENCODERS[self._coding]()
            self._send(frame(wire.START, wire.answer_head(self._form, self._coding, None)))
        if self._encoder:
            body = self._encoder.compress(body)
        if body:
            self._send(frame(wire.DATA, body))

    def _take(self, *, whole: bool) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        self._held = 0
        if not self._started:
            data = tidy_prefixes(data, self._form, whole=whole)
        check_characters(data, self._form)
        data = keep_line_breaks(data, self._form)
        self._counter.add(data)
        return data


def perform(store: ox.Store, job: Job, send: Callable[[bytes], object]) -> None:
    """Do `job` on `store`: send its answer, or its error, as frames."""
    writer = AnswerWriter(send, job)
    names = dict(job.formats)

    def choose(kind: ResultKind) -> Format | None:
        return _BY_NAME.get(names.get(kind, ""))

    try:
        if job.verb == "query":
            query = Query(job.text, job.default, job.named, job.base, job.union, job.max_rows, job.sort_by_kind)
            write_result(evaluate(store, query), choose, writer.begin, job.max_rows)
        elif job.verb == "exists":
            require_graph(store, job.named[0])
            writer.begin(_BY_NAME["nt"])
        elif job.verb == "graph":
            form = _BY_NAME[names[ResultKind.GRAPH]]
            name = job.named[0] if job.named else None
            write_graph(store, name, union=job.union, form=form, writer=writer.begin(form))
        else:
            form = _BY_NAME[names[ResultKind.DATASET]]
            write_data_set(store, form, writer.begin(form))
        writer.finish()
    except MemoryError:
        send(frame(wire.ERROR, wire.pack_error(QueryMemoryError("the query needs more memory than it may use"))))
    except AtlasError as error:
        send(frame(wire.ERROR, wire.pack_error(error)))


def serve_jobs(store: ox.Store, channel: socket.socket) -> None:
    """Do the jobs that come over `channel` until its other end is closed."""
    pending = bytearray()
    while True:
        data = channel.recv(256 * 1024)
        if not data:
            return
        pending += data
        done = 0
        while len(pending) - done >= 4:
            end = done + 4 + int.from_bytes(pending[done : done + 4], "little")
            if end > len(pending):
                break
            job = Job.unpack(bytes(pending[done + 4 : end]))
            done = end
            sandbox.set_timer(job.timeout + _GRACE)
            perform(store, job, channel.sendall)
        del pending[:done]
        sandbox.set_timer(0)


def run_worker(
    open_store: Callable[[], ox.Store], channel: socket.socket, memory: int, *, offline: bool = True
) -> None:
    """Run a worker until `channel` closes. Called in a fresh fork; does not return.

    A worker that is not `offline` may open sockets, as federated queries do.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def work() -> None:
        store = open_store()
        sandbox.limit_memory(memory)
        if offline:
            sandbox.forbid_descriptors(for_good=True)
        channel.sendall(frame(wire.READY, threading.get_native_id().to_bytes(4, "little")))
        serve_jobs(store, channel)

    try:
        sandbox.run_with_stack(work)
    except OSError:
        # The other end is gone.
        os._exit(0)
    os._exit(0)
