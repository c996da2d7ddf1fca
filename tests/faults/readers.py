"""Readers who send requests at a constant rate, however long the answers take, around an event."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import httpx

RATE = 20  # requests a second of each stream
LEAD_S = 1.0  # from the first request to the event
GIVE_UP_S = 15.0  # after which a reader gives up


class Request(NamedTuple):
    """What became of a request."""

    sent: float
    took: float
    outcome: str  # the status, or the name of the error

    @property
    def ended(self) -> float:
        """When the answer was complete, or the request lost."""
        return self.sent + self.took


class Observation(NamedTuple):
    """An event, and the requests of a stream that it could reach: those that ended after its begin."""

    began: float
    ended: float
    requests: list[Request]

    @property
    def lost(self) -> list[Request]:
        """The requests that were not answered as they should be."""
        return [each for each in self.requests if each.outcome != "200"]

    @property
    def last_loss(self) -> float:
        """When the last request was lost; minus infinity if none was."""
        return max((each.ended for each in self.lost), default=float("-inf"))

    @property
    def slowest_s(self) -> float:
        """The longest time of a request."""
        return max(each.took for each in self.requests)

    @property
    def how(self) -> str:
        """In which ways requests were lost."""
        return ", ".join(sorted({each.outcome for each in self.lost}))


async def observe(event: Callable[[], object], seconds: float, *streams: Iterator[str]) -> list[Observation]:
    """Send requests to the addresses of each stream for so long, with an event in between, which runs in a thread."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
    async with httpx.AsyncClient(trust_env=False, timeout=GIVE_UP_S, limits=limits) as client:
        times = [time.monotonic() + each / RATE for each in range(round(seconds * RATE))]
        sending = [[asyncio.create_task(_send(client, next(urls), at)) for at in times] for urls in streams]
        await asyncio.sleep(LEAD_S)
        began = time.monotonic()
        await asyncio.to_thread(event)
        ended = time.monotonic()
        sent = [await asyncio.gather(*tasks) for tasks in sending]
    return [Observation(began, ended, [each for each in requests if each.ended > began]) for requests in sent]


async def _send(client: httpx.AsyncClient, url: str, at: float) -> Request:
    await asyncio.sleep(at - time.monotonic())
    sent = time.monotonic()
    try:
        outcome = str((await client.get(url)).status_code)
    except httpx.HTTPError as error:
        outcome = type(error).__name__
    return Request(sent, time.monotonic() - sent, outcome)
