"""Lose servers of the profile `scale` under load, and print what readers lose: `python -m tests.faults.replica`."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.faults.machines import ADDRESSES, Machines, enter, new_edition

RATE = 20  # requests a second, none of them twice, so that each is computed
OBSERVED_S = 20.0  # after each event; silent servers are noticed later than others
LEAD_S = 1.0  # from the first request to the event
GIVE_UP_S = 15.0  # after which a reader gives up


class Request(NamedTuple):
    """What became of a request."""

    sent: float
    took: float
    outcome: str  # the status, or the name of the error


class Readers:
    """Readers of the front, who send requests at a constant rate, however long the answers take."""

    def __init__(self) -> None:
        self._numbers = count()

    async def observe(self, what: str, act: Callable[[], object]) -> None:
        """Print a row about the requests around an event."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
        async with httpx.AsyncClient(trust_env=False, timeout=GIVE_UP_S, limits=limits) as client:
            start = time.monotonic()
            requests = [
                asyncio.create_task(self._send(client, start + each / RATE)) for each in range(round(OBSERVED_S * RATE))
            ]
            await asyncio.sleep(LEAD_S)
            event = time.monotonic()
            await asyncio.to_thread(act)
            done = [each for each in await asyncio.gather(*requests) if each.sent + each.took > event]
        failed = [each for each in done if each.outcome != "200"]
        recovered = max((each.sent + each.took - event for each in failed), default=0.0)
        outcomes = ", ".join(sorted({each.outcome for each in failed}))
        slowest = max(each.took for each in done)
        print(f"| {what} | {len(done)} | {len(failed)} | {recovered:.1f} | {slowest:.1f} | {outcomes} |", flush=True)  # noqa: T201

    async def _send(self, client: httpx.AsyncClient, at: float) -> Request:
        await asyncio.sleep(at - time.monotonic())
        sent = time.monotonic()
        try:
            response = await client.get(f"http://front:8000/v1/figures?limit=20&value__gte=-{next(self._numbers)}")
            outcome = str(response.status_code)
        except httpx.HTTPError as error:
            outcome = type(error).__name__
        return Request(sent, time.monotonic() - sent, outcome)


async def main(machines: Machines, folder: Path) -> None:
    """Lose one server after the other; what was killed comes back before the next event, except the primary."""
    replica, readers = ADDRESSES["replica"][0], Readers()
    print("| event | requests | lost | seconds to the last loss | slowest, s | how |")  # noqa: T201
    print("| --- | ---: | ---: | ---: | ---: | --- |")  # noqa: T201
    await readers.observe("none", lambda: None)
    await readers.observe("an API server is killed", lambda: machines.kill("api-0"))
    await readers.observe("it is started again", lambda: machines.start_api(0))
    await readers.observe("the replica's network is cut", lambda: machines.unplug(replica))
    await readers.observe("it is connected again", lambda: machines.plug(replica))
    await readers.observe("the replica is killed", lambda: machines.kill("replica"))
    await readers.observe("it is started again", machines.start_replica)
    await readers.observe("the primary is killed", lambda: machines.kill("database"))
    await readers.observe("the replica is promoted", lambda: machines.query("replica", "SELECT pg_promote()"))
    await readers.observe("a release is loaded into it", lambda: machines.load(new_edition(folder)))
    async with httpx.AsyncClient(trust_env=False) as client:
        roots = [await client.get(f"http://{address}:8000/v1") for address in ADDRESSES["api"]]
    print("\nthen served:", *{root.json()["meta"]["release"] for root in roots})  # noqa: T201


def run() -> None:
    """Start everything, lose it, and end it."""
    with tempfile.TemporaryDirectory(prefix="shanhai-replica-") as folder:
        machines = Machines(Path(folder))
        machines.start()
        asyncio.run(main(machines, Path(folder)))


if __name__ == "__main__":
    enter("tests.faults.replica")
    run()
