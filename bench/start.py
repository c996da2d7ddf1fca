"""The start of the server with the project's seed, and its idle memory."""

import os
import subprocess
import sys
import tempfile
import time

import httpx
import psutil

from bench import settings
from bench.serving import free_port, wait_for
from bench.table import Part, Table, at_most, spread

MEGABYTE = 1_000_000
WORKERS = 2


def main() -> Part:
    """Measure the first start, then repeated ones, which reuse its data."""
    with tempfile.TemporaryDirectory() as data:
        first, _ = _start(data)
        again = [_start(data) for _ in range(settings.ROUNDS)]
        _, of_workers = _start(data, "--workers", str(WORKERS))
    seconds, memory = [elapsed for elapsed, _ in again], [workers[0] for _, workers in again]
    table = Table(
        "Start and memory",
        "From the command to the first 200, and the resident memory of one process that then answered twenty requests; "
        "medians, with the lowest and highest.",
        ["first start, s", "second start, s", "idle memory, MB", f"each of {WORKERS} workers, MB"],
        [[f"{first:.1f}", spread(seconds), spread(memory), spread(of_workers)]],
    )
    goals = [
        at_most("second start to the first 200", 1.5, seconds, " s"),
        at_most("idle memory of a worker", 120, [*memory, *of_workers], " MB"),
    ]
    return Part("start", tables=[table], goals=goals)


def _start(data: str, *options: str) -> tuple[float, list[float]]:
    """Return the seconds to the first 200, and the megabytes of each serving process."""
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), *options]
    environment = {**os.environ, "SHANHAI_DATA_DIR": data}
    environment.pop("DATABASE_URL", None)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a second start has the bytecode that the first one wrote
    address = f"http://127.0.0.1:{port}/v1/figures"
    began = time.monotonic()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(address, process)
            elapsed = time.monotonic() - began
            for _ in range(20):
                httpx.get(address, trust_env=False).raise_for_status()
            time.sleep(1)
            return elapsed, [each.memory_info().rss / MEGABYTE for each in _serving(psutil.Process(process.pid))]
        finally:
            process.terminate()


def _serving(main: psutil.Process) -> list[psutil.Process]:
    """Return the workers, or the process itself if it has none; not Python's resource tracker."""
    workers = [child for child in main.children() if "spawn_main" in " ".join(child.cmdline())]
    return workers or [main]
