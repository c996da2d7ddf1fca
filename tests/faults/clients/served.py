"""A server on a core of its own, what it uses, and the table of what happened."""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.attacks.server import Attacked, attacked_server
from tests.running import wait_until

SERVER_CORE, CLIENT_CORE = 0, 1


class State(NamedTuple):
    """What a server uses."""

    memory_mb: float  # of its own
    pss_mb: float  # with its share of the pages of files that it maps
    files: int
    threads: int

    @classmethod
    def of(cls, server: Attacked) -> "State":
        """Return what a server uses now."""
        process = Path(f"/proc/{server.pid}")
        pss = re.search(r"(?m)^Pss: +(\d+) kB", (process / "smaps_rollup").read_text("utf-8"))
        assert pss
        threads = sum(1 for _ in (process / "task").iterdir())
        return cls(server.resident_mb(), int(pss[1]) / 1_000, server.open_files(), threads)

    def __str__(self) -> str:
        return f"{self.memory_mb:.0f} MB (PSS {self.pss_mb:.0f}), {self.files} descriptors, {self.threads} threads"


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


async def until_back(server: Attacked, idle: State) -> float:
    """Wait until a server has no more descriptors than when it was idle; return the seconds that it took."""
    begin = time.monotonic()
    await asyncio.to_thread(wait_until, lambda: server.open_files() <= idle.files)
    return time.monotonic() - begin
