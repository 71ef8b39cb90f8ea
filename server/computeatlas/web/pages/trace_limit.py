"""How many requests trace statements to their sources at once: it is done in this process, in up to a second."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from computeatlas.model.errors import OverloadedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT_ONCE = 2
#: How long a request waits for its turn, in seconds.
_PATIENCE = 5.0


class TraceLimit:
    """Lets a few requests trace at once."""

    def __init__(self) -> None:
        self._slots = threading.BoundedSemaphore(_AT_ONCE)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Trace while few others do; raises OverloadedError where the wait for a turn is too long."""
        if not self._slots.acquire(timeout=_PATIENCE):
            raise OverloadedError("as many answers are traced as this server traces at once", hint="try again")
        try:
            yield
        finally:
            self._slots.release()
