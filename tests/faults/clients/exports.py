"""Files that are made on request, and whose clients leave."""

import asyncio
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from tests.attacks.server import Attacked
from tests.faults.clients.ordinary import IDLE_S, Clients, simple_requests
from tests.faults.clients.served import Report, Samples, State, port_of, serving, until_back
from tests.faults.clients.slow import BEFORE_S, ORDINARY_RATE, connecting
from tests.running import HANGS_S

ROUNDS, ABORTED, LEAVING_AT_ONCE, WARMING_UP = 3, 1_000, 16, 100
PATIENCE_S = 1.5  # of a client that leaves before the first bytes of a file
MAX_GROWTH_MB = 20  # from the first round to the last; between equal rounds it goes up and down by a dozen


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
    """Leave files after their first bytes while ordinary clients read, in several rounds: memory must level out."""
    with serving(data, folder) as server:
        port, numbers = port_of(server), count()
        before = Clients(port, simple_requests())
        await leave_all(port, islice(numbers, WARMING_UP))  # starts all threads, and loads what writes the files
        for form in ("csv", "parquet", "xlsx"):
            await asyncio.to_thread(server.get, f"/v1/figures.{form}?value__gte=-0.5", {})
        await before.at_rate(ORDINARY_RATE / 2, BEFORE_S)
        await asyncio.sleep(IDLE_S + 2)
        idle = State.of(server)
        report.add(
            f"after {WARMING_UP} exports; ordinary clients",
            f"{before.describe()}; server {idle}",
            holds=not before.lost,
        )
        states = [await leave_round(report, server, folder, idle, numbers) for _ in range(ROUNDS)]
    growth = states[-1].memory_mb - states[0].memory_mb
    report.add("memory, from the first round to the last", f"{growth:+.0f} MB", holds=growth <= MAX_GROWTH_MB)


async def leave_round(report: Report, server: Attacked, folder: Path, idle: State, numbers: Iterator[int]) -> State:
    """Leave a round of files, report what became of others, and return what the server uses after it."""
    during, samples, begin = Clients(port_of(server), simple_requests()), Samples(), time.monotonic()
    async with samples.of(server, 0.5):
        leaving = asyncio.create_task(leave_all(port_of(server), islice(numbers, ABORTED)))
        while not leaving.done():
            await during.at_rate(ORDINARY_RATE / 2, 1)
        seen = await leaving
    took_s = time.monotonic() - begin
    back_s = await until_back(server, idle)
    await asyncio.sleep(IDLE_S + 2)
    left, files = State.of(server), temporary_files(server, folder)
    read = ", ".join(f"{number} read {what}" for what, number in sorted(seen.items()))
    event = f"{ABORTED:,} exports left after the first bytes or {PATIENCE_S:g} s, {LEAVING_AT_ONCE} at a time ({took_s:.0f} s)"
    report.add(event, f"{read}; others {during.describe()}; server at most {samples.peak}", holds=not during.lost)
    holds = back_s < HANGS_S and not files and left.threads <= idle.threads
    report.add(
        "after they left", f"server {left}, back after {back_s:.1f} s, {len(files)} temporary files", holds=holds
    )
    return left


def temporary_files(server: Attacked, folder: Path) -> list[str]:
    """Return a server's files in its temporary folder, those without a name too."""
    named = [each.name for each in folder.iterdir() if each.name != "log"]
    opened = [str(each.readlink()) for each in Path(f"/proc/{server.pid}/fd").iterdir() if each.is_symlink()]
    return named + [each for each in opened if each.endswith("(deleted)")]
