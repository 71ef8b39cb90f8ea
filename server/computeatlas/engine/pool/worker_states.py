"""The states of a worker and of a fork server, and for each one table: state and event → next state and actions.

Data only. `Lifecycle` looks an event up here and carries the actions out; what is not in a table cannot happen.
"""

from __future__ import annotations

from enum import IntEnum, auto
from typing import TypeVar


class WorkerState(IntEnum):
    """Where a worker is between the request to fork it and the end of its process."""

    #: The fork server was asked for it; it takes no query yet.
    STARTING = auto()
    #: It waits for queries.
    READY = auto()
    #: It works on the first of the queries that were assigned to it.
    BUSY = auto()
    #: Busy on data that have been replaced: it ends when it has answered what was assigned to it.
    RETIRING = auto()
    #: It was killed or has closed its channel; the fork server has yet to report the end of its process.
    KILLED = auto()
    #: Its process has ended and was waited for.
    REAPED = auto()


#: States in which a worker counts towards the number of workers.
CURRENT = frozenset({WorkerState.STARTING, WorkerState.READY, WorkerState.BUSY})
#: States in which a worker has queries that it can still answer.
WORKING = frozenset({WorkerState.BUSY, WorkerState.RETIRING})


class WorkerEvent(IntEnum):
    """What happens to a worker."""

    #: The fork server has forked it.
    STARTED = auto()
    #: The fork server could not fork it.
    START_FAILED = auto()
    #: It says that it takes queries.
    BECAME_READY = auto()
    #: Queries were assigned to it.
    ASSIGNED = auto()
    #: Its channel did not take the queries: it has none of them.
    UNREACHABLE = auto()
    #: It has answered the last of its queries.
    FINISHED = auto()
    #: It has answered the last of its queries and is not fit for more.
    WORN_OUT = auto()
    #: The data have been replaced.
    REPLACED = auto()
    #: Its process is to end: the query took too long, nobody waits for it, or what the worker sent is no answer.
    STOPPED = auto()
    #: It has closed its end of the channel.
    DISCONNECTED = auto()
    #: The fork server reports the end of its process. Its channel has been read to the end before.
    EXITED = auto()
    #: The fork server has ended or is about to, and the worker with it.
    FORK_SERVER_ENDED = auto()


class Action(IntEnum):
    """What a transition of a worker brings with it."""

    #: Kill the process, if it is known by now.
    KILL = auto()
    #: Close our end of the channel.
    DISCONNECT = auto()
    #: Let the dispatcher assign queries to it.
    OFFER = auto()
    #: Let the dispatcher assign nothing to it any more.
    WITHDRAW = auto()
    #: Count it no longer among the busy workers of its client.
    RELEASE = auto()
    #: Fail the query that it worked on.
    FAIL = auto()
    #: Let the queries that it has not begun wait again.
    PUT_BACK_REST = auto()
    #: Let all its queries that have not failed wait again.
    PUT_BACK_ALL = auto()
    #: Start another worker if there are too few.
    FILL = auto()
    #: The same after a pause: a worker that could not start would not start at once either.
    FILL_LATER = auto()
    #: Let go of the process and forget the worker.
    FORGET = auto()


class ForkServerState(IntEnum):
    """Where a fork server is between the moment that its data are loaded and its end."""

    #: It holds the data that are served and forks workers.
    SERVING = auto()
    #: Its data have been replaced; it waits for its last workers.
    RETIRING = auto()
    ENDED = auto()


class ForkServerEvent(IntEnum):
    """What happens to a fork server."""

    #: Another fork server, with other data, takes its place.
    REPLACED = auto()
    #: The last of its workers has been reaped.
    DRAINED = auto()
    #: Its process has ended.
    DISCONNECTED = auto()
    #: The pool is closed.
    CLOSED = auto()


class ForkServerAction(IntEnum):
    """What a transition of a fork server brings with it."""

    #: Close its control channel, at which its process ends.
    CLOSE = auto()
    #: Tell its workers that it has ended.
    END_WORKERS = auto()
    #: Start another and load the data again.
    RESTART = auto()


_S, _E, _A = WorkerState, WorkerEvent, Action
_END = (_A.DISCONNECT, _A.KILL)
_ABORT = (_A.RELEASE, _A.FAIL, _A.PUT_BACK_ALL, *_END)

WORKER_TRANSITIONS: dict[tuple[WorkerState, WorkerEvent], tuple[WorkerState, tuple[Action, ...]]] = {
    (_S.STARTING, _E.STARTED): (_S.STARTING, ()),
    (_S.STARTING, _E.START_FAILED): (_S.REAPED, (_A.DISCONNECT, _A.FORGET, _A.FILL_LATER)),
    (_S.STARTING, _E.BECAME_READY): (_S.READY, (_A.OFFER, _A.FILL)),
    (_S.STARTING, _E.REPLACED): (_S.KILLED, _END),
    (_S.STARTING, _E.STOPPED): (_S.KILLED, (*_END, _A.FILL_LATER)),
    (_S.STARTING, _E.DISCONNECTED): (_S.KILLED, (*_END, _A.FILL_LATER)),
    (_S.STARTING, _E.FORK_SERVER_ENDED): (_S.REAPED, (*_END, _A.FORGET)),
    (_S.READY, _E.STARTED): (_S.READY, ()),
    (_S.READY, _E.ASSIGNED): (_S.BUSY, ()),
    (_S.READY, _E.REPLACED): (_S.KILLED, (_A.WITHDRAW, *_END)),
    (_S.READY, _E.STOPPED): (_S.KILLED, (_A.WITHDRAW, *_END, _A.FILL)),
    (_S.READY, _E.DISCONNECTED): (_S.KILLED, (_A.WITHDRAW, *_END, _A.FILL)),
    (_S.READY, _E.FORK_SERVER_ENDED): (_S.REAPED, (_A.WITHDRAW, *_END, _A.FORGET)),
    (_S.BUSY, _E.STARTED): (_S.BUSY, ()),
    (_S.BUSY, _E.FINISHED): (_S.READY, (_A.RELEASE, _A.OFFER)),
    (_S.BUSY, _E.WORN_OUT): (_S.KILLED, (_A.RELEASE, *_END, _A.FILL)),
    (_S.BUSY, _E.UNREACHABLE): (_S.KILLED, (_A.RELEASE, _A.PUT_BACK_ALL, *_END, _A.FILL)),
    (_S.BUSY, _E.REPLACED): (_S.RETIRING, ()),
    (_S.BUSY, _E.STOPPED): (_S.KILLED, (*_ABORT, _A.FILL)),
    # Why it ended, and so the error of its query, is in the report of the fork server that follows.
    (_S.BUSY, _E.DISCONNECTED): (_S.KILLED, (_A.RELEASE, _A.PUT_BACK_REST, *_END, _A.FILL)),
    (_S.BUSY, _E.FORK_SERVER_ENDED): (_S.REAPED, (*_ABORT, _A.FORGET)),
    (_S.RETIRING, _E.STARTED): (_S.RETIRING, ()),
    (_S.RETIRING, _E.FINISHED): (_S.KILLED, (_A.RELEASE, *_END)),
    (_S.RETIRING, _E.WORN_OUT): (_S.KILLED, (_A.RELEASE, *_END)),
    (_S.RETIRING, _E.REPLACED): (_S.RETIRING, ()),
    (_S.RETIRING, _E.STOPPED): (_S.KILLED, _ABORT),
    (_S.RETIRING, _E.DISCONNECTED): (_S.KILLED, (_A.RELEASE, _A.PUT_BACK_REST, *_END)),
    (_S.RETIRING, _E.FORK_SERVER_ENDED): (_S.REAPED, (*_ABORT, _A.FORGET)),
    # It was killed before its process was known.
    (_S.KILLED, _E.STARTED): (_S.KILLED, (_A.KILL,)),
    (_S.KILLED, _E.START_FAILED): (_S.REAPED, (_A.FORGET,)),
    (_S.KILLED, _E.REPLACED): (_S.KILLED, ()),
    (_S.KILLED, _E.EXITED): (_S.REAPED, (_A.FAIL, _A.FORGET)),
    (_S.KILLED, _E.FORK_SERVER_ENDED): (_S.REAPED, (_A.FAIL, _A.FORGET)),
}

_F, _G, _B = ForkServerState, ForkServerEvent, ForkServerAction

FORK_SERVER_TRANSITIONS: dict[
    tuple[ForkServerState, ForkServerEvent], tuple[ForkServerState, tuple[ForkServerAction, ...]]
] = {
    (_F.SERVING, _G.REPLACED): (_F.RETIRING, ()),
    (_F.SERVING, _G.DRAINED): (_F.SERVING, ()),
    (_F.SERVING, _G.DISCONNECTED): (_F.ENDED, (_B.END_WORKERS, _B.RESTART)),
    (_F.SERVING, _G.CLOSED): (_F.ENDED, (_B.END_WORKERS, _B.CLOSE)),
    # Not before: what it is to report of its workers is heard, and it waits for their processes.
    (_F.RETIRING, _G.DRAINED): (_F.ENDED, (_B.CLOSE,)),
    (_F.RETIRING, _G.DISCONNECTED): (_F.ENDED, (_B.END_WORKERS,)),
    (_F.RETIRING, _G.CLOSED): (_F.ENDED, (_B.END_WORKERS, _B.CLOSE)),
    (_F.ENDED, _G.DRAINED): (_F.ENDED, ()),
}

State = TypeVar("State", WorkerState, ForkServerState)
Event = TypeVar("Event", WorkerEvent, ForkServerEvent)
Effect = TypeVar("Effect", Action, ForkServerAction)


class TransitionError(Exception):
    """An event came in a state in which it cannot: a fault of the program."""


def transition(
    table: dict[tuple[State, Event], tuple[State, tuple[Effect, ...]]], state: State, event: Event
) -> tuple[State, tuple[Effect, ...]]:
    """Return the next state and the actions; raises TransitionError for what is not in `table`."""
    try:
        return table[state, event]
    except KeyError:
        raise TransitionError(f"{event.name} in the state {state.name}") from None
