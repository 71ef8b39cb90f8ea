"""What a server allows one request and one client: numbers that an operator sets, with defaults fit for the public."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field

KIB = 1024
MIB = 1024 * KIB


def default_workers() -> int:
    """Return how many queries may run at once: two a core and two more, four at least."""
    return max(4, 2 * (os.cpu_count() or 1) + 2)


def default_memory() -> int:
    """Return how many bytes a query may use: a share of half the machine's memory, 256 MiB at least, 1 GiB at most."""
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        physical = 4096 * MIB
    return max(256 * MIB, min(1024 * MIB, physical // 2 // default_workers()))


@dataclass(frozen=True)
class Limits:
    """The limits of a server. Seconds, bytes and counts; `max_rows` and `rate` may be None: no limit.

    `memory` is what one query may use beyond the data set itself. `per_client` is how many workers one client may
    keep busy at once, 0 for two fewer than there are. `queue` is how many queries may wait for a worker.
    `connections` is how many connections may be open, `head_timeout` how long a client may take to send the head of a
    request, `body_timeout` its body, `idle_timeout` how long it may leave an answer unread.
    """

    timeout: float = 30.0
    write_timeout: float = 300.0
    workers: int = field(default_factory=default_workers)
    memory: int = field(default_factory=default_memory)
    max_query: int = 64 * KIB
    max_body: int = 64 * MIB
    max_result: int = 256 * MIB
    max_rows: int | None = None
    max_nesting: int = 200
    queue: int = 256
    queue_timeout: float = 15.0
    per_client: int = 0
    rate: str | None = "6000/minute"
    cache: int = 64 * MIB
    connections: int = 4096
    head_timeout: float = 20.0
    body_timeout: float = 120.0
    idle_timeout: float = 60.0

    @property
    def workers_per_client(self) -> int:
        """How many workers one client may keep busy at once."""
        return self.per_client or max(1, self.workers - 2)

    def as_data(self) -> dict[str, float | int | str | None]:
        """Return the limits as a JSON object, for `/healthz`."""
        return {**asdict(self), "per_client": self.workers_per_client}
