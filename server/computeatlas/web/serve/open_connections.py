"""How many connections are open, in all and by one peer."""

from __future__ import annotations

#: So many connections beyond the limit may linger at least, whatever the limit.
_LINGERING = 16


class OpenConnections:
    """Counts the connections of one server: `most` may be open, half of them by one peer."""

    def __init__(self, most: int):
        self._most = most
        self._by_peer: dict[str, int] = {}
        self._open = 0
        #: Connections beyond the limit that are not closed yet, while their clients read that they are.
        self._refused = 0

    def add(self, peer: str) -> bool:
        """Count a connection, and say whether it may be served; one that may not is not counted."""
        count = self._by_peer.get(peer, 0)
        if self._open >= self._most or count >= max(1, self._most // 2):
            return False
        self._by_peer[peer] = count + 1
        self._open += 1
        return True

    def remove(self, peer: str) -> None:
        """Count a served connection no longer."""
        self._open -= 1
        if self._by_peer[peer] > 1:
            self._by_peer[peer] -= 1
        else:
            del self._by_peer[peer]

    def add_refused(self) -> bool:
        """Count a connection that is refused, and say whether it may linger: there is a bound on these too."""
        self._refused += 1
        return self._refused <= max(_LINGERING, self._most // 4)

    def remove_refused(self) -> None:
        """Count a refused connection no longer."""
        self._refused -= 1
