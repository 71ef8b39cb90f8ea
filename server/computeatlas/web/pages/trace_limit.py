"""How many requests trace statements to their sources at once: it is done in this process, in up to a second."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from computeatlas.engine.base import ClientGoneError
from computeatlas.model.errors import OverloadedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AT_ONCE = 2
#: How long a request waits for its turn, in seconds.
_PATIENCE = 5.0
#: How often it looks whether its client is still there.
_LOOK = 0.1


class TraceLimit:
    """Lets a few requests trace at once."""

    def __init__(self) -> None:
        self._slots = threading.BoundedSemaphore(_AT_ONCE)

    @contextmanager
    def turn(self, is_gone: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Trace while few others do; raises OverloadedError where the wait for a turn is too long.

        Raises ClientGoneError where `is_gone` says meanwhile that nobody waits any more.
        """
        end = time.monotonic() + _PATIENCE
        while not self._slots.acquire(timeout=min(_LOOK, _PATIENCE)):
            if is_gone():
                raise ClientGoneError
            if time.monotonic() < end:
                continue
            raise OverloadedError("as many answers are traced as this server traces at once", hint="try again")
        try:
            yield
        finally:
            self._slots.release()
