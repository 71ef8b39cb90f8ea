"""Runaway queries end at their limit, leave nothing behind, and are not felt by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .harness import wait_until
from .runaways import ENDS, RUNAWAYS, idle, percentile, run_away, settled_load, settled_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Start
    from .harness import Server

pytestmark = pytest.mark.slow

LIMIT = 1.0
#: How much later than its limit a query may end, in seconds: told apart from one that hangs, on a machine that is busy
#: with other things. The strict figures are those of benchmarks/faults.py on a quiet machine.
GRACE = 10.0
#: A look-up that waits for a runaway waits for a second or so. Whatever else the machine does, it does to a server that
#: is left alone as well; one may be a few times slower than the other by chance, and a quarter of a second.
FACTOR, FLOOR = 5, 0.25


@pytest.fixture(scope="module")
def server(start: Start) -> Iterator[Server]:
    with start("--timeout", str(LIMIT), "--workers", "6", "--memory", "300", "--max-result", "20000000") as found:
        # What is made at the first look-ups stays.
        assert not idle(found).failed
        yield found


@pytest.fixture(scope="module")
def control(start: Start) -> Iterator[Server]:
    """A server that is left alone."""
    with start("--workers", "2") as found:
        assert not idle(found).failed
        yield found


@pytest.mark.parametrize("kind", RUNAWAYS)
def test_four_runaways_at_once_are_ended_and_not_felt(server: Server, control: Server, kind: str) -> None:
    wait_until(server.is_whole, "all workers are there, and idle")
    before = server.memory()
    findings = run_away(server, RUNAWAYS[kind], control=control)

    assert len(findings.replies) == 4
    assert {reply.outcome for reply in findings.replies} <= ENDS
    for reply in findings.replies:
        assert server.seconds(reply) < LIMIT + GRACE

    assert not findings.failed
    for share in (0.5, 0.9):
        assert percentile(findings.lookups, share) < FACTOR * percentile(findings.control, share) + FLOOR

    wait_until(server.is_whole, "all workers are there, and idle")
    # A process that still worked would use all that it gets of a processor.
    wait_until(lambda: settled_load(server, 0) < 0.2, "no process of the server works")
    assert settled_memory(server, before * 1.1) <= before * 1.1
