"""What a process counts of its requests, for `/metrics`, and has logged of each."""

import time
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import Scope

from app.gateway.access_log import AccessLog
from app.http.context import RequestContext
from app.http.languages import LANGUAGES

# Upper ends of the buckets, in seconds: from memory, from an index, a scan, and what operators want to be warned of.
BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0)


@dataclass
class Timings:
    """Of the responses of one route and status class: how many took how long, and the time of all."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))  # the last is of longer ones
    total_s: float = 0.0
    database_s: float = 0.0


class RequestMonitor:
    """Counts requests since the process started. Routes are patterns, so clients cannot make many."""

    def __init__(self, access_log: AccessLog | None = None) -> None:
        self.in_flight = 0  # without responses by their raw key, which take no time
        self._access_log = access_log
        self._timings: dict[tuple[str | None, int], Timings] = {}

    @property
    def timings(self) -> Mapping[tuple[str | None, int], Timings]:
        """The timings by route and hundreds of the status; 0 if the client left before the response."""
        return self._timings

    def cached(
        self, scope: Scope, started: float, request_id: bytes, status: int, route: str | None, size: int
    ) -> None:
        """Count and log a response by its raw key."""
        duration_s = time.perf_counter() - started
        self._count(route, status, duration_s)
        if self._access_log:
            self._access_log.add(scope, duration_s, duration_s, request_id.decode(), route, status, size, True)

    def computed(self, scope: Scope, started: float, context: RequestContext, routed: Scope) -> None:
        """Count and log any other response."""
        self.in_flight -= 1
        duration_s, route = time.perf_counter() - started, route_of(routed)
        self._count(route, context.status, duration_s, context.database_s)
        if self._access_log:
            self._access_log.add(
                scope,
                context.responded_at - started if context.status else duration_s,
                duration_s,
                context.request_id,
                route,
                context.status,
                context.sent_bytes,
                context.is_cached,
                context.database_s,
                context.rows,
            )

    def refused(self, client: tuple[str, int] | None, request_id: str, status: int, size: int) -> None:
        """Count and log the response to a head that was not read."""
        self._count(None, status, 0.0)
        if self._access_log:
            unread: Scope = {"method": None, "client": client, "headers": []}
            self._access_log.add(unread, 0.0, 0.0, request_id, None, status, size)

    def flush(self) -> None:
        """Write the lines that are buffered."""
        if self._access_log:
            self._access_log.flush()

    def _count(self, route: str | None, status: int | None, duration_s: float, database_s: float = 0.0) -> None:
        key = route, (status or 0) // 100
        timings = self._timings.get(key)
        if timings is None:
            timings = self._timings[key] = Timings()
        timings.counts[bisect_left(BUCKETS, duration_s)] += 1
        timings.total_s += duration_s
        timings.database_s += database_s


def route_of(scope: Scope) -> str | None:
    """Return the pattern of a routed request's path, `/v1/figures/{id}`; None if it was not routed.

    FastAPI includes the routes of pages once for each language, which their own patterns do not have.
    """
    pattern: str | None = getattr(scope.get("route"), "path", None)
    language = scope["path"][1:3]
    is_page = language in LANGUAGES and scope["path"][3:4] in {"", "/"}
    return f"/{language}{pattern}" if is_page and pattern is not None else pattern
