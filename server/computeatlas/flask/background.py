"""An engine in a thread of its own, for applications whose requests are threads and not coroutines."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from computeatlas.engine.pool.engine import PoolEngine
from computeatlas.engine.pool.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from computeatlas.engine.base import Engine
    from computeatlas.engine.pool.fork_server import Start
    from computeatlas.model.limits import Limits

Outcome = TypeVar("Outcome")

#: Seconds that closing may take before the process ends without it.
_CLOSING = 5.0


class BackgroundEngine:
    """The engine of one process, opened when it is first wanted.

    Servers such as gunicorn load an application and then fork. Neither threads nor connections outlive a fork, so each
    process opens an engine of its own; what a parent process had is left alone.
    """

    def __init__(self, start: Start, limits: Limits):
        self._start = start
        self._limits = limits
        self._lock = threading.Lock()
        self._owner = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._engine: PoolEngine | None = None
        # A lock that another thread held while the process was forked would never be free in the child.
        os.register_at_fork(after_in_child=self._forget)

    def open(self) -> Engine:
        """Return the engine, opened if this process has none; raises DataError for data that cannot be loaded."""
        with self._lock:
            if self._engine is None:
                loops: Future[asyncio.AbstractEventLoop] = Future()
                thread = threading.Thread(target=_run, args=(loops,), name="computeatlas-engine", daemon=True)
                thread.start()
                loop = loops.result()
                try:
                    self._engine = asyncio.run_coroutine_threadsafe(self._opened(), loop).result()
                except BaseException:
                    _stop(loop, thread)
                    raise
                self._loop, self._thread = loop, thread
                self._owner = os.getpid()
                atexit.register(self.close)
            return self._engine

    def run(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """Return what `work` returns, run in the loop of the open engine; raises what it raises."""
        if self._loop is None:
            work.close()
            raise RuntimeError("the engine is not open")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """End the workers of this process. The engine is opened again when it is wanted again."""
        with self._lock:
            engine, loop, thread = self._engine, self._loop, self._thread
            self._forget_engine()
            if engine is None or loop is None or thread is None or self._owner != os.getpid():
                return
            atexit.unregister(self.close)
            loop.call_soon_threadsafe(engine.close)
            _stop(loop, thread)

    async def _opened(self) -> PoolEngine:
        engine = PoolEngine(Pool(self._start, self._limits))
        await engine.open()
        return engine

    def _forget(self) -> None:
        """In a forked child: the engine belongs to the parent."""
        self._lock = threading.Lock()
        self._forget_engine()

    def _forget_engine(self) -> None:
        self._engine = self._loop = self._thread = None


def _run(loops: Future[asyncio.AbstractEventLoop]) -> None:
    """Run an event loop, which is handed out by `loops`, until it is stopped; its tasks are cancelled then."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        loops.set_result(loop)
        loop.run_forever()


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    loop.call_soon_threadsafe(loop.stop)
    thread.join(_CLOSING)
