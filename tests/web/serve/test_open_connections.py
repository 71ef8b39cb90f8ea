"""The count of open connections, against one by hand."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from computeatlas.web.serve.open_connections import OpenConnections


@given(st.integers(1, 8), st.lists(st.tuples(st.booleans(), st.sampled_from("abc")), max_size=60))
def test_half_are_one_peers_and_no_more_than_all_are_open(most: int, events: list[tuple[bool, str]]) -> None:
    counts = OpenConnections(most)
    held: Counter[str] = Counter()
    for comes, peer in events:
        if comes:
            may = held.total() < most and held[peer] < max(1, most // 2)
            assert counts.add(peer) == may
            held[peer] += may
        elif held[peer]:
            counts.remove(peer)
            held[peer] -= 1


@given(st.integers(1, 1000))
def test_those_that_are_refused_and_linger_are_bounded_too(most: int) -> None:
    counts = OpenConnections(most)
    found = [counts.add_refused() for _ in range(1000)]
    assert sum(found) == max(16, most // 4)
    assert found == sorted(found, reverse=True)
    for _ in found:
        counts.remove_refused()
    assert counts.add_refused()
