"""Servers to be measured, each a process of its own on a free port, kept on cores of its own."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress

import httpx
import psutil

from bench.contestant import Command

PATIENCE = 180  # seconds until a server must answer, or has come to rest


class Server:
    """A server that runs. `helpers` are processes that work for it, such as its database."""

    def __init__(self, port: int, process: psutil.Process, helpers: Callable[[], list[psutil.Process]]) -> None:
        self.port = port
        self.process = process
        self._helpers = helpers

    def address(self, path: str) -> str:
        """Where a path of it is."""
        return f"http://127.0.0.1:{self.port}{path}"

    def processes(self) -> list[psutil.Process]:
        """All that work for it."""
        return [self.process, *self.process.children(recursive=True), *self._helpers()]

    def rest(self) -> None:
        """Wait until it has nothing to do: what was asked last must not slow down whoever is measured next."""
        until, before = time.monotonic() + PATIENCE, -1.0
        while (now := sum(map(_worked, self.processes()))) - before > 0.015:
            if time.monotonic() > until:
                raise RuntimeError("a server does not come to rest")
            before = now
            time.sleep(0.1)


def _worked(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def free_port() -> int:
    """A port on which nobody listens."""
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
    """Run a server on these cores until it answers `ready` with 200; stop it in the end."""
    port = free_port()
    what = command(port)
    pinned = ["taskset", "--cpu-list", ",".join(map(str, cores)), *what.arguments]
    with subprocess.Popen(
        pinned, env=what.everything(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
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
    """Ask again and again until the answer is 200."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            if httpx.get(address, trust_env=False, timeout=PATIENCE).status_code == 200:
                return
        if process.poll() is not None:
            raise RuntimeError(f"a server ended before it answered: {process.args!r}")
        time.sleep(0.02)
    raise RuntimeError(f"a server does not answer: {process.args!r}")
