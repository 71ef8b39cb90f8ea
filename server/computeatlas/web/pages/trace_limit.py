"""How many requests trace statements to their sources at once: it is done in this process, in up to a second."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import current_app

from computeatlas.model.errors import OverloadedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

_SLOTS = "atlas-tracing"
_AT_ONCE = 2
#: How long a request waits for its turn, in seconds.
_PATIENCE = 5.0


def register(app: Flask) -> None:
    """Give the application its places for traces."""
    app.extensions[_SLOTS] = threading.BoundedSemaphore(_AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Trace while others do not, but for one; raises OverloadedError where that takes too long to come about."""
    slots: threading.BoundedSemaphore = current_app.extensions[_SLOTS]
    if not slots.acquire(timeout=_PATIENCE):
        raise OverloadedError("as many answers are traced as this server traces at once", hint="try again")
    try:
        yield
    finally:
        slots.release()
