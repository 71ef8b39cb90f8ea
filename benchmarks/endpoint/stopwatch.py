"""How long a call takes."""

from __future__ import annotations

import time
from statistics import mean, median
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Item = TypeVar("Item")
FEWEST_ROUNDS = 3


def microseconds(work: Callable[[Item], object], items: Sequence[Item], seconds: float) -> float:
    """Return the time of a call of `work` in µs: the mean over `items` of each item's median.

    The items take turns for so many seconds, three times each at least, so that none finds the processor's caches
    filled with its own data.
    """
    times: list[list[int]] = [[] for _ in items]
    until = time.perf_counter() + seconds
    while len(times[0]) < FEWEST_ROUNDS or time.perf_counter() < until:
        for own, item in zip(times, items, strict=True):
            began = time.perf_counter_ns()
            work(item)
            own.append(time.perf_counter_ns() - began)
    return mean(median(own) for own in times) / 1000


async def microseconds_awaited(
    work: Callable[[Item], Awaitable[object]], items: Sequence[Item], seconds: float
) -> float:
    """Return the same for what has to be awaited."""
    times: list[list[int]] = [[] for _ in items]
    until = time.perf_counter() + seconds
    while len(times[0]) < FEWEST_ROUNDS or time.perf_counter() < until:
        for own, item in zip(times, items, strict=True):
            began = time.perf_counter_ns()
            await work(item)
            own.append(time.perf_counter_ns() - began)
    return mean(median(own) for own in times) / 1000
