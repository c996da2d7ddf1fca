"""Thousands of connections whose clients wait or are slow, while others read."""

import asyncio
import random
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from itertools import repeat
from pathlib import Path
from typing import Any

from tests.faults.clients.ordinary import IDLE_S, Clients, simple_requests
from tests.faults.clients.served import Report, Samples, State, port_of, serving, until_back
from tests.running import HANGS_S

SILENT, TRICKLING, UNREAD = 2_500, 1_500, 1_000  # connections at a time
HELD_S = 30
ORDINARY_RATE = 100  # requests a second of ordinary clients
BEFORE_S = 10
MAX_EXTRA_MB = 60  # of memory that stays


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
        await asyncio.sleep(IDLE_S + 2)
        idle, samples = State.of(server), Samples()
        async with samples.of(server, 0.5):
            holders = [asyncio.create_task(hold(port, *each)) for each in enumerate(kinds)]
            await during.at_rate(ORDINARY_RATE, HELD_S)
            for each in holders:
                each.cancel()
            await asyncio.gather(*holders, return_exceptions=True)
        back_s = await until_back(server, idle)
        await after.at_rate(ORDINARY_RATE, BEFORE_S)
        await asyncio.sleep(IDLE_S + 2)
        left = State.of(server)
    report.add("ordinary clients, before", f"{before.describe()}; server {idle}", holds=not before.lost)
    event = (
        f"{SILENT:,} clients that send nothing, {TRICKLING:,} a byte a second, {UNREAD:,} that read slowly or nothing"
    )
    report.add(event, f"{during.describe()}; server at most {samples.peak}", holds=not during.lost)
    holds = not after.lost and back_s < HANGS_S and left.memory_mb <= idle.memory_mb + MAX_EXTRA_MB
    report.add("after they left", f"{after.describe()}; server {left}, back after {back_s:.1f} s", holds=holds)
