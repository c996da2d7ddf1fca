"""Clients that wait, leave and press, and servers that end under them: `python -m tests.faults.clients [PART …]`.

The parts are `sizes`, `connections`, `exports`, `sigterm` and `soak`, which takes eleven minutes; without one, all run.
The server has a core, and its clients the other. Prints a table, and ends with 1 if something that must hold did not.
"""

import asyncio
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from itertools import count, repeat
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import quote

import httptools
import uvloop

from bench.loading import load_apart
from bench.synthetic import INDICATORS, figure_id, write_seed
from tests import run
from tests.attacks.server import Attacked, attacked_server
from tests.cli.test_handover import start as start_on_socket
from tests.running import HANGS_S, free_port, shanhai_apart, start, stop, wait_until

SERVER_CORE, CLIENT_CORE = 0, 1
FIGURES = 20_000
GIVE_UP_S = 30.0  # after which an ordinary client gives up
KEPT_S = 4.0  # for which a client keeps an idle connection; the server closes it after 5

SILENT, TRICKLING, UNREAD = 2_500, 1_500, 1_000  # connections at a time, of a server that is held
HELD_S = 30
ORDINARY_RATE = 100  # requests a second of ordinary clients, while others misbehave
BEFORE_S = 10

ABORTED, LEAVING_AT_ONCE = 1_000, 16
PATIENCE_S = 1.5  # of a client that leaves before the first bytes of a file

PRESSING = 16  # clients that send requests without a pause
PRESSED_S = 3.0  # before the SIGTERM, and after the next start

CAPACITY_S, SOAK_S, SETTLED_S, SAMPLE_S = 20, 600, 60, 5
LOAD = 0.8  # of the capacity
MAX_EXTRA_MB = 60  # which the allocator may keep of what is over
MAX_SLOPE_MB = 1.0  # a minute, in the second half of the soak


NEVER_USED = " before its connection's first response"  # the server may never have accepted it


class Request(NamedTuple):
    """A request, and the status of its right response."""

    path: str
    status: int = 200
    fields: str = ""


class Connection(asyncio.Protocol):
    """A connection that sends one request at a time."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._response: asyncio.Future[int] | None = None
        self.used = 0.0  # when a response last arrived

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def connection_lost(self, error: Exception | None) -> None:
        if self._response and not self._response.done():
            self._response.set_exception(error if isinstance(error, OSError) else ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        if not self._parser.should_keep_alive():
            self.transport.close()
        if self._response and not self._response.done():
            self._response.set_result(self._parser.get_status_code())

    async def get(self, request: Request) -> int:
        """Return the status of a response that was read to its end. Raises OSError if the connection is lost."""
        self._response = asyncio.get_running_loop().create_future()
        head = f"GET {request.path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n{request.fields}\r\n"
        self.transport.write(head.encode())
        status = await self._response
        self.used = time.monotonic()
        return status


class Clients:
    """Ordinary clients of a server, and what became of their requests."""

    def __init__(self, port: int, requests: Iterator[Request], new_every: int = 4) -> None:
        self.seconds: list[float] = []  # of right responses, from when they were due
        self.lost: Counter[str] = Counter()
        self._port, self._requests, self._new_every = port, requests, new_every
        self._idle: list[Connection] = []
        self._sent = 0

    async def at_rate(self, rate: float, seconds: float) -> None:
        """Send requests when they are due, however long the responses take."""
        begin = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for number in range(round(rate * seconds)):
                due = begin + number / rate
                await asyncio.sleep(due - time.monotonic())
                tasks.create_task(self._send(next(self._requests), due))

    async def press(self, clients: int, ended: Callable[[], bool]) -> None:
        """Send requests without a pause, each after the response to the one before, until something has ended."""

        async def work() -> None:
            while not ended():
                if not await self._send(next(self._requests), time.monotonic()):
                    await asyncio.sleep(0.01)

        await asyncio.gather(*(work() for _ in range(clients)))

    def quantile(self, share: float) -> float:
        """Milliseconds within which this share of the right responses came."""
        return 1e3 * sorted(self.seconds)[int(len(self.seconds) * share)]

    def describe(self) -> str:
        """What became of the requests."""
        lost = ", ".join(f"{number} × {what}" for what, number in self.lost.items()) or "0 errors"
        return (
            f"{len(self.seconds):,} requests, {lost}, p50 {self.quantile(0.5):.1f} ms, p99 {self.quantile(0.99):.1f} ms"
        )

    async def _send(self, request: Request, due: float) -> bool:
        self._sent += 1
        is_new = self._sent % self._new_every == 0
        connection = None
        try:
            async with asyncio.timeout(GIVE_UP_S):
                connection = await self._connect(is_new)
                outcome = str(await connection.get(request))
        except OSError as error:  # a TimeoutError too
            outcome = type(error).__name__
            if connection and not connection.used:
                outcome += NEVER_USED
        else:
            if is_new:
                connection.transport.close()
            else:
                self._idle.append(connection)
        if outcome == str(request.status):
            self.seconds.append(time.monotonic() - due)
            return True
        self.lost[outcome] += 1
        return False

    async def _connect(self, is_new: bool) -> Connection:
        while self._idle and not is_new:
            connection = self._idle.pop()
            if not connection.transport.is_closing() and time.monotonic() - connection.used < KEPT_S:
                return connection
            connection.transport.close()
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, "127.0.0.1", self._port)
        return connection


def mixed_requests() -> Iterator[Request]:
    """Requests as readers and programs send them; what is marked with a number is never sent twice."""
    chance, numbers = random.Random(24), count(1)  # noqa: S311 - the same in every run
    kinds: dict[Callable[[int], Request], int] = {
        lambda _: Request(f"/v1/figures/{figure_id(chance.randrange(50))}"): 40,
        lambda n: Request(f"/v1/figures?limit=20&value__gte=-{n}"): 15,
        lambda n: Request(f"/v1/figures?{_indicator(n)}&limit=20&facet=unit&value__gte=-{n}"): 6,
        lambda n: Request(f"/v1/search?q={quote('合成数据')}{n % FIGURES:07}&limit=5"): 6,
        lambda n: Request(f"/v1/figures.{chance.choice(('csv', 'ndjson'))}?{_indicator(n)}&value__gte=-{n}"): 2,
        lambda _: Request("/v1/figures.csv"): 1,
        lambda n: Request(f"/{chance.choice(('zh', 'en'))}/figures/{figure_id(n % FIGURES)}"): 5,
        lambda _: Request(
            f"/{chance.choice(('zh', 'en'))}{chance.choice(('', '/figures', '/indicators', '/docs'))}"
        ): 14,
        lambda _: Request("/v1/figures?limit=60", 304, "If-None-Match: *\r\n"): 4,
        lambda n: Request(f"/v1/figures/nothing-{n}", 404): 3,
        lambda n: Request(f"/v1/figures?uint={n}", 422): 3,
    }
    while True:
        (make,) = chance.choices([*kinds], [*kinds.values()])
        yield make(next(numbers))


def simple_requests() -> Iterator[Request]:
    """A page from the cache and a page that is computed, in turn."""
    for number in count():
        yield Request("/v1/figures?limit=20")
        yield Request(f"/v1/figures?limit=20&value__gte=-{number}")


def _indicator(number: int) -> str:
    return f"indicator_id=synthetic-indicator-{number % INDICATORS:02}"


class State(NamedTuple):
    """What a server uses."""

    memory_mb: float
    files: int
    threads: int

    @classmethod
    def of(cls, server: Attacked) -> "State":
        """Return what a server uses now."""
        return cls(server.resident_mb(), server.open_files(), len([*Path(f"/proc/{server.pid}/task").iterdir()]))

    def __str__(self) -> str:
        return f"{self.memory_mb:.0f} MB, {self.files} descriptors, {self.threads} threads"


class Report:
    """The table of what happened."""

    def __init__(self) -> None:
        self.failed = False

    def begin(self) -> None:
        """Print the head."""
        print("| event | figures | |\n| --- | --- | --- |", flush=True)  # noqa: T201

    def add(self, event: str, figures: str, *, holds: bool = True) -> None:
        """Print a row; `holds` is whether all is as it must be."""
        self.failed |= not holds
        print(f"| {event} | {figures} | {'ok' if holds else 'FAILED'} |", flush=True)  # noqa: T201


class Samples:
    """What a server uses, sampled while something happens."""

    def __init__(self) -> None:
        self.states: list[tuple[float, State]] = []

    @asynccontextmanager
    async def of(self, server: Attacked, every_s: float) -> AsyncIterator[None]:
        """Sample during the block."""

        async def sample() -> None:
            begin = time.monotonic()
            while True:
                self.states.append((time.monotonic() - begin, State.of(server)))
                await asyncio.sleep(every_s)

        task = asyncio.create_task(sample())
        try:
            yield
        finally:
            task.cancel()

    @property
    def peak(self) -> str:
        """The most memory and descriptors."""
        states = [state for _, state in self.states]
        return f"{max(each.memory_mb for each in states):.0f} MB, {max(each.files for each in states):,} descriptors"

    def slope_mb(self, since_s: float) -> float:
        """Growth of memory in megabytes a minute, by least squares."""
        points = [(at / 60, state.memory_mb) for at, state in self.states if at >= since_s]
        x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
        return float(sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points))


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Run this process, and those that it starts meanwhile, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def serving(data: Path, folder: Path, **settings: str) -> Iterator[Attacked]:
    """Run a server with the default settings and a log, on its core, and this process on the other."""
    folder.mkdir(exist_ok=True)
    with on_core(SERVER_CORE):
        context = attacked_server(data, folder, 64, SHANHAI_ACCESS_LOG="all", TMPDIR=str(folder), **settings)
        server = context.__enter__()
    try:
        with on_core(CLIENT_CORE):
            yield server
    finally:
        context.__exit__(None, None, None)


def port_of(server: Attacked) -> int:
    """Return the port of a server."""
    return int(server.base.rpartition(":")[2])


def source(number: int) -> str:
    """Return the address of the n-th of many clients of this machine."""
    return f"127.1.{number // 250}.{1 + number % 250}"


@contextmanager
def connecting(number: int) -> Iterator[socket.socket]:
    """Yield a socket of the n-th client, which takes little of what it does not read."""
    with socket.socket() as client:
        client.setblocking(False)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.bind((source(number), 0))
        yield client


Behaviour = Callable[[socket.socket], Coroutine[Any, Any, None]]


async def say_nothing(client: socket.socket) -> None:
    """Send nothing until the server closes the connection."""
    await asyncio.get_running_loop().sock_recv(client, 1)


async def trickle(client: socket.socket) -> None:
    """Send a byte of a head each second, until the server has closed the connection."""
    await asyncio.get_running_loop().sock_sendall(client, b"GET / HTTP/1.1\r\nX-Slow: ")
    while True:
        await asyncio.sleep(1)
        await asyncio.get_running_loop().sock_sendall(client, b"a")


async def read_nothing(client: socket.socket) -> None:
    """Ask for a long page and read nothing of it, until the connection is reset."""
    await asyncio.get_running_loop().sock_sendall(client, b"GET /v1/figures?limit=1000 HTTP/1.1\r\nHost: a\r\n\r\n")
    while not client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):  # noqa: ASYNC110 - there is no event
        await asyncio.sleep(1)


async def read_slowly(client: socket.socket) -> None:
    """Ask for a long page and read a kilobyte of it each second, until its end."""
    await asyncio.get_running_loop().sock_sendall(client, b"GET /v1/figures?limit=1000 HTTP/1.1\r\nHost: a\r\n\r\n")
    while await asyncio.get_running_loop().sock_recv(client, 1024):  # noqa: ASYNC110 - it is slow
        await asyncio.sleep(1)


async def hold(port: int, number: int, behave: Behaviour) -> None:
    """Hold a connection, and connect again whenever it is closed."""
    await asyncio.sleep(number % 500 / 100)  # all connect within five seconds
    while True:
        with suppress(OSError), connecting(number) as client:
            await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
            await behave(client)
        await asyncio.sleep(1)


async def try_connections(report: Report, data: Path, folder: Path) -> None:
    """Hold a server's connections while ordinary clients read."""
    kinds = [*repeat(say_nothing, SILENT), *repeat(trickle, TRICKLING)]
    kinds += [read_nothing, read_slowly] * (UNREAD // 2)
    random.Random(24).shuffle(kinds)  # noqa: S311 - the same in every run
    with serving(data, folder) as server:
        port = port_of(server)
        before, during, after = (Clients(port, simple_requests()) for _ in range(3))
        await before.at_rate(ORDINARY_RATE, BEFORE_S)
        await asyncio.sleep(KEPT_S + 2)
        idle, samples = State.of(server), Samples()
        async with samples.of(server, 0.5):
            holders = [asyncio.create_task(hold(port, *each)) for each in enumerate(kinds)]
            await during.at_rate(ORDINARY_RATE, HELD_S)
            for each in holders:
                each.cancel()
            await asyncio.gather(*holders, return_exceptions=True)
        back_s = await until_back(server, idle)
        await after.at_rate(ORDINARY_RATE, BEFORE_S)
        await asyncio.sleep(KEPT_S + 2)
        left = State.of(server)
    report.add("ordinary clients, before", f"{before.describe()}; server {idle}", holds=not before.lost)
    event = (
        f"{SILENT:,} clients that send nothing, {TRICKLING:,} a byte a second, {UNREAD:,} that read slowly or nothing"
    )
    report.add(event, f"{during.describe()}; server at most {samples.peak}", holds=not during.lost)
    holds = not after.lost and back_s < HANGS_S and left.memory_mb <= idle.memory_mb + MAX_EXTRA_MB
    report.add("after they left", f"{after.describe()}; server {left}, back after {back_s:.1f} s", holds=holds)


async def until_back(server: Attacked, idle: State) -> float:
    """Wait until a server has no more descriptors than when it was idle; return the seconds that it took."""
    begin = time.monotonic()
    await asyncio.to_thread(wait_until, lambda: server.open_files() <= idle.files)
    return time.monotonic() - begin


async def leave(port: int, number: int) -> str:
    """Ask for a file that is made for this request, and leave after the first bytes of it; return what was read."""
    form = ("csv", "ndjson", "parquet", "xlsx")[number % 4]
    with connecting(number % 1_000) as client:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, ("127.0.0.1", port))
        if number % 8 >= 4:  # half of them reset the connection
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await loop.sock_sendall(
            client, f"GET /v1/figures.{form}?value__gte=-{number} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                return (await loop.sock_recv(client, 1024))[9:12].decode()
        except OSError as error:
            return "nothing" if isinstance(error, TimeoutError) else type(error).__name__


async def leave_all(port: int, numbers: Iterator[int]) -> Counter[str]:
    """Leave these files, some at a time; return how often each status was read."""
    seen: Counter[str] = Counter()

    async def work() -> None:
        for number in numbers:
            seen[await leave(port, number)] += 1

    await asyncio.gather(*(work() for _ in range(LEAVING_AT_ONCE)))
    return seen


async def try_exports(report: Report, data: Path, folder: Path) -> None:
    """Leave files after their first bytes while ordinary clients read."""
    with serving(data, folder) as server:
        port = port_of(server)
        before, during = (Clients(port, simple_requests()) for _ in range(2))
        await leave_all(port, iter(range(100)))  # starts all threads, and loads what writes the files
        for form in ("csv", "parquet", "xlsx"):
            await asyncio.to_thread(server.get, f"/v1/figures.{form}?value__gte=-0.5", {})
        await before.at_rate(ORDINARY_RATE / 2, BEFORE_S)
        await asyncio.sleep(KEPT_S + 2)
        idle, samples, begin = State.of(server), Samples(), time.monotonic()
        async with samples.of(server, 0.5):
            leaving = asyncio.create_task(leave_all(port, iter(range(100, 100 + ABORTED))))
            while not leaving.done():
                await during.at_rate(ORDINARY_RATE / 2, 1)
            seen = await leaving
        took_s = time.monotonic() - begin
        back_s = await until_back(server, idle)
        await asyncio.sleep(KEPT_S + 2)
        left, files = State.of(server), temporary_files(server, folder)
    report.add("ordinary clients, before", f"{before.describe()}; server {idle}", holds=not before.lost)
    read = ", ".join(f"{number} read {what}" for what, number in sorted(seen.items()))
    event = f"{ABORTED:,} exports left after the first bytes or {PATIENCE_S:g} s, {LEAVING_AT_ONCE} at a time ({took_s:.0f} s)"
    report.add(event, f"{read}; others {during.describe()}; server at most {samples.peak}", holds=not during.lost)
    holds = back_s < HANGS_S and not files and left.threads <= idle.threads
    holds = holds and left.memory_mb <= idle.memory_mb + MAX_EXTRA_MB
    figures = f"server {left}, back after {back_s:.1f} s, {len(files)} temporary files"
    report.add("after they left", figures, holds=holds)


def temporary_files(server: Attacked, folder: Path) -> list[str]:
    """Return a server's files in its temporary folder, those without a name too."""
    named = [each.name for each in folder.iterdir() if each.name != "log"]
    opened = [str(each.readlink()) for each in Path(f"/proc/{server.pid}/fd").iterdir() if each.is_symlink()]
    return named + [each for each in opened if each.endswith("(deleted)")]


async def try_sigterm(report: Report, data: Path) -> None:
    """End servers under load, with a socket of their own, or one that the next server takes over."""
    for workers in ("1", "2"):
        for new_every in (1_000_000_000, 1):
            await end_alone(report, data, workers, new_every)
    for workers in ("1", "2"):
        for new_every in (1_000_000_000, 1):
            await hand_over(report, data, workers, new_every)
    await end_unread(report, data)


def _kind(workers: str, new_every: int) -> str:
    return f"{workers} worker{'s' * (workers != '1')}, {'new' if new_every == 1 else 'kept'} connections"


async def end_alone(report: Report, data: Path, workers: str, new_every: int) -> None:
    """End a server whose socket ends with it; what comes later is refused, and what it has accepted is answered."""
    environment = {"SHANHAI_DATA_DIR": str(data)}
    base, process = await asyncio.to_thread(
        start, ["--no-prepare", "--workers", workers], environment, subprocess.DEVNULL
    )
    clients = Clients(int(base.rpartition(":")[2]), simple_requests(), new_every)
    pressing = asyncio.create_task(clients.press(PRESSING, lambda: process.poll() is not None))
    await asyncio.sleep(PRESSED_S)
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    status = await asyncio.to_thread(process.wait, HANGS_S)
    took_s = time.monotonic() - begin
    await pressing
    clients.lost.pop("ConnectionRefusedError", 0)
    waiting = sum(number for what, number in clients.lost.items() if what.endswith(NEVER_USED))
    cut = clients.lost.total() - waiting
    figures = (
        f"{len(clients.seconds):,} answered, {cut} cut off, {waiting} reset on connections that no worker took, "
        f"then refused; ended after {took_s:.2f} s"
    )
    holds = status == 0 and cut == 0
    report.add(f"SIGTERM, {_kind(workers, new_every)}", figures, holds=holds)


async def hand_over(report: Report, data: Path, workers: str, new_every: int) -> None:
    """End a server, and start the next on the same socket, which keeps connections waiting meanwhile."""
    with socket.create_server(("127.0.0.1", free_port()), backlog=1024) as listening:
        clients, ended = Clients(listening.getsockname()[1], simple_requests(), new_every), asyncio.Event()
        server = start_on_socket(listening, workers, data)
        pressing = asyncio.create_task(clients.press(PRESSING, ended.is_set))
        await asyncio.sleep(PRESSED_S)
        begin = time.monotonic()
        server.send_signal(signal.SIGTERM)
        status = await asyncio.to_thread(server.wait, HANGS_S)
        took_s, before = time.monotonic() - begin, len(clients.seconds)
        server = start_on_socket(listening, workers, data)
        await asyncio.to_thread(wait_until, lambda: len(clients.seconds) > before or bool(clients.lost))
        gap_s = time.monotonic() - begin
        await asyncio.sleep(PRESSED_S)
        ended.set()
        await pressing
        await asyncio.to_thread(stop, server)
    figures = (
        f"{len(clients.seconds):,} answered, {sum(clients.lost.values())} lost; ended after {took_s:.2f} s, "
        f"the next answered after {gap_s:.2f} s"
    )
    event = f"SIGTERM and a start on the same socket, {_kind(workers, new_every)}"
    report.add(event, figures, holds=status == 0 and not clients.lost)


async def end_unread(report: Report, data: Path) -> None:
    """End a server with a hundred clients that read nothing of long pages and files."""
    base, process = await asyncio.to_thread(
        start, ["--no-prepare"], {"SHANHAI_DATA_DIR": str(data)}, subprocess.DEVNULL
    )
    port = int(base.rpartition(":")[2])
    holders = [asyncio.create_task(hold(port, number, read_nothing)) for number in range(100)]
    await asyncio.sleep(PRESSED_S + 5)
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    status = await asyncio.to_thread(process.wait, HANGS_S)
    took_s = time.monotonic() - begin
    for each in holders:
        each.cancel()
    await asyncio.gather(*holders, return_exceptions=True)
    event = "SIGTERM, 100 clients that read nothing of their responses"
    report.add(event, f"ended after {took_s:.2f} s", holds=status == 0 and took_s < 10)


async def try_soak(report: Report, data: Path, folder: Path) -> None:
    """Send a mix of requests at a share of the capacity that was measured before."""
    with serving(data, folder) as server:
        port, requests = port_of(server), mixed_requests()
        clients, ends = Clients(port, requests, 20), time.monotonic() + CAPACITY_S
        used_s = time.process_time()
        await clients.press(PRESSING, lambda: time.monotonic() > ends)
        capacity = len(clients.seconds) / CAPACITY_S
        busy = (time.process_time() - used_s) / CAPACITY_S
        figures = f"{capacity:,.0f} a second; {clients.describe()}; the client used {busy:.0%} of its core"
        report.add("capacity, a mix of requests", figures, holds=not clients.lost)
        clients, samples = Clients(port, requests, 20), Samples()
        used_s = server.cpu_s()
        async with samples.of(server, SAMPLE_S):
            await clients.at_rate(LOAD * capacity, SOAK_S)
        busy = (server.cpu_s() - used_s) / SOAK_S
        warnings = (folder / "log").read_text("utf-8").count('"level":"WARNING"')
    settled = [state for at, state in samples.states if at >= SETTLED_S]
    slope = samples.slope_mb(SOAK_S / 2)
    figures = f"{clients.describe()}, p99.9 {clients.quantile(0.999):.0f} ms; the server used {busy:.0%} of its core"
    report.add(f"{SOAK_S // 60} minutes at {LOAD:.0%}", figures, holds=not clients.lost)
    files = [each.files for each in settled]
    figures = (
        f"{settled[0]} after a minute, {settled[-1]} at the end; memory at most "
        f"{max(each.memory_mb for each in settled):.0f} MB, {slope:+.2f} MB a minute in the second half; "
        f"descriptors {min(files)} to {max(files)}; {warnings} warnings in the log"
    )
    report.add("the server in these minutes", figures, holds=slope <= MAX_SLOPE_MB)


def make_data(report: Report, folder: Path) -> Path:
    """Load synthetic figures and freeze their release; return the folder of data."""
    data = folder / "data"
    data.mkdir()
    cost = load_apart(write_seed(folder / "seed", FIGURES), f"sqlite:///{data / 'shanhai.sqlite'}")
    done = shanhai_apart("release", SHANHAI_DATA_DIR=str(data), SHANHAI_SEED_DIR=str(folder / "seed"))
    assert done.returncode == 0, done.stderr
    releases = sum(each.stat().st_size for each in (data / "releases").rglob("*") if each.is_file())
    report.add(
        f"{FIGURES:,} figures",
        f"loaded in {cost.seconds:.1f} s and {cost.peak:.0f} MB of memory; database "
        f"{(data / 'shanhai.sqlite').stat().st_size / 1e6:.0f} MB, files of the release {releases / 1e6:.0f} MB",
    )
    return data


def measure_sizes(report: Report, data: Path, folder: Path) -> None:
    """Report the memory that a server takes, and for what."""
    with serving(data, folder) as server:
        figures = [f"idle {State.of(server)}"]
        for form in ("csv", "parquet", "xlsx"):
            server.get(f"/v1/figures.{form}?value__gte=-1", {})
            figures.append(f"after a file of all figures as {form} {server.resident_mb():.0f} MB")
    report.add("a server", "; ".join(figures))


def main(*parts: str) -> int:
    """Run these parts, and return the exit status."""
    run.current = run.FirstRun()
    report = Report()
    report.begin()
    try:
        with tempfile.TemporaryDirectory(prefix="shanhai-clients-") as name:
            folder = Path(name)
            data = make_data(report, folder)
            every: dict[str, Callable[[], object]] = {
                "sizes": partial(measure_sizes, report, data, folder / "sizes"),
                "connections": lambda: uvloop.run(try_connections(report, data, folder / "connections")),
                "exports": lambda: uvloop.run(try_exports(report, data, folder / "exports")),
                "sigterm": lambda: uvloop.run(try_sigterm(report, data)),
                "soak": lambda: uvloop.run(try_soak(report, data, folder / "soak")),
            }
            for part in parts or every:
                every[part]()
    finally:
        run.current.leave()
    return int(report.failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
