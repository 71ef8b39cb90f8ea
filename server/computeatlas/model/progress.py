"""How long work tells of its steps: by calling a function with the name of each step as it begins."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]


def silent(step: str) -> None:
    """Tell nobody of `step`."""
    del step
