"""Progress of long work: a function that is called with the name of each step as it begins."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]


def silent(step: str) -> None:
    """Do nothing with the name of a step."""
    del step
