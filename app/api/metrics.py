"""What Prometheus is told of one worker: each counts for itself, and says which one it is."""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric

from app.gateway.cache import ResponseCache
from app.http.validators import ReleaseState


def registry(kept: ResponseCache, state: ReleaseState | None) -> CollectorRegistry:
    """The measures of this moment, and those of the process."""
    measures = CollectorRegistry()
    measures.register(_Moment(kept, state))
    ProcessCollector(registry=measures)
    return measures


class _Moment:
    """Measures as they stand now; the registry asks for them by this name."""

    def __init__(self, kept: ResponseCache, state: ReleaseState | None) -> None:
        self._kept = kept
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """Every measure."""
        told, worker = self._kept.told, [str(os.getpid())]
        for name, about, value in (
            ("shanhai_cache_hits", "Answers sent as they were kept.", told.hits),
            ("shanhai_cache_misses", "Requests whose answers were not kept.", told.misses),
            ("shanhai_not_modified", "Clients told that they have the answer already.", told.unchanged),
        ):
            counter = CounterMetricFamily(name, about, labels=["worker"])
            counter.add_metric(worker, value)
            yield counter
        made = CounterMetricFamily("shanhai_answers_made", "Answers made anew.", labels=["worker", "status"])
        for status, count in sorted(told.made.items()):
            made.add_metric([*worker, str(status)], count)
        yield made
        for name, about, value in (
            ("shanhai_cache_bytes", "What kept answers take up.", self._kept.weight),
            ("shanhai_cache_entries", "Kept answers.", len(self._kept)),
        ):
            gauge = GaugeMetricFamily(name, about, labels=["worker"])
            gauge.add_metric(worker, value)
            yield gauge
        if self._state:
            info = InfoMetricFamily("shanhai_release", "The release that is served.", labels=["worker"])
            info.add_metric(worker, {"release": self._state.release})
            yield info
