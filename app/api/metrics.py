"""Prometheus metrics of one worker; each worker counts for itself and labels its samples with its process id."""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric

from app.gateway.cache import ResponseCache
from app.http.validators import ReleaseState


def registry(cache: ResponseCache, release: ReleaseState | None) -> CollectorRegistry:
    """Return the current metrics of the service and of the process."""
    metrics = CollectorRegistry()
    metrics.register(_Collector(cache, release))
    ProcessCollector(registry=metrics)
    return metrics


class _Collector:
    def __init__(self, cache: ResponseCache, release: ReleaseState | None) -> None:
        self._cache = cache
        self._release = release

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; the registry calls this."""
        stats, worker = self._cache.stats, [str(os.getpid())]
        for name, about, value in (
            ("shanhai_cache_hits", "Responses served from the cache.", stats.hits),
            ("shanhai_cache_misses", "Requests that were not in the cache.", stats.misses),
            ("shanhai_not_modified", "304 responses.", stats.not_modified),
        ):
            counter = CounterMetricFamily(name, about, labels=["worker"])
            counter.add_metric(worker, value)
            yield counter
        computed = CounterMetricFamily("shanhai_answers_made", "Computed responses.", labels=["worker", "status"])
        for status, count in sorted(stats.computed.items()):
            computed.add_metric([*worker, str(status)], count)
        yield computed
        for name, about, value in (
            ("shanhai_cache_bytes", "Estimated size of the cached responses.", self._cache.weight),
            ("shanhai_cache_entries", "Entries in the cache.", len(self._cache)),
        ):
            gauge = GaugeMetricFamily(name, about, labels=["worker"])
            gauge.add_metric(worker, value)
            yield gauge
        if self._release:
            info = InfoMetricFamily("shanhai_release", "The release that is served.", labels=["worker"])
            info.add_metric(worker, {"release": self._release.release})
            yield info
