"""What a process counts of its requests, for `/metrics`, and has logged of each."""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import Scope

from app.gateway.access_log import AccessLog, Finished
from app.http.addresses import address_of
from app.http.context import RequestContext
from app.http.languages import LANGUAGES

LATENCY_S = 0.2  # until a request is counted and its line written, at most
MAX_TOGETHER = 64  # requests, whose lines a pipe takes at once

# Upper ends of the buckets, in seconds: from memory, from an index, a scan, and what operators want to be warned of.
BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0)


@dataclass
class Timings:
    """Of the responses of one route and status class: how many took how long, and the time of all."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))  # the last is of longer ones
    total_s: float = 0.0
    database_s: float = 0.0


class RequestMonitor:
    """Counts requests since the process started. Routes are patterns, so clients cannot make many.

    Belongs to one event loop.
    """

    def __init__(self, access_log: AccessLog | None = None, *, trust_proxy: bool = False) -> None:
        self.in_flight = 0  # without responses by their raw key, which take no time
        self._access_log = access_log
        self._trust_proxy = trust_proxy
        self._timings: dict[tuple[str | None, int], Timings] = {}
        self._finished: list[Finished] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def timings(self) -> Mapping[tuple[str | None, int], Timings]:
        """The timings by route and hundreds of the status; 0 if the client left before the response."""
        self.flush()
        return self._timings

    def cached(
        self, scope: Scope, started: float, request_id: bytes, status: int, route: str | None, size: int
    ) -> None:
        """Count and log a response by its raw key."""
        duration_s = time.perf_counter() - started
        self.finish(
            Finished(
                time.time(),
                scope["method"],
                self._address_of(scope),
                duration_s,
                duration_s,
                request_id.decode(),
                route,
                status,
                size,
                is_cached=True,
            )
        )

    def computed(self, scope: Scope, started: float, context: RequestContext, routed: Scope) -> None:
        """Count and log any other response."""
        self.in_flight -= 1
        duration_s = time.perf_counter() - started
        request = Finished(
            time.time(),
            scope["method"],
            self._address_of(scope),
            context.responded_at - started if context.status else duration_s,
            duration_s,
            context.request_id,
            route_of(routed),
            context.status,
            context.sent_bytes,
            context.is_cached,
            context.database_s,
            context.rows,
        )
        self.finish(request)

    def refused(self, client: tuple[str, int] | None, request_id: str, status: int, size: int) -> None:
        """Count and log the response to a head that was not read."""
        self.finish(Finished(time.time(), None, client[0] if client else "", 0.0, 0.0, request_id, None, status, size))

    def finish(self, request: Finished) -> None:
        """Count and log a request, together with others: one by one that takes twice as long."""
        self._finished.append(request)
        if len(self._finished) >= MAX_TOGETHER:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LATENCY_S, self._end_of_wait)

    def flush(self) -> None:
        """Count and log the requests that wait for others."""
        finished, self._finished = self._finished, []
        for each in finished:
            self._count(each)
        if self._access_log:
            self._access_log.write(finished)

    def _address_of(self, scope: Scope) -> str:
        """Return the client's address, or what a proxy states; empty on a Unix socket."""
        if self._trust_proxy:
            return address_of(scope, trust_proxy=True)
        client: tuple[str, int] | None = scope["client"]
        return client[0] if client else ""

    def _end_of_wait(self) -> None:
        self._timer = None
        self.flush()

    def _count(self, request: Finished) -> None:
        key = request.route, (request.status or 0) // 100
        timings = self._timings.get(key)
        if timings is None:
            timings = self._timings[key] = Timings()
        timings.counts[bisect_left(BUCKETS, request.duration_s)] += 1
        timings.total_s += request.duration_s
        timings.database_s += request.database_s


def route_of(scope: Scope) -> str | None:
    """Return the pattern of a routed request's path, `/v1/figures/{id}`; None if it was not routed.

    FastAPI includes the routes of pages once for each language, which their own patterns do not have. Those of a
    document in each language have it.
    """
    pattern: str | None = getattr(scope.get("route"), "path", None)
    language = scope["path"][1:3]
    is_page = language in LANGUAGES and scope["path"][3:4] in {"", "/"}
    if pattern is None or not is_page or pattern.startswith(f"/{language}/"):
        return pattern
    return f"/{language}{pattern}"
