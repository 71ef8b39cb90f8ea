"""How often a client may ask: a bucket of tokens for each, filled at a steady rate.

The library `limits` was tried: its store in memory starts a thread at nearly every hit, which cost a sixth of the time
of a request.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass

from computeatlas.model.errors import UsageError

_PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"([0-9]{1,12})/(second|minute|hour|day)")
#: Clients that are remembered before those with a full bucket are looked for and forgotten.
_CLIENTS = 10_000


@dataclass(frozen=True)
class Rate:
    """So many requests in so many seconds, which may come all at once."""

    count: int
    seconds: int


def parse_rate(text: str) -> Rate:
    """Return the rate written in `text`, such as `6000/minute`; raises UsageError for anything else."""
    match = _RATE.fullmatch(text)
    if not match or int(match[1]) == 0:
        raise UsageError("is not a rate", where=text, hint="write such as 6000/minute, per second, minute, hour or day")
    return Rate(int(match[1]), _PERIODS[match[2]])


def is_private(host: str) -> bool:
    """Say whether a server that listens on `host`, a name or an address, is reached from its own machine only."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        # An IPv6 address may be followed by the name of an interface.
        return all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_loopback for entry in found)
    except (OSError, ValueError):
        # That it cannot be listened on is told by whoever tries.
        return False


class RateLimiter:
    """Counts the requests of clients against one rate; `now` is in seconds of any clock that only goes on."""

    def __init__(self, rate: Rate):
        self._full = float(rate.seconds)
        self._each = rate.seconds / rate.count
        #: Client → when its bucket is full again. A bucket that is full is not kept.
        self._full_at: dict[str, float] = {}
        self._sweep_at = _CLIENTS

    def wait(self, client: str, now: float) -> float:
        """Take a token of `client` and return 0, or return after how many seconds there is one."""
        full_at = max(self._full_at.get(client, 0.0), now) + self._each
        # A little more than nothing: sums of floating-point numbers are not exact.
        late = full_at - now - self._full
        if late > self._each * 1e-6:
            return late
        if len(self._full_at) >= self._sweep_at and client not in self._full_at:
            self._full_at = {name: at for name, at in self._full_at.items() if at > now}
            # Where few could be forgotten, looking again at each new client would cost more than the request.
            self._sweep_at = max(_CLIENTS, 2 * len(self._full_at))
        self._full_at[client] = full_at
        return 0.0
