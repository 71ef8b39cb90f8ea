"""Watching the inputs of a project for changes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from computeatlas.model.project import Project

#: Seconds between two polls: short enough that a save seems to be noticed at once.
_INTERVAL = 0.3


def stamps(project: Project) -> dict[str, tuple[int, int]]:
    """Return time of change and size of every input of `project`; a file that vanishes meanwhile is left out."""
    found = {}
    for name, path in project.inputs():
        try:
            status = path.stat()
        except OSError:
            continue
        found[name] = (status.st_mtime_ns, status.st_size)
    return found


def changes(
    project: Project, before: dict[str, tuple[int, int]], pause: Callable[[float], None] = time.sleep
) -> Iterator[list[str]]:
    """Yield the names of the inputs that changed since `before`, each time that some did.

    It polls, which works on every file system. `before` are the stamps taken before the work that is to be repeated, so
    that a save during the work is not missed.
    """
    while True:
        pause(_INTERVAL)
        now = stamps(project)
        if changed := sorted({name for name, _ in before.items() ^ now.items()}):
            yield changed
        before = now
