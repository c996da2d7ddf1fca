"""Ordinary clients, their requests, and what became of them."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from typing import NamedTuple, cast
from urllib.parse import quote

import httptools

from bench.synthetic import INDICATORS, figure_id

FIGURES = 20_000  # that the server has
GIVE_UP_S = 30.0  # after which a client gives up
IDLE_S = 4.0  # for which a client reuses an idle connection; the server closes it after 5

NEVER_USED = " before its connection's first response"


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
            if not connection.transport.is_closing() and time.monotonic() - connection.used < IDLE_S:
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
