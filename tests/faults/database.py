"""PostgreSQL hangs, is slow, resets and restarts under load: `python -m tests.faults.database`, on Linux.

A server gets requests that no cache has, and as many that its cache has. Prints a row for each event and stream, and
ends with 1 if something that must hold did not. Takes two and a half minutes. `tests.faults.replica` has what standbys spare.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count, cycle
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil
import psycopg
from sqlalchemy.engine import make_url

from app.db.engines import POOL_SIZE
from app.read.dataset import REFRESH_TIMEOUT_S
from app.settings import PAGE_TIMEOUT_S
from tests import run
from tests.db.silence import Proxy, proxy_of
from tests.faults.readers import LEAD_S, Observation, observe
from tests.replication import Server
from tests.running import serving

EVENT_S = 10.0  # of an event that is not over at once: longer than any deadline of a read
AFTER_S = 7.0  # of load after an event: a request of its last moment has ended by then
BUSY_S = 1.0  # that other work of the machine may add to a request
LONGEST_S = REFRESH_TIMEOUT_S + PAGE_TIMEOUT_S + BUSY_S  # that a request may take
CACHED_S = REFRESH_TIMEOUT_S + BUSY_S  # that a request of the cache may take
BACK_S = 2.0  # after an event, in which requests may still be lost
NORMAL_S = 1.0  # that a request may take then
DELAY_S = 0.2  # of a slow network, each way

BURST = 30  # requests at once that open every thread and connection that a server keeps
CACHED = ("/v1", "/v1/figures?limit=20", "/v1/enterprises", "/en", "/v1/search?q=tea")
failed = False


class Held(NamedTuple):
    """What a process has open."""

    threads: int
    connections: int  # to PostgreSQL
    files: int


class Site:
    """A server on a port of PostgreSQL, and its two streams of requests."""

    def __init__(self, client: httpx.Client, process: psutil.Process, database_port: int) -> None:
        self._process, self._port = process, database_port
        base = str(client.base_url).rstrip("/")
        self._distinct = (f"{base}/v1/figures?limit=20&value__gte=-{each}" for each in count())
        self._cached = cycle([f"{base}{path}" for path in CACHED])
        with ThreadPoolExecutor(BURST) as pool:
            for urls in (self._distinct, cycle([f"{base}/readyz"]), self._cached, self._cached, self._cached):
                for response in pool.map(client.get, (next(urls) for _ in range(BURST))):
                    response.raise_for_status()
        self._before = self.held()

    def held(self) -> Held:
        """Return what the process has open now."""
        peers = [each.raddr for each in self._process.net_connections("tcp")]
        connections = sum(bool(peer) and peer.port == self._port for peer in peers)
        return Held(self._process.num_threads(), connections, self._process.num_fds())

    def observe(self, name: str, event: Callable[[], object], seconds: float = 0.0) -> None:
        """Let an event happen, which takes so long, under load, and print what came of it."""
        duration_s = LEAD_S + seconds + AFTER_S
        distinct, cached = asyncio.run(observe(event, duration_s, self._distinct, self._cached))
        deadline = time.monotonic() + BACK_S
        while self._exceeds() and time.monotonic() < deadline:
            time.sleep(0.05)
        broken = [
            *(f"cached: {each}" for each in violations(cached, CACHED_S)),
            *(["cached: lost"] if cached.lost else []),
            *violations(distinct, LONGEST_S),
            *(["more open than before"] if self._exceeds() else []),
        ]
        for kind, seen in (("computed", distinct), ("cached", cached)):
            print_row(name, kind, seen, self.held(), broken)

    def _exceeds(self) -> bool:
        now, before = self.held(), self._before
        spare = POOL_SIZE  # connections for transactions, which stay open once they were needed
        most = before._replace(connections=before.connections + spare, files=before.files + spare)
        return any(each > limit for each, limit in zip(now, most, strict=True))


def violations(seen: Observation, longest_s: float) -> Iterator[str]:
    """Yield what did not hold of a stream."""
    if seen.slowest_s > longest_s:
        yield f"took longer than {longest_s:g} s"
    later = [each for each in seen.requests if each.sent > seen.ended + BACK_S]
    if seen.last_loss > seen.ended + BACK_S or any(each.took > NORMAL_S for each in later):
        yield f"not normal {BACK_S:g} s later"


def print_row(name: str, kind: str, seen: Observation, held: Held, broken: list[str]) -> None:
    """Print what came of an event for one stream of requests."""
    global failed
    failed |= bool(broken)
    last_s = f"{max(0.0, seen.last_loss - seen.ended):.1f}" if seen.lost else ""
    figures = f"{len(seen.requests)} | {len(seen.lost)} | {seen.how} | {seen.slowest_s:.1f} | {last_s}"
    print(f"| {name} | {kind} | {figures} | {' '.join(map(str, held))} | {', '.join(broken) or 'ok'} |", flush=True)  # noqa: T201


def hang(server: Server) -> None:
    """Suspend PostgreSQL for a while."""
    server.freeze()
    time.sleep(EVENT_S)
    server.thaw()


def lock(server: Server) -> None:
    """Lock a table that every page reads, as a careless migration does."""
    with psycopg.connect(server.url("shanhai").render_as_string()) as connection:
        connection.execute("LOCK TABLE figures IN ACCESS EXCLUSIVE MODE")
        time.sleep(EVENT_S)


def restart(server: Server, *, immediate: bool = False, after_s: float = 0.0) -> None:
    """Restart as `pg_ctl restart` does, perhaps not at once."""
    server.stop(immediate=immediate)
    time.sleep(after_s)
    server.start()


def slow_down(proxy: Proxy) -> None:
    """Delay what is sent, each way."""
    proxy.delay_s = DELAY_S
    time.sleep(EVENT_S)
    proxy.delay_s = 0.0


def reset(proxy: Proxy) -> None:
    """Reset every connection, new ones too, for a while."""
    end = time.monotonic() + EVENT_S
    while time.monotonic() < end:
        proxy.reset()
        time.sleep(0.01)


def main(folder: Path) -> None:
    """Try every event."""
    server = Server(folder / "postgresql")
    with ExitStack() as stack:
        server.initialize()
        stack.callback(server.kill)
        server.start()
        server.execute("CREATE DATABASE shanhai")
        address = server.url("shanhai").render_as_string()
        proxy = stack.enter_context(proxy_of(address))
        sites = []
        for url in (address, proxy.address):
            client, process = stack.enter_context(serving(DATABASE_URL=url))
            sites.append(Site(client, psutil.Process(process.pid), make_url(url).port or 0))
        direct, distant = sites
        print("| event | requests | all | lost | how | slowest, s | last loss, s after the end | open | |")  # noqa: T201
        print("| --- | --- | ---: | ---: | --- | ---: | ---: | --- | --- |")  # noqa: T201
        direct.observe("none", lambda: None)
        direct.observe(f"hangs for {EVENT_S:g} s (SIGSTOP)", lambda: hang(server), EVENT_S)
        direct.observe(f"a table is locked for {EVENT_S:g} s", lambda: lock(server), EVENT_S)
        direct.observe("restarts, fast", lambda: restart(server))
        direct.observe("restarts, immediate", lambda: restart(server, immediate=True))
        direct.observe(f"is stopped for {EVENT_S:g} s", lambda: restart(server, after_s=EVENT_S), EVENT_S)
        distant.observe(f"answers {DELAY_S:g} s later each way for {EVENT_S:g} s", lambda: slow_down(proxy), EVENT_S)
        distant.observe("its connections are reset, once", proxy.reset)
        distant.observe(f"its connections are reset for {EVENT_S:g} s", lambda: reset(proxy), EVENT_S)


if __name__ == "__main__":
    run.current = run.FirstRun()
    try:
        with tempfile.TemporaryDirectory(prefix="shanhai-database-") as name:
            main(Path(name))
    finally:
        run.current.leave()
    sys.exit(failed)
