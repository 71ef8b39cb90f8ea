"""Any course of events leaves no query and no worker behind: dispatcher and life cycle in a simulated world.

`POOL_EVENTS=1000000 python -m pytest tests/engine/pool/test_lifecycle.py` runs a million events, in about a minute.
"""

from __future__ import annotations

import logging
import os
import random
from collections import deque
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.pool import lifecycle
from computeatlas.engine.pool.dispatch import Dispatcher
from computeatlas.engine.pool.exit_diagnosis import diagnose
from computeatlas.engine.pool.fair_queue import FairQueue
from computeatlas.engine.pool.lifecycle import Lifecycle
from computeatlas.engine.pool.worker_handle import WorkerHandle
from computeatlas.engine.pool.worker_states import (
    FORK_SERVER_TRANSITIONS,
    WORKER_TRANSITIONS,
    Action,
    ForkServerAction,
    ForkServerEvent,
    ForkServerState,
    TransitionError,
    WorkerEvent,
    WorkerState,
    transition,
)

from .simulation import World, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from computeatlas.engine.pool.pending_query import PendingQuery

EVENTS = int(os.environ.get("POOL_EVENTS", "60000"))
#: Events in one world. Some faults need a long history, some are found best at the beginning.
LENGTHS = (50, 500, 5000)


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    """Log nothing: deaths are usual here."""
    log = logging.getLogger("computeatlas.engine.pool.lifecycle")
    log.disabled = True
    yield
    log.disabled = False


def draw_from(numbers: list[int]) -> Callable[[int], int]:
    """Return a source of the given numbers, then of zeros."""
    left = iter(numbers)
    return lambda limit: next(left, 0) % limit


def draw_at_random(seed: int) -> Callable[[int], int]:
    chance = random.Random(seed).random
    return lambda limit: int(chance() * limit)


@given(st.lists(st.integers(0, 10_000), max_size=300))
def test_any_short_course_of_events(numbers: list[int]) -> None:
    world = World(draw_from(numbers))
    for _ in range(len(numbers) // 2):
        world.event()
    world.close()


@pytest.mark.slow
def test_long_courses_of_events() -> None:
    seed = done = 0
    while done < EVENTS:
        length = LENGTHS[seed % len(LENGTHS)]
        run(draw_at_random(seed), length)
        done += length
        seed += 1


def test_every_transition_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()

    def noted(table, state, event):
        seen.add((state, event))
        return transition(table, state, event)

    monkeypatch.setattr(lifecycle, "transition", noted)
    for seed in range(60):
        run(draw_at_random(seed), LENGTHS[seed % 2])
    expected = {*WORKER_TRANSITIONS, *FORK_SERVER_TRANSITIONS}
    assert {(type(state), state, event) for state, event in seen} == {
        (type(state), state, event) for state, event in expected
    }


@pytest.mark.parametrize("state", WorkerState, ids=lambda state: state.name)
@pytest.mark.parametrize("event", WorkerEvent, ids=lambda event: event.name)
def test_what_is_not_in_the_table_is_refused(state: WorkerState, event: WorkerEvent) -> None:
    if (state, event) in WORKER_TRANSITIONS:
        assert transition(WORKER_TRANSITIONS, state, event)[0] in WorkerState
    else:
        with pytest.raises(TransitionError, match=f"{event.name} in the state {state.name}"):
            transition(WORKER_TRANSITIONS, state, event)


# --- the simulation finds faults --------------------------------------------------------------------------------------


def without(state: WorkerState, event: WorkerEvent, *gone: Action) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a fault: actions that are missing from a transition."""
    following, actions = WORKER_TRANSITIONS[state, event]
    assert set(gone) <= set(actions)
    return instead(state, event, following, *(action for action in actions if action not in gone))


def instead(
    state: WorkerState, event: WorkerEvent, following: WorkerState, *actions: Action
) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a fault: another transition than the right one."""
    return lambda patch: patch.setitem(WORKER_TRANSITIONS, (state, event), (following, actions))


def method(owner: type, name: str, wrong: object) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a fault: a wrong function in the place of a right one."""
    return lambda patch: patch.setattr(owner, name, wrong)


def put_back_reversed(self: Dispatcher, worker: WorkerHandle, keep: int) -> None:
    for query in list(worker.assigned)[keep:]:
        if query is not None:
            self.queue.put_back(query)
    while len(worker.assigned) > keep:
        worker.assigned.pop()
    self.wake()


def put_back_nothing(self: Dispatcher, worker: WorkerHandle, keep: int) -> None:
    while len(worker.assigned) > keep:
        worker.assigned.pop()


def put_back_and_keep(self: Dispatcher, worker: WorkerHandle) -> None:
    for query in reversed(list(worker.assigned)[1:]):
        if query is not None:
            self.queue.put_back(query)


def put_back_last(self: FairQueue[PendingQuery], entry: PendingQuery) -> None:
    self._clients.setdefault(entry.client, deque()).append(entry)
    self._length += 1


def send_and_forget(self: WorkerHandle, queries: list[PendingQuery], now: float) -> None:
    self._owner.apply(self, WorkerEvent.ASSIGNED)
    self.assigned.extend(queries)
    self.client, self.since = queries[0].client, now
    self.process.send(b"".join(query.data for query in queries))


def do_not_drain(self: Lifecycle, number: int, status: int, stderr: str) -> None:
    worker = self.workers[number]
    if worker.state is not WorkerState.KILLED:
        self.apply(worker, WorkerEvent.DISCONNECTED)
    self.apply(worker, WorkerEvent.EXITED, diagnose(status, stderr))


def fill_at_once(self: Lifecycle) -> None:
    for _ in range(self._limit):
        right_fill(self)
        for worker in list(self.workers.values()):
            if worker.state is WorkerState.STARTING:
                worker.state = WorkerState.KILLED
                right_fill(self)
                worker.state = WorkerState.STARTING


right_fill = Lifecycle.fill
_S, _E, _A = WorkerState, WorkerEvent, Action
FAULTS = {
    "a release is forgotten": without(_S.BUSY, _E.FINISHED, _A.RELEASE),
    "a release is forgotten at a death": without(_S.BUSY, _E.DISCONNECTED, _A.RELEASE),
    "a worker that has finished is not offered": without(_S.BUSY, _E.FINISHED, _A.OFFER),
    "a retiring worker is offered again": instead(_S.RETIRING, _E.FINISHED, _S.READY, _A.RELEASE, _A.OFFER),
    "a dead worker stays ready": without(_S.READY, _E.DISCONNECTED, _A.WITHDRAW),
    "a dead worker is not replaced": without(_S.BUSY, _E.DISCONNECTED, _A.FILL),
    "one that could not start is not replaced": without(_S.STARTING, _E.START_FAILED, _A.FILL_LATER),
    "a stopped worker is not killed": without(_S.BUSY, _E.STOPPED, _A.KILL),
    "one killed before it was known is not killed": without(_S.KILLED, _E.STARTED, _A.KILL),
    "a channel is left open": without(_S.READY, _E.REPLACED, _A.DISCONNECT),
    "what waits behind a dead query is lost": without(_S.BUSY, _E.DISCONNECTED, _A.PUT_BACK_REST),
    "what waits behind a stopped query is lost": without(_S.BUSY, _E.STOPPED, _A.PUT_BACK_ALL),
    "a query is lost with the fork server": without(_S.BUSY, _E.FORK_SERVER_ENDED, _A.FAIL, _A.PUT_BACK_ALL),
    "a query whose worker died is not failed": without(_S.KILLED, _E.EXITED, _A.FAIL),
    "a query whose worker and fork server died is not failed": without(_S.KILLED, _E.FORK_SERVER_ENDED, _A.FAIL),
    "a dead worker is not forgotten": without(_S.KILLED, _E.EXITED, _A.FORGET),
    "all queries of a dead worker fail": instead(
        _S.BUSY, _E.STOPPED, _S.KILLED, _A.RELEASE, _A.FAIL, _A.FAIL, _A.PUT_BACK_ALL, _A.DISCONNECT, _A.KILL, _A.FILL
    ),
    "the query of a dead worker is asked again": instead(
        _S.BUSY, _E.DISCONNECTED, _S.KILLED, _A.RELEASE, _A.PUT_BACK_ALL, _A.DISCONNECT, _A.KILL, _A.FILL
    ),
    "an unreachable worker's queries stay with it": without(_S.BUSY, _E.UNREACHABLE, _A.PUT_BACK_ALL),
    "a busy worker on former data stays": instead(_S.BUSY, _E.REPLACED, _S.BUSY),
    "a fork server is not started again": lambda patch: patch.setitem(
        FORK_SERVER_TRANSITIONS,
        (ForkServerState.SERVING, ForkServerEvent.DISCONNECTED),
        (ForkServerState.ENDED, (ForkServerAction.END_WORKERS,)),
    ),
    "a former fork server is closed too early": lambda patch: patch.setitem(
        FORK_SERVER_TRANSITIONS,
        (ForkServerState.SERVING, ForkServerEvent.REPLACED),
        (ForkServerState.RETIRING, (ForkServerAction.CLOSE,)),
    ),
    "a former fork server is never closed": lambda patch: patch.setitem(
        FORK_SERVER_TRANSITIONS,
        (ForkServerState.RETIRING, ForkServerEvent.DRAINED),
        (ForkServerState.RETIRING, ()),
    ),
    "put back in the wrong order": method(Dispatcher, "put_back", put_back_reversed),
    "put back nowhere": method(Dispatcher, "put_back", put_back_nothing),
    "put back at the end": method(FairQueue, "put_back", put_back_last),
    "reassigned, and still assigned": method(Dispatcher, "_reassign", put_back_and_keep),
    "a client has no limit": method(Dispatcher, "_may", lambda self, client: True),
    "nobody notices that a channel is closed": method(WorkerHandle, "assign", send_and_forget),
    "answers sent before a death do not count": method(Lifecycle, "exited", do_not_drain),
    "an abandoned query is answered": method(Lifecycle, "abandon", lambda self, query: None),
    "too many workers": method(Lifecycle, "fill", fill_at_once),
    "nobody looks at the clock": method(Dispatcher, "_check", lambda self, worker, now: None),
}


def run_worlds() -> None:
    for seed in range(150):
        run(draw_at_random(seed), LENGTHS[seed % 2])


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_simulation_finds_a_fault(fault: Callable[[pytest.MonkeyPatch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fault(patch)
        with pytest.raises((AssertionError, TransitionError, KeyError, IndexError, ValueError)):
            run_worlds()
