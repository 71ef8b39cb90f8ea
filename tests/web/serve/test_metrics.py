"""`/metrics` is text that Prometheus reads, and says what has happened."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from computeatlas.engine.pool.engine import PoolEngine
from computeatlas.engine.pool.pool import Tally
from computeatlas.model.mediatypes import JSON
from computeatlas.web.http.answer_cache import AnswerCache, CachedAnswer
from computeatlas.web.serve.metrics import Metrics


@pytest.fixture
def pool() -> SimpleNamespace:
    tally = Tally(5, Counter({"QueryTimeoutError": 2, "QueryMemoryError": 1}), 1, 4)
    return SimpleNamespace(quads=70, alive=4, running=3, waiting=2, tally=tally)


def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Return name and values of labels → value."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
    }


def test_what_the_pool_and_the_cache_know_is_told(pool: SimpleNamespace) -> None:
    cache = AnswerCache(100_000)
    cache.get("v", "key")
    cache.put("v", "key", CachedAnswer(JSON, 1, b'"t"', (), b"x" * 50, 0))
    cache.get("v", "key")
    found = samples(Metrics(PoolEngine(pool), cache))
    expected = {
        "quads": 70,
        "workers": 4,
        "workers_busy": 3,
        "queries_waiting": 2,
        "workers_started_total": 5,
        "nursery_restarts_total": 1,
        "changes_total": 4,
        "cache_bytes": cache.size,
        "cache_hits_total": 1,
        "cache_misses_total": 1,
    }
    assert {name: found["computeatlas_" + name,] for name in expected} == expected
    assert found["computeatlas_queries_killed_total", "QueryTimeout"] == 2
    assert found["computeatlas_queries_killed_total", "QueryMemory"] == 1


def test_it_is_read_anew_each_time(pool: SimpleNamespace) -> None:
    metrics = Metrics(PoolEngine(pool), AnswerCache(0))
    pool.quads = 71
    assert samples(metrics)["computeatlas_quads",] == 71


def test_requests_are_counted_by_endpoint_and_status(pool: SimpleNamespace) -> None:
    metrics = Metrics(PoolEngine(pool), AnswerCache(0))
    for status in (200, 200, 504):
        metrics.count("query", status, 0.02, 100)
    metrics.count("store", 200, 40.0, 7)
    found = samples(metrics)
    assert found["computeatlas_requests_total", "query", "200"] == 2
    assert found["computeatlas_requests_total", "query", "504"] == 1
    assert found["computeatlas_requests_total", "store", "200"] == 1
    assert found["computeatlas_response_bytes_total", "query"] == 300
    assert found["computeatlas_request_seconds_count", "query"] == 3
    assert found["computeatlas_request_seconds_sum", "store"] == 40
    buckets = {
        key[2]: value for key, value in found.items() if key[:2] == ("computeatlas_request_seconds_bucket", "query")
    }
    assert buckets["0.01"] == 0
    assert buckets["0.025"] == 3
    assert buckets["+Inf"] == 3


def test_two_servers_in_one_process_count_apart(pool: SimpleNamespace) -> None:
    first, second = Metrics(PoolEngine(pool), AnswerCache(0)), Metrics(PoolEngine(pool), AnswerCache(0))
    first.count("query", 200, 1, 1)
    assert ("computeatlas_requests_total", "query", "200") not in samples(second)
