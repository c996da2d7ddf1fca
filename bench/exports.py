"""A million synthetic figures as a file in every format: how long it takes, and how much memory the server needs."""

import statistics
import tempfile
import threading
import time
from pathlib import Path

import httpx

from app.formats import FORMATS
from app.models import Figure
from bench.serving import Server, serving
from bench.synthetic import make_database

FIGURES = 1_000_000
MEGABYTE = 1_000_000
TIMEOUT = 900  # seconds


class Peak:
    """The most memory that a process holds while it is watched, in MB."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/statm")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.highest = self.now()

    def now(self) -> float:
        """What it holds at this moment."""
        return int(self._status.read_text().split()[1]) * 4096 / MEGABYTE

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.highest = max(self.highest, self.now())

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def main() -> None:
    """Print the table."""
    columns = len(Figure.columns())
    print(f"\nA file of {FIGURES:,} synthetic figures, {columns} columns, made anew; SQLite, one worker\n")
    print("| format | size, MB | seconds | first byte | server's peak above idle, MB |")
    print("| --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        address = make_database(Path(folder), FIGURES)
        with serving("app", "serve", "--no-prepare", DATABASE_URL=address) as server:
            idle = _idle(server)
            for form in FORMATS:
                print(f"| {form} | {' | '.join(_measured(server, form, idle))} |", flush=True)


def _idle(server: Server) -> float:
    for _ in range(20):
        httpx.get(server.address("/v1/figures"), trust_env=False).raise_for_status()
    return statistics.median(Peak(server.pid).now() for _ in range(5))


def _measured(server: Server, form: str, idle: float) -> tuple[str, ...]:
    size, first, began = 0, 0.0, time.monotonic()
    plain = {"Accept-Encoding": "identity"}
    with Peak(server.pid) as peak, httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
        with client.stream("GET", server.address(f"/v1/figures.{form}?sort=id"), headers=plain) as answer:
            answer.raise_for_status()
            for piece in answer.iter_raw():
                first = first or time.monotonic() - began
                size += len(piece)
        taken = time.monotonic() - began
    return f"{size / MEGABYTE:,.0f}", f"{taken:.1f}", f"{first:.2f}", f"{peak.highest - idle:,.0f}"
