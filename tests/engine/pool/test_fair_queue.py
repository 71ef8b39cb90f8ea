"""The queue before the workers: fair among clients, bounded, in order within a client."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.pool.fair_queue import FairQueue
from computeatlas.model.errors import OverloadedError


@dataclass(eq=False)
class Entry:
    client: str
    queued: float = 0.0
    small: bool = True


CLIENTS = ("ann", "bob", "cy", "dee")
clients = st.sampled_from(CLIENTS)


def anybody(client: str) -> bool:
    return True


def take_all(queue: FairQueue[Entry]) -> list[Entry]:
    taken = []
    while found := queue.take(anybody):
        taken += found
    return taken


class Model:
    """The same queue, as plainly as can be: a list of (client, entries) in the order of their turns."""

    def __init__(self, limit: int):
        self.limit = limit
        self.turns: list[tuple[str, list[Entry]]] = []

    def of(self, client: str) -> list[Entry]:
        return next((entries for name, entries in self.turns if name == client), [])

    def length(self) -> int:
        return sum(len(entries) for _, entries in self.turns)

    def may_put(self, client: str) -> bool:
        return self.length() < self.limit and len(self.of(client)) < max(1, self.limit * 3 // 4)

    def put(self, entry: Entry) -> None:
        if not self.of(entry.client):
            self.turns.append((entry.client, []))
        self.of(entry.client).append(entry)

    def put_back(self, entry: Entry) -> None:
        mine = self.of(entry.client)
        self.turns = [(entry.client, [entry, *mine])] + [turn for turn in self.turns if turn[0] != entry.client]

    def take(self, allowed: set[str], count: int) -> list[Entry]:
        for client, entries in self.turns:
            if client not in allowed:
                continue
            number = 1
            while number < min(count, len(entries)) and entries[number - 1].small and entries[number].small:
                number += 1
            rest = [turn for turn in self.turns if turn[0] != client]
            self.turns = rest + ([(client, entries[number:])] if entries[number:] else [])
            return entries[:number]
        return []

    def drop(self, gone: list[Entry]) -> None:
        kept = [(client, [entry for entry in entries if entry not in gone]) for client, entries in self.turns]
        self.turns = [turn for turn in kept if turn[1]]


@given(st.integers(1, 12), st.data())
def test_any_course_of_events_is_that_of_the_model(limit: int, data: st.DataObject) -> None:
    queue: FairQueue[Entry] = FairQueue(limit)
    model = Model(limit)
    taken: list[Entry] = []
    for now in range(data.draw(st.integers(0, 30))):
        do = data.draw(st.sampled_from(["put", "put", "put", "take", "take", "back", "remove", "expire"]))
        if do == "put":
            entry = Entry(data.draw(clients), float(now), data.draw(st.booleans()))
            if model.may_put(entry.client):
                queue.put(entry)
                model.put(entry)
            else:
                with pytest.raises(OverloadedError):
                    queue.put(entry)
        elif do == "take":
            allowed = data.draw(st.sets(clients))
            count = data.draw(st.integers(1, 4))
            found = queue.take(allowed.__contains__, lambda entry: entry.small, count)
            assert found == model.take(allowed, count)
            taken += found
        elif do == "back" and taken:
            entry = taken.pop()
            queue.put_back(entry)
            model.put_back(entry)
        elif do == "remove":
            waiting = [entry for _, entries in model.turns for entry in entries]
            entry = data.draw(st.sampled_from([*waiting, Entry("ann")]))
            assert queue.remove(entry) is (entry in waiting)
            model.drop([entry])
        elif do == "expire":
            since = data.draw(st.integers(0, 30))
            old = queue.expired(since)
            expected = [entry for _, entries in model.turns for entry in entries if entry.queued < since]
            assert sorted(map(id, old)) == sorted(map(id, expected))
            model.drop(old)
        assert len(queue) == model.length()
    assert take_all(queue) == [entry for entry in iter(lambda: model.take(set(CLIENTS), 1), []) for entry in entry]


@given(st.dictionaries(clients, st.integers(1, 9), min_size=1))
def test_a_client_waits_for_one_entry_of_each_other_at_most(counts: dict[str, int]) -> None:
    queue: FairQueue[Entry] = FairQueue(1000)
    for client, count in counts.items():
        for _ in range(count):
            queue.put(Entry(client))
    order = [entry.client for entry in take_all(queue)]
    assert len(order) == sum(counts.values())
    for client in counts:
        places = [-1, *(place for place, name in enumerate(order) if name == client)]
        for before, after in itertools.pairwise(places):
            between = order[before + 1 : after]
            assert len(between) == len(set(between))


def test_one_client_leaves_room_for_another() -> None:
    queue: FairQueue[Entry] = FairQueue(8)
    for _ in range(6):
        queue.put(Entry("ann"))
    with pytest.raises(OverloadedError):
        queue.put(Entry("ann"))
    queue.put(Entry("bob"))
    queue.put(Entry("bob"))
    with pytest.raises(OverloadedError):
        queue.put(Entry("cy"))


def test_what_is_put_back_is_next_even_in_a_full_queue() -> None:
    queue: FairQueue[Entry] = FairQueue(2)
    first, second, third = Entry("ann"), Entry("bob"), Entry("cy")
    queue.put(first)
    queue.put(second)
    assert queue.take(anybody) == [first]
    queue.put(third)
    queue.put_back(first)
    assert len(queue) == 3
    assert take_all(queue) == [first, second, third]


def test_several_are_taken_at_once_only_of_one_client_and_only_small_ones() -> None:
    queue: FairQueue[Entry] = FairQueue(20)
    small, large, behind, other = Entry("ann"), Entry("ann", small=False), Entry("ann"), Entry("bob")
    for entry in (small, large, behind, other):
        queue.put(entry)
    assert queue.take(anybody, lambda entry: entry.small, 4) == [small]
    assert queue.take(anybody, lambda entry: entry.small, 4) == [other]
    assert queue.take(anybody, lambda entry: entry.small, 4) == [large]
    assert queue.take(anybody, lambda entry: entry.small, 4) == [behind]


def test_a_client_that_may_not_is_passed_over_and_keeps_its_turn() -> None:
    queue: FairQueue[Entry] = FairQueue(20)
    first, second = Entry("ann"), Entry("bob")
    queue.put(first)
    queue.put(second)
    assert queue.take(lambda client: client == "bob") == [second]
    assert queue.take(lambda client: client == "bob") == []
    assert queue.take(anybody) == [first]
