"""Slow queries leave the processor to the quick ones of other clients, and keep off one core while there are such.

Linux interrupts a thread of the class SCHED_IDLE as soon as another thread needs its core, but in some wake-ups of a
hundred only at the next tick of its clock, 4 ms later. A core on which no such thread runs has no such delay.
"""

from __future__ import annotations

import contextlib
import os
from collections import OrderedDict
from pathlib import Path

#: After so many seconds without a quick query of another client, slow ones may use every core again.
_RECENT = 0.2


class CpuPriority:
    """Which clients asked quick queries of late, and which cores that leaves to the slow queries of others."""

    def __init__(self, cores: frozenset[int]):
        self._all = cores
        #: The cores of slow queries while another client asks quick ones: all but one, where there is more than one.
        self._most = cores - {min(cores)} if len(cores) > 1 else cores
        #: Client → time of its last quick query, for the last two clients. They are enough to know whether there is one
        #: besides any given one.
        self._quick: OrderedDict[str, float] = OrderedDict()

    def note_quick(self, client: str, now: float) -> None:
        """Take note that a query of `client` took little time."""
        self._quick[client] = now
        self._quick.move_to_end(client)
        if len(self._quick) > 2:
            self._quick.popitem(last=False)

    def cores_for_slow(self, client: str, now: float) -> frozenset[int]:
        """Return the cores on which a slow query of `client` may run."""
        others = any(who != client and now - when < _RECENT for who, when in self._quick.items())
        return self._most if others else self._all


def lower_priority(thread: int, cores: frozenset[int]) -> None:
    """Let the process of `thread` run on `cores` only, and there only when nobody else wants the processor (sched(7)).

    Not by a nice value: a thread that wakes up beside a nice one still waits for the end of that one's time slice. All
    threads of the process are changed: the last of them to end gives the memory back, which takes a while.
    """
    with contextlib.suppress(OSError):
        _schedule(thread, os.SCHED_IDLE, cores)


def restore_priority(thread: int, cores: frozenset[int]) -> bool:
    """Let the process of `thread` run like others again, on `cores`, and return whether the system allows that."""
    try:
        _schedule(thread, os.SCHED_OTHER, cores)
    except OSError:
        return False
    return True


def _schedule(thread: int, policy: int, cores: frozenset[int]) -> None:
    for each in Path(f"/proc/{thread}/task").iterdir():
        os.sched_setscheduler(int(each.name), policy, os.sched_param(0))
        os.sched_setaffinity(int(each.name), cores)
