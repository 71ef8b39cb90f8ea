"""Why a process ended: what its exit status and its stderr mean to whoever asked the query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.errors import (
    EngineFaultError,
    MixedOrderError,
    NestingError,
    QueryMemoryError,
    QueryTimeoutError,
)

if TYPE_CHECKING:
    from computeatlas.model.errors import AtlasError

#: What Rust, RocksDB, Python and the system write where there is no memory left.
_OUT_OF_MEMORY = (
    "memory allocation",
    "bad_alloc",
    "MemoryError",
    "Cannot allocate memory",
    # A thread that could not be started.
    "Resource temporarily unavailable",
)


def diagnose(status: int, stderr: str) -> AtlasError:
    """Return the error for the query of a process that ended with `status`, a negative one for a signal.

    `stderr` is the end of what the process wrote there. A sort of values that the engine cannot compare is a
    MixedOrderError: the same query may succeed in another form.
    """
    if any(words in stderr for words in _OUT_OF_MEMORY):
        return QueryMemoryError(
            "the query needs more memory than it may use", hint="ask for less: add LIMIT, or group and sort fewer rows"
        )
    if "overflowed its stack" in stderr or status == -11:
        return NestingError("the query is nested deeper than the engine can follow", hint="nest fewer brackets")
    if "total order" in stderr:
        return MixedOrderError(
            "the engine cannot sort these values: they are of several kinds",
            hint="order by STR(?x), or by values of one kind",
        )
    if status == -14:
        return QueryTimeoutError("the query took longer than it may", hint="ask for less")
    if status == -9:
        # Not by us: the system was short of memory.
        return QueryMemoryError("the system ended the query, as it does when memory runs out", hint="ask for less")
    return EngineFaultError(f"the engine ended while it worked on the query (status {status})")


def engine_ended() -> EngineFaultError:
    """Return the error for a query whose process has ended with the fork server, so that nobody tells why."""
    return EngineFaultError("the engine ended while it worked on the query", hint="try again in a few seconds")
