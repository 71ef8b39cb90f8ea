"""Progress on the terminal: a bar that appears when a command takes more than a second."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Seconds before the bar appears.
_PATIENCE = 1.0


@contextmanager
def progress_bar(steps: int, console: Console | None = None) -> Iterator[Callable[[str], None]]:
    """Yield a function to call with the name of each of about `steps` steps as it begins.

    Nothing is shown when standard error is not a terminal, nor before a second has passed.
    """
    console = console or Console(stderr=True)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True)
    task = bar.add_task("", total=steps)
    begun = time.monotonic()
    started = False

    def step(name: str) -> None:
        nonlocal started
        if not started and console.is_terminal and time.monotonic() - begun > _PATIENCE:
            bar.start()
            started = True
        bar.update(task, description=name, advance=1)

    try:
        yield step
    finally:
        if started:
            bar.stop()
