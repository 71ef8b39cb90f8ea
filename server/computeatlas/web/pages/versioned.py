"""What is made from the data once, when it is first wanted, and kept until they change."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")


class Versioned(Generic[Made]):
    """A thing made of the data; threads that want it at the same time wait for the one that makes it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[str, Made] | None = None

    def get(self, version: str, make: Callable[[], Made]) -> Made:
        """Return what `make` made of the data of that version; an error of `make` is raised and nothing kept."""
        kept = self._kept
        if kept is not None and kept[0] == version:
            return kept[1]
        with self._lock:
            kept = self._kept
            if kept is None or kept[0] != version:
                kept = self._kept = (version, make())
            return kept[1]
