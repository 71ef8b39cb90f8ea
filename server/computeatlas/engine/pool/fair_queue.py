"""Who is next: a bounded queue that is fair among clients."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from computeatlas.model.errors import OverloadedError

if TYPE_CHECKING:
    from collections.abc import Callable


class Waiting(Protocol):
    """What waits: whose it is, and since when, in seconds of the loop's clock."""

    client: str
    queued: float


Entry = TypeVar("Entry", bound=Waiting)


class FairQueue(Generic[Entry]):
    """Entries of clients who take turns: each gives its oldest, then goes to the end of the row.

    `limit` is how many may wait in all; one client may fill three quarters of it, so that another finds a place.
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
        """Let `entry`, which was taken before, be the next of its client, whatever the limit."""
        self._clients.setdefault(entry.client, deque()).appendleft(entry)
        self._clients.move_to_end(entry.client, last=False)
        self._length += 1

    def take(
        self, may: Callable[[str], bool], most: Callable[[Entry], bool] | None = None, count: int = 1
    ) -> list[Entry]:
        """Return the next entry of the next client of whom `may` is true, and up to `count` of the same client's.

        `most` says whether an entry may share with others. Returns an empty list where nobody is next.
        """
        for client, mine in self._clients.items():
            if not may(client):
                continue
            taken = [mine.popleft()]
            while len(taken) < count and mine and most is not None and most(taken[-1]) and most(mine[0]):
                taken.append(mine.popleft())
            self._length -= len(taken)
            if mine:
                self._clients.move_to_end(client)
            else:
                del self._clients[client]
            return taken
        return []

    def remove(self, entry: Entry) -> bool:
        """Take `entry` out wherever it stands, and say whether it was there."""
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
