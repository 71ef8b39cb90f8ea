"""A bounded queue of queries that is fair among clients."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from computeatlas.model.errors import OverloadedError

if TYPE_CHECKING:
    from collections.abc import Callable


class Waiting(Protocol):
    """What waits: the client it is of, and since when it waits, in seconds of the loop's clock."""

    client: str
    queued: float


Entry = TypeVar("Entry", bound=Waiting)


class FairQueue(Generic[Entry]):
    """Entries of clients that take turns (round robin): the first client's oldest entry is next, then it is the last.

    `limit` is how many entries may wait in all; one client may have three quarters of them, so that there is room for
    another.
    """

    def __init__(self, limit: int):
        self._limit = limit
        self._share = max(1, limit * 3 // 4)
        self._clients: OrderedDict[str, deque[Entry]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def put(self, entry: Entry) -> None:
        """Let `entry` wait; raises OverloadedError where there is no room."""
        mine = self._clients.get(entry.client)
        if self._length >= self._limit or (mine is not None and len(mine) >= self._share):
            raise OverloadedError("too many queries are waiting", hint="try again in a few seconds")
        if mine is None:
            mine = self._clients[entry.client] = deque()
        mine.append(entry)
        self._length += 1

    def put_back(self, entry: Entry) -> None:
        """Let `entry`, taken before, be the next of its client, and its client the next, whatever the limit."""
        self._clients.setdefault(entry.client, deque()).appendleft(entry)
        self._clients.move_to_end(entry.client, last=False)
        self._length += 1

    def take(
        self, may: Callable[[str], bool], may_share: Callable[[Entry], bool] | None = None, count: int = 1
    ) -> list[Entry]:
        """Take and return the next entry of the next client for which `may` is true, and up to `count` entries of it.

        `may_share` tells whether an entry may be taken together with others. Returns an empty list if there is none.
        """
        for client, mine in self._clients.items():
            if not may(client):
                continue
            taken = [mine.popleft()]
            while len(taken) < count and mine and may_share and may_share(taken[-1]) and may_share(mine[0]):
                taken.append(mine.popleft())
            self._length -= len(taken)
            if mine:
                self._clients.move_to_end(client)
            else:
                del self._clients[client]
            return taken
        return []

    def remove(self, entry: Entry) -> bool:
        """Take `entry` out wherever it stands, and return whether it was there."""
        mine = self._clients.get(entry.client)
        if mine is None or entry not in mine:
            return False
        mine.remove(entry)
        self._length -= 1
        if not mine:
            del self._clients[entry.client]
        return True

    def expired(self, since: float) -> list[Entry]:
        """Take out and return what has waited since before `since`."""
        old = [entry for mine in self._clients.values() for entry in mine if entry.queued < since]
        for entry in old:
            self.remove(entry)
        return old
