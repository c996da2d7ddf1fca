"""Servers under measurement, each a process on a free port, pinned to its cores."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress

import httpx
import psutil

from bench.contestant import Command

TIMEOUT_S = 180  # until a server responds, or is idle


class Server:
    """A running server. `helpers` are processes that work for it, such as its database."""

    def __init__(self, port: int, process: psutil.Process, helpers: Callable[[], list[psutil.Process]]) -> None:
        self.port = port
        self.process = process
        self._helpers = helpers

    def address(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def processes(self) -> list[psutil.Process]:
        """Return all processes that work for it."""
        return [self.process, *self.process.children(recursive=True), *self._helpers()]

    def rest(self) -> None:
        """Wait until it is idle: its last requests must not slow down the next contestant."""
        until, before = time.monotonic() + TIMEOUT_S, -1.0
        while (now := sum(map(_cpu_seconds, self.processes()))) - before > 0.015:
            if time.monotonic() > until:
                raise RuntimeError("a server does not become idle")
            before = now
            time.sleep(0.1)


def _cpu_seconds(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def free_port() -> int:
    """Return a free port."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    command: Callable[[int], Command],
    ready: str,
    cores: Sequence[int],
    helpers: Callable[[], list[psutil.Process]] = list,
) -> Iterator[Server]:
    """Run a server on these cores; yield it when the path `ready` returns 200, and stop it at the end."""
    port = free_port()
    what = command(port)
    pinned = ["taskset", "--cpu-list", ",".join(map(str, cores)), *what.arguments]
    with subprocess.Popen(
        pinned, env=what.full_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        server = Server(port, psutil.Process(process.pid), helpers)
        try:
            wait_for(server.address(ready), process)
            yield server
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Poll an address until it returns 200."""
    until = time.monotonic() + TIMEOUT_S
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            if httpx.get(address, trust_env=False, timeout=TIMEOUT_S).status_code == 200:
                return
        if process.poll() is not None:
            raise RuntimeError(f"a server ended before it answered: {process.args!r}")
        time.sleep(0.02)
    raise RuntimeError(f"a server does not answer: {process.args!r}")
