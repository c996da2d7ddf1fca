"""Prometheus metrics of all workers together: each writes what it has counted into a file, and a scrape adds the files.

The multiprocess mode of prometheus_client takes 2.4 µs for each count of a histogram, instead of 0.3, and has neither
values that are read at the scrape nor those of processes.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.utils import floatToGoString

from app.gateway.monitor import BUCKETS
from app.http.validators import ReleaseState

# By name: what it counts, and its labels.
COUNTERS: dict[str, tuple[str, Sequence[str]]] = {
    "shanhai_cache_hits": ("Responses served from the cache.", ()),
    "shanhai_cache_misses": ("Requests that were not in the cache.", ()),
    "shanhai_not_modified": ("304 responses.", ()),
    "shanhai_answers_made": ("Computed responses.", ["status"]),
    "shanhai_limits_reached": ("Requests refused or cut short, by limit; database errors by their text.", ["limit"]),
}
GAUGES = {
    "shanhai_cache_bytes": "Estimated size of the cached responses.",
    "shanhai_cache_entries": "Entries in the cache.",
    "shanhai_requests_in_flight": "Requests that are being answered, other than from the cache.",
    "shanhai_exports_waiting": "Exports that wait for a thread.",
}
DURATION = "shanhai_request_duration_seconds", "Time from the head of a request to the last byte of its response."
DATABASE = "shanhai_database_seconds", "Time of waiting for the database."
DEAD_S = 10.0  # since a worker has written its file
SHARING_S = 1.0  # between two writes; a scrape may miss as much of the other workers
UPPER_ENDS = [*map(floatToGoString, BUCKETS), "+Inf"]

Series = tuple[str, ...]  # values of labels, of a counter after its name


class Measures(msgspec.Struct):
    """What one worker has counted since it started. Those of all workers are added, except of the process."""

    counters: dict[Series, float]
    gauges: dict[str, float]
    timings: dict[Series, list[float]]  # by route and status class: counts of buckets, seconds, of the database
    worker: int  # its process id
    process: dict[str, float]


class SharedMeasures:
    """The measures of all workers, which share a folder; without one there is a single worker."""

    def __init__(self, app: FastAPI, folder: Path | None) -> None:
        self._app = app
        self._folder = folder
        self._encoder, self._decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Measures)

    async def keep_sharing(self) -> None:
        """Write the measures again and again."""
        try:
            while True:
                await asyncio.sleep(SHARING_S)
                self.write()
        finally:
            self.write()

    def write(self) -> None:
        """Let the others read the measures of this worker; an error of the disk leaves those of before."""
        if self._folder:
            with suppress(OSError):
                unfinished = self._folder / f".{os.getpid()}"
                unfinished.write_bytes(self._encoder.encode(_measure(self._app.state)))
                unfinished.replace(self._folder / str(os.getpid()))

    def text(self, release: ReleaseState | None) -> bytes:
        """Return the metrics as Prometheus reads them."""
        self.write()  # or the next scrape of another worker would show less than this one
        own = _measure(self._app.state)
        others = (each for each in self._read() if each.worker != own.worker)
        registry = CollectorRegistry()
        registry.register(_Collector([own, *others], release, load_failed=self._app.state.load_failed.exists()))
        return generate_latest(registry)

    def _read(self) -> Iterator[Measures]:
        for path in self._folder.glob("[0-9]*") if self._folder else ():
            measures = self._decoder.decode(path.read_bytes())
            if time.time() - path.stat().st_mtime > DEAD_S:  # its counters must not disappear
                measures.gauges, measures.process = {}, {}
            yield measures


def _measure(state: Any) -> Measures:
    """Return the measures of this worker."""
    cache, monitor = state.gateway.cache, state.gateway.monitor
    counters: dict[Series, float] = {
        ("shanhai_cache_hits",): cache.stats.hits,
        ("shanhai_cache_misses",): cache.stats.misses,
        ("shanhai_not_modified",): cache.stats.not_modified,
        **{("shanhai_answers_made", str(status)): count for status, count in cache.stats.computed.items()},
        **{("shanhai_limits_reached", limit): count for limit, count in state.refusal_log.counts.items()},
    }
    gauges = {
        "shanhai_cache_bytes": cache.weight,
        "shanhai_cache_entries": len(cache),
        "shanhai_requests_in_flight": monitor.in_flight,
        "shanhai_exports_waiting": state.export_places.waiting,
    }
    timings: dict[Series, list[float]] = {
        (route or "", f"{hundreds}xx" if hundreds else ""): [*each.counts, each.total_s, each.database_s]
        for (route, hundreds), each in monitor.timings.items()
    }
    samples = (sample for family in ProcessCollector(registry=None).collect() for sample in family.samples)
    return Measures(counters, gauges, timings, os.getpid(), {sample.name: sample.value for sample in samples})


class _Collector:
    def __init__(self, workers: Sequence[Measures], release: ReleaseState | None, *, load_failed: bool) -> None:
        self._workers = workers
        self._release = release
        self._load_failed = load_failed

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; the registry calls this."""
        counters = _added(each.counters for each in self._workers)
        for name, (about, labels) in COUNTERS.items():
            counter = CounterMetricFamily(name, about, labels=labels)
            for (_, *values), count in sorted(item for item in counters.items() if item[0][0] == name):
                counter.add_metric(values, count)
            yield counter
        gauges = _added(each.gauges for each in self._workers)
        for name, about in GAUGES.items():
            yield GaugeMetricFamily(name, about, gauges[name])
        yield from self._timings()
        yield from self._processes()
        about = "Whether the last load failed, so that the release before it is served."
        yield GaugeMetricFamily("shanhai_load_failed", about, self._load_failed)
        if self._release:
            yield InfoMetricFamily("shanhai_release", "The release that is served.", {"release": self._release.release})
            loaded_at = self._release.modified.timestamp()
            yield GaugeMetricFamily("shanhai_release_loaded_timestamp_seconds", "When it was loaded.", loaded_at)

    def _timings(self) -> Iterator[Metric]:
        durations = HistogramMetricFamily(*DURATION, labels=["route", "status"])
        database = CounterMetricFamily(*DATABASE, labels=["route", "status"])
        series = sorted({key for each in self._workers for key in each.timings})
        for key in series:
            rows = (each.timings[key] for each in self._workers if key in each.timings)
            *counts, total_s, database_s = map(sum, zip(*rows, strict=True))
            durations.add_metric(key, [*zip(UPPER_ENDS, accumulate(counts), strict=True)], total_s)
            database.add_metric(key, database_s)
        yield from (durations, database)

    def _processes(self) -> Iterator[Metric]:
        for name in sorted({name for each in self._workers for name in each.process}):
            family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            metric = family(name.removesuffix("_total"), "Of each worker, by its process id.", labels=["worker"])
            for each in self._workers:
                if name in each.process:
                    metric.add_metric([str(each.worker)], each.process[name])
            yield metric


def _added(mappings: Iterable[Mapping[Any, float]]) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for mapping in mappings:
        total.update(mapping)
    return total
