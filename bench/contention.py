"""Contention: the rate of reads while another client has the server aggregate a million figures."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bench import settings, wrk
from bench.console import progress
from bench.contestant import Request
from bench.databases import Databases
from bench.field import Runner, running
from bench.names import OURS, OURS_POSTGRESQL
from bench.questions import Condition, Groups, Page
from bench.table import Part, Table, at_least, ratios, spread

READ = Page(60)
CONNECTIONS = 16
CORES = {"one core": (settings.SERVER_CORE,), "two cores": (settings.SERVER_CORE, settings.CLIENT_CORE)}


def main() -> Part:
    """Measure every contestant with one core for the server, and with two."""
    rows, goals = [], []
    for cores, pinned in CORES.items():
        with running(Databases(), cores=pinned) as field:
            for name, runner in field.items():
                quiet, busy, counted = _rounds(runner)
                shares = ratios(busy, quiet)
                progress(f"{name}, {cores}: {spread(quiet)}, during an aggregate {spread(busy)}")
                rows.append(
                    [
                        f"{name}, {cores}",
                        spread(quiet),
                        spread(busy),
                        spread(shares),
                        f"{counted / settings.ROUNDS:.1f}",
                    ]
                )
                if name in {OURS, OURS_POSTGRESQL} and cores == "two cores":
                    goals.append(at_least(f"reads during an aggregate, {name}: share of their rate", 0.8, shares))
    table = Table(
        "The same page read repeatedly, during an aggregate over all figures",
        "Requests a second; `wrk` has one of the two cores. The aggregates differ and run one after another.",
        ["", "undisturbed", "disturbed", "share", "aggregates in a run"],
        rows,
    )
    return Part("contention", tables=[table], goals=goals)


def _rounds(runner: Runner) -> tuple[list[float], list[float], int]:
    request = runner.contestant.request(READ)
    assert request  # noqa: S101 # every contestant has pages
    quiet, busy, counted = [], [], 0
    for number in range(settings.ROUNDS):
        quiet.append(_rate(runner, request))
        with _counting(runner, 1 + number * 1000) as done:
            busy.append(_rate(runner, request))
        counted += len(done)
        runner.server.rest()
    return quiet, busy, counted


def _rate(runner: Runner, request: Request) -> float:
    return wrk.run(runner.server, [request], {}, seconds=settings.SECONDS + 1, connections=CONNECTIONS).rate


@contextmanager
def _counting(runner: Runner, least: int) -> Iterator[list[int]]:
    """Run aggregates over nearly all figures inside the block, one after another; yield a list that grows with each."""
    stop = threading.Event()
    done: list[int] = []

    def count() -> None:
        while not stop.is_set():
            every = (Condition("value", str(least + len(done)), "gte"),)
            if not runner.answer(Groups("status", every)):
                raise RuntimeError("an aggregate was not answered")
            done.append(1)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()
