"""Lose servers of the profile `scale` under load, and print what readers lose: `python -m tests.faults.replica`."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import httpx

from tests.faults.machines import ADDRESSES, Machines, enter, new_edition
from tests.faults.readers import observe

OBSERVED_S = 20.0  # around each event; silent servers are noticed later than others


async def lose(what: str, event: Callable[[], object], urls: Iterator[str]) -> None:
    """Print a row about the requests around an event."""
    (seen,) = await observe(event, OBSERVED_S, urls)
    recovered_s = max(0.0, seen.last_loss - seen.began)
    figures = f"{len(seen.requests)} | {len(seen.lost)} | {recovered_s:.1f} | {seen.slowest_s:.1f}"
    print(f"| {what} | {figures} | {seen.how} |", flush=True)  # noqa: T201


async def main(machines: Machines, folder: Path) -> None:
    """Lose one server after the other; what was killed comes back before the next event, except the primary."""
    replica = ADDRESSES["replica"][0]
    urls = (f"http://front:8000/v1/figures?limit=20&value__gte=-{each}" for each in count())  # each is computed
    print("| event | requests | lost | seconds to the last loss | slowest, s | how |")  # noqa: T201
    print("| --- | ---: | ---: | ---: | ---: | --- |")  # noqa: T201
    await lose("none", lambda: None, urls)
    await lose("an API server is killed", lambda: machines.kill("api-0"), urls)
    await lose("it is started again", lambda: machines.start_api(0), urls)
    await lose("the replica's network is cut", lambda: machines.unplug(replica), urls)
    await lose("it is connected again", lambda: machines.plug(replica), urls)
    await lose("the replica is killed", lambda: machines.kill("replica"), urls)
    await lose("it is started again", machines.start_replica, urls)
    await lose("the primary is killed", lambda: machines.kill("database"), urls)
    await lose("the replica is promoted", lambda: machines.query("replica", "SELECT pg_promote()"), urls)
    await lose("a release is loaded into it", lambda: machines.load(new_edition(folder)), urls)
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
