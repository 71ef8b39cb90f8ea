"""Answers kept: bounded in bytes, and never for other data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.mediatypes import JSON
from computeatlas.web.http.answer_cache import AnswerCache, CachedAnswer

LIMIT = 100_000


def answer(size: int, name: int = 0) -> CachedAnswer:
    return CachedAnswer(JSON, name, b'"tag"', (), b"x" * size, 20)


def fresh(limit: int = LIMIT, version: str = "v1") -> AnswerCache:
    cache = AnswerCache(limit)
    assert cache.get(version, "nothing") is None
    return cache


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8000)), max_size=120))
def test_whatever_is_kept_has_no_more_bytes_than_the_limit(puts: list[tuple[int, int]]) -> None:
    cache = fresh()
    for key, size in puts:
        cache.put("v1", key, answer(size, size))
        assert cache.size <= LIMIT
        kept = cache.get("v1", key)
        if len(answer(size)) <= cache.largest:
            assert kept is not None
            assert len(kept.body) == size
        else:
            assert kept is None or len(kept.body) != size
    assert sum(len(kept) for key in range(61) if (kept := cache.get("v1", key))) == cache.size


def test_an_answer_that_is_too_large_is_not_kept() -> None:
    cache = fresh()
    cache.put("v1", "key", answer(cache.largest))
    assert cache.get("v1", "key") is None
    cache.put("v1", "key", answer(cache.largest - len(answer(0))))
    assert cache.get("v1", "key") is not None


@pytest.mark.parametrize("limit", [0, 1, 999])
def test_a_cache_without_room_keeps_nothing(limit: int) -> None:
    cache = fresh(limit)
    cache.put("v1", "key", answer(0))
    cache.remember("v1", (b"request",), "key")
    assert cache.get("v1", "key") is None
    assert cache.shortcut("v1", (b"request",)) is None
    assert cache.size == 0


def test_what_is_used_stays_and_what_is_not_goes() -> None:
    cache = fresh()
    for key in range(40):
        cache.put("v1", key, answer(4000))
        cache.get("v1", 0)
    assert cache.get("v1", 0) is not None
    assert cache.get("v1", 1) is None


def test_other_data_have_other_answers() -> None:
    cache = fresh()
    cache.put("v1", "key", answer(10))
    cache.remember("v1", (b"request",), "key")
    assert cache.get("v2", "key") is None
    assert cache.size == 0
    # An answer that took long may come after the change.
    cache.put("v1", "key", answer(10))
    assert cache.get("v2", "key") is None
    assert cache.get("v1", "key") is None


def test_a_shortcut_leads_to_the_answer_of_the_same_request_and_data() -> None:
    cache = fresh()
    cache.put("v1", "key", answer(10))
    request = (b"query=x", None, b"gzip", "http")
    assert cache.shortcut("v1", request) is None
    cache.remember("v1", request, "key")
    assert cache.shortcut("v1", request) == answer(10)
    assert cache.shortcut("v1", (b"query=y", None, b"gzip", "http")) is None
    assert cache.shortcut("v2", request) is None
    assert cache.shortcut("v1", request) is None


def test_a_shortcut_to_nothing_is_not_remembered() -> None:
    cache = fresh()
    cache.remember("v1", (b"request",), "key")
    cache.put("v1", "key", answer(10))
    assert cache.shortcut("v1", (b"request",)) is None


def test_long_requests_are_not_remembered_for_they_are_not_counted() -> None:
    cache = fresh()
    cache.put("v1", "key", answer(10))
    for request in ((b"x" * 2049,), (b"x" * 1000, None, b"y" * 1049)):
        cache.remember("v1", request, "key")
        assert cache.shortcut("v1", request) is None
    cache.remember("v1", (b"x" * 2048,), "key")
    assert cache.shortcut("v1", (b"x" * 2048,)) is not None


def test_hits_and_misses_are_counted() -> None:
    cache = fresh()
    cache.put("v1", "key", answer(10))
    cache.remember("v1", (b"request",), "key")
    cache.get("v1", "key")
    cache.shortcut("v1", (b"request",))
    cache.get("v1", "other")
    assert (cache.hits, cache.misses) == (2, 2)
