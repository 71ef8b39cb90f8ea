"""Slow queries keep off a core while other clients ask quick ones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.pool.cpu_priority import CpuPriority, lower_priority, restore_priority

CORES = frozenset({0, 1, 2})


def test_a_long_query_may_use_every_core_while_nobody_else_asks() -> None:
    cpu_priority = CpuPriority(CORES)
    cpu_priority.note_quick("a", 1.0)
    assert cpu_priority.cores_for_slow("a", 1.05) == CORES


def test_a_long_query_leaves_a_core_to_the_quick_ones_of_others() -> None:
    cpu_priority = CpuPriority(CORES)
    cpu_priority.note_quick("b", 1.0)
    assert cpu_priority.cores_for_slow("a", 1.05) == {1, 2}


def test_it_has_them_all_again_when_the_others_have_left() -> None:
    cpu_priority = CpuPriority(CORES)
    cpu_priority.note_quick("b", 1.0)
    assert cpu_priority.cores_for_slow("a", 2.0) == CORES


def test_a_single_core_is_everybodys() -> None:
    cpu_priority = CpuPriority(frozenset({3}))
    cpu_priority.note_quick("b", 1.0)
    assert cpu_priority.cores_for_slow("a", 1.05) == {3}


@given(st.lists(st.sampled_from("abcd"), max_size=20), st.sampled_from("abcd"))
def test_two_remembered_clients_are_enough(clients: list[str], me: str) -> None:
    cpu_priority = CpuPriority(CORES)
    for number, client in enumerate(clients):
        cpu_priority.note_quick(client, number / 1000)
    assert (cpu_priority.cores_for_slow(me, 0.02) != CORES) == any(client != me for client in clients)


def test_the_priority_of_every_thread_of_a_process_is_lowered_and_restored() -> None:
    mine = frozenset(os.sched_getaffinity(0))
    few = frozenset({min(mine)})
    code = "import threading, time; threading.Thread(target=time.sleep, args=(60,)).start(); print(flush=True)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        threads = sorted(int(path.name) for path in Path(f"/proc/{process.pid}/task").iterdir())
        lower_priority(threads[-1], few)
        assert len(threads) == 2
        assert {os.sched_getscheduler(thread) for thread in threads} == {os.SCHED_IDLE}
        assert {frozenset(os.sched_getaffinity(thread)) for thread in threads} == {few}
        if not restore_priority(threads[-1], mine):
            process.kill()
            pytest.fail("this system lets no thread leave SCHED_IDLE")
        assert {os.sched_getscheduler(thread) for thread in threads} == {os.SCHED_OTHER}
        assert {frozenset(os.sched_getaffinity(thread)) for thread in threads} == {mine}
        process.kill()
