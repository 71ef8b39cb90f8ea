"""What long queries owe to the quick ones of others: the processor whenever those want it, and one core kept clear.

Linux puts a thread of the class SCHED_IDLE aside as soon as another wants its core, but for some wake-ups in a hundred
only at the next tick of its clock, 4 ms later. A core on which no such thread runs has no such delay.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from cachetools import LRUCache

#: After so many seconds without a quick query of another client, long ones may use every core again.
_RECENT = 0.2


class CpuPriority:
    """Which clients asked quick queries of late, and what that means for the long queries of others."""

    def __init__(self, cores: frozenset[int]):
        self._all = cores
        #: The cores of long queries while another client is about: all but one, where there is more than one.
        self._most = cores - {min(cores)} if len(cores) > 1 else cores
        #: Client → when it was last quick. Two are enough to know whether there is one besides any given one.
        self._quick: LRUCache[str, float] = LRUCache(2)

    def quick(self, client: str, now: float) -> None:
        """Take note that a query of `client` took little time."""
        self._quick[client] = now

    def cores(self, client: str, now: float) -> frozenset[int]:
        """Return the cores on which a long query of `client` may run."""
        others = any(who != client and now - when < _RECENT for who, when in self._quick.items())
        return self._most if others else self._all


def step_back(thread: int, cores: frozenset[int]) -> None:
    """Let the process of `thread` run on `cores` only, and there only when nobody else wants the processor (sched(7)).

    Not a nice value: who wakes beside a thread that has one waits for the end of its time slice. All its threads: the
    last of them to end gives the memory back, which takes a while.
    """
    with contextlib.suppress(OSError):
        _schedule(thread, os.SCHED_IDLE, cores)


def step_forward(thread: int, cores: frozenset[int]) -> bool:
    """Let the process of `thread` run like others again, on `cores`, and say whether the system allows that."""
    try:
        _schedule(thread, os.SCHED_OTHER, cores)
    except OSError:
        return False
    return True


def _schedule(thread: int, policy: int, cores: frozenset[int]) -> None:
    for each in Path(f"/proc/{thread}/task").iterdir():
        os.sched_setscheduler(int(each.name), policy, os.sched_param(0))
        os.sched_setaffinity(int(each.name), cores)
