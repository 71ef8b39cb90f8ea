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

    from computeatlas.engine.base import Engine
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
    """Counts requests; what the engine and the cache know is read when somebody asks."""

    def __init__(self, engine: Engine, cache: AnswerCache):
        self._engine = engine
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
        """Yield what has been counted, and what the engine and the cache know now."""
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
        yield GaugeMetricFamily("computeatlas_quads", "Quads served.", self._engine.quads)
        for measured in self._engine.measurements():
            kind = CounterMetricFamily if measured.counter else GaugeMetricFamily
            labels = [measured.label] if measured.label else []
            family = kind(f"computeatlas_{measured.name}", measured.text, labels=labels)
            for value, number in measured.values.items():
                family.add_metric([value] if labels else [], number)
            yield family
        yield GaugeMetricFamily("computeatlas_cache_bytes", "Bytes of answers kept.", self._cache.size)
        yield CounterMetricFamily("computeatlas_cache_hits", "Queries answered from the cache.", self._cache.hits)
        yield CounterMetricFamily("computeatlas_cache_misses", "Queries not found in the cache.", self._cache.misses)
