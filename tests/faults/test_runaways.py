"""Runaway queries end at their limit, leave nothing behind, and are not felt by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .runaways import ENDS, RUNAWAYS, idle, percentile, run_away, settled_load, settled_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Start
    from .harness import Server

pytestmark = pytest.mark.slow

LIMIT = 1.0
GRACE = 1.0
#: Below this many seconds nobody calls a look-up slow. The idle time is a fraction of a millisecond, and a machine that
#: runs other things now and then takes the processor away for tens of them. The strict figures are those of
#: benchmarks/faults.py on a quiet machine.
FLOOR = 0.25


@pytest.fixture(scope="module")
def server(start: Start) -> Iterator[Server]:
    with start("--timeout", str(LIMIT), "--workers", "6", "--memory", "300", "--max-result", "20000000") as found:
        yield found


@pytest.fixture(scope="module")
def usual(server: Server) -> float:
    """The 99th percentile of look-ups while nothing else happens, in seconds."""
    findings = idle(server)
    assert not findings.failed
    return percentile(findings.lookups, 0.99)


@pytest.mark.parametrize("kind", RUNAWAYS)
def test_four_runaways_at_once_are_ended_and_not_felt(server: Server, usual: float, kind: str) -> None:
    settled_memory(server, 0, 0.3)
    before = server.memory()
    findings = run_away(server, RUNAWAYS[kind])

    assert len(findings.replies) == 4
    assert {reply.outcome for reply in findings.replies} <= ENDS
    for reply in findings.replies:
        assert server.seconds(reply) < LIMIT + GRACE

    assert not findings.failed
    assert findings.lookups
    assert percentile(findings.lookups, 0.99) < max(5 * usual, FLOOR)

    # A process that still worked would use all of a processor; starting workers is over by then.
    assert settled_load(server) < 0.2
    assert settled_memory(server, before * 1.1) <= before * 1.1
