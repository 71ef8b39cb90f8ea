"""`/metrics`: counters for Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).

What is counted is numbers of ours, which the library is given when somebody asks: its own counters take locks, and
three of them for each request cost as much as reading the request.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from computeatlas.engine.pool.pool import Pool
    from computeatlas.web.http.answer_cache import AnswerCache

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: Seconds; the last bucket holds what took longer.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class _Endpoint:
    """What is counted of one endpoint."""

    __slots__ = ("buckets", "bytes", "seconds", "statuses")

    def __init__(self) -> None:
        self.statuses: dict[int, int] = {}
        self.buckets = [0] * (len(_BUCKETS) + 1)
        self.seconds = 0.0
        self.bytes = 0


class Metrics(Collector):
    """Counts requests; what the pool and the cache know is read when somebody asks."""

    def __init__(self, pool: Pool, cache: AnswerCache):
        self._pool = pool
        self._cache = cache
        self._endpoints: dict[str, _Endpoint] = {}
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def count(self, endpoint: str, status: int, seconds: float, size: int) -> None:
        """Count one request to `endpoint`, a name of ours: its status, how long it took and the bytes of its answer."""
        counted = self._endpoints.get(endpoint)
        if counted is None:
            counted = self._endpoints[endpoint] = _Endpoint()
        counted.statuses[status] = counted.statuses.get(status, 0) + 1
        counted.buckets[bisect_left(_BUCKETS, seconds)] += 1
        counted.seconds += seconds
        counted.bytes += size

    def render(self) -> bytes:
        """Return all counters in the text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield what has been counted, and what the pool and the cache know now."""
        requests = CounterMetricFamily("computeatlas_requests", "Requests answered.", labels=["endpoint", "status"])
        sizes = CounterMetricFamily("computeatlas_response_bytes", "Bytes of bodies sent.", labels=["endpoint"])
        seconds = HistogramMetricFamily(
            "computeatlas_request_seconds", "From the head of a request to the end of its answer.", labels=["endpoint"]
        )
        for name, counted in sorted(self._endpoints.items()):
            for status, count in sorted(counted.statuses.items()):
                requests.add_metric([name, str(status)], count)
            sizes.add_metric([name], counted.bytes)
            limits = [*(str(limit) for limit in _BUCKETS), "+Inf"]
            buckets = list(zip(limits, accumulate(counted.buckets), strict=True))
            seconds.add_metric([name], buckets, counted.seconds)
        yield from (requests, sizes, seconds)
        pool, tally = self._pool, self._pool.tally
        yield GaugeMetricFamily("computeatlas_quads", "Quads served.", pool.quads)
        yield GaugeMetricFamily("computeatlas_workers", "Worker processes.", pool.alive)
        yield GaugeMetricFamily("computeatlas_workers_busy", "Workers that work on a query.", pool.running)
        yield GaugeMetricFamily("computeatlas_queries_waiting", "Queries that wait for a worker.", pool.waiting)
        yield CounterMetricFamily("computeatlas_workers_started", "Workers forked.", tally.started)
        yield CounterMetricFamily("computeatlas_nursery_restarts", "Times that data were loaded again.", tally.restarts)
        yield CounterMetricFamily("computeatlas_changes", "Writes made.", tally.changes)
        deaths = CounterMetricFamily("computeatlas_queries_killed", "Queries that ended a worker.", labels=["cause"])
        for cause, count in sorted(tally.deaths.items()):
            deaths.add_metric([cause.removesuffix("Error")], count)
        yield deaths
        yield GaugeMetricFamily("computeatlas_cache_bytes", "Bytes of answers kept.", self._cache.size)
        yield CounterMetricFamily("computeatlas_cache_hits", "Queries answered from the cache.", self._cache.hits)
        yield CounterMetricFamily("computeatlas_cache_misses", "Queries not found in the cache.", self._cache.misses)
