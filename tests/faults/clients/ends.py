"""Servers that end under load, with a socket of their own, or one that the next server takes over."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.cli.test_handover import start as start_on_socket
from tests.faults.clients.ordinary import NEVER_USED, Clients, simple_requests
from tests.faults.clients.served import Report
from tests.faults.clients.slow import hold, read_nothing
from tests.running import HANGS_S, free_port, start, stop, wait_until

PRESSING = 16  # clients that send requests without a pause
PRESSED_S = 3.0  # before the SIGTERM, and after the next start
EVERY, NONE = 1, sys.maxsize  # after how many requests a client opens a connection without need


async def try_sigterm(report: Report, data: Path, log: Path) -> None:
    """End servers under load, on new connections and on reused ones."""
    for workers in ("1", "2"):
        for new_every in (NONE, EVERY):
            await end_alone(report, data, log, workers, new_every)
    for workers in ("1", "2"):
        for new_every in (NONE, EVERY):
            await hand_over(report, data, workers, new_every)
    await end_unread(report, data)


def _kind(workers: str, new_every: int) -> str:
    return f"{workers} worker{'s' * (workers != '1')}, {'new' if new_every == EVERY else 'reused'} connections"


def _read(log: Path) -> int:
    """Return how many of the clients' requests a server has read, by its log."""
    return log.read_text("utf-8").count('"route":"/v1/figures"')


async def end_alone(report: Report, data: Path, log: Path, workers: str, new_every: int) -> None:
    """End a server whose socket ends with it; what comes later is refused, and what a worker has read is answered."""
    environment = {"SHANHAI_DATA_DIR": str(data), "SHANHAI_ACCESS_LOG": "all"}
    with log.open("w") as file:
        base, process = await asyncio.to_thread(start, ["--no-prepare", "--workers", workers], environment, file)
    clients = Clients(int(base.rpartition(":")[2]), simple_requests(), new_every)
    pressing = asyncio.create_task(clients.press(PRESSING, lambda: process.poll() is not None))
    await asyncio.sleep(PRESSED_S)
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    status = await asyncio.to_thread(process.wait, HANGS_S)
    took_s = time.monotonic() - begin
    await pressing
    refused = clients.lost.pop("ConnectionRefusedError", 0)
    waiting = sum(number for what, number in clients.lost.items() if what.endswith(NEVER_USED))
    cut, answered = clients.lost.total() - waiting, len(clients.seconds)
    unanswered = _read(log) - answered
    figures = (
        f"{answered:,} answered, {cut} cut off, {waiting} reset on a new connection, of all these {unanswered} in the "
        f"log, {refused:,} refused; ended after {took_s:.2f} s"
    )
    report.add(f"SIGTERM, {_kind(workers, new_every)}", figures, holds=status == 0 and cut == 0 == unanswered)


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
