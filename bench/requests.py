"""Requests a second: all contestants, the same questions, interleaved short runs, ratios within a round."""

import math
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import msgspec

from bench import settings, wrk
from bench.console import progress
from bench.contestant import Ask
from bench.databases import Databases
from bench.field import Field, Runner, bare, capture, running
from bench.findings import goals, tables
from bench.names import BARE, OURS
from bench.questions import Answer, Page, Question, Spot
from bench.synthetic import figure_id
from bench.table import Part, rounded
from bench.workloads import WORKLOADS, Stock, Workload, questions

SAMPLES = 8  # answers that are compared before anything is timed
MOST_CONNECTIONS = 32
ALIVE: dict[str, Any] = {"/alive": {"status": 200, "headers": [], "body": ""}}


class Entry(NamedTuple):
    """One contestant in one workload: who runs, and how each question is asked."""

    runner: Runner
    asks: Sequence[Ask]
    headers: Mapping[str, str]
    connections: int
    seconds: int


def main() -> Part:
    """Measure every workload."""
    databases = Databases()
    rates: dict[str, dict[str, list[float]]] = {}
    with running(databases) as field:
        stock = take_stock(field[OURS], databases.figures)
        for workload in WORKLOADS:
            asked = questions(workload, stock)
            samples, timed = (asked[:SAMPLES], asked[SAMPLES:]) if len(asked) > 1 else (asked, asked)
            with _entries(workload, field, samples, timed) as entries:
                rates[workload.name] = _rounds(workload, entries)
    return Part("requests", tables=tables(rates), goals=goals(rates), rates=rates)


def take_stock(ours: Runner, figures: int) -> Stock:
    """Follow the cursors as a client would, and keep where they lead, near the start and far in."""
    pages, spots = figures // 100, []
    progress(f"following {pages} cursors")
    ask = ours.contestant.ask(Page(100))
    for number in range(1, pages * 9 // 10 + 1):
        assert ask  # noqa: S101 # ours has pages
        following = urlsplit(msgspec.json.decode(ours.get(ask).content)["links"]["next"])
        ask = Ask(f"{following.path}?{following.query}")
        (cursor,) = parse_qs(following.query)["cursor"]
        spots.append(Spot(figure_id(number * 100 - 1), number * 100, cursor))
    part = pages // 5
    return Stock(figures, spots[:part], spots[-part:])


@contextmanager
def _entries(
    workload: Workload, field: Field, samples: Sequence[Question], timed: Sequence[Question]
) -> Iterator[dict[str, Entry]]:
    """Everybody who can take part, each held against ours, and the bare server beside them."""
    progress(f"{workload.name}: comparing answers")
    entries = {}
    for name, runner in field.items():
        headers = _validators(runner, samples[0]) if workload.conditional else {}
        if runner.contestant.ask(samples[0]) is None or headers is None:
            continue
        latency = statistics.median(compare(workload, field[OURS], runner, each) for each in samples)
        asks = [ask for each in timed if (ask := runner.contestant.ask(each))]
        connections = min(MOST_CONNECTIONS, max(2, int(0.5 / latency)))
        seconds = min(10, max(settings.SECONDS, math.ceil(3 * connections * latency)))
        entries[name] = Entry(runner, asks, headers, connections, seconds)
    ours = entries[OURS]
    with bare({workload.path: _median_answer(ours, samples)} | ALIVE) as runner:
        asks = [Ask(f"{workload.path}?{ask.path.partition('?')[2]}") for ask in ours.asks]
        yield {BARE: Entry(runner, asks, ours.headers, MOST_CONNECTIONS, settings.SECONDS)} | entries


def _median_answer(ours: Entry, samples: Sequence[Question]) -> dict[str, Any]:
    """Of some answers of ours the one of medium length."""
    asks = [ask for each in samples if (ask := ours.runner.contestant.ask(each))]
    answers = [capture(ours.runner.server, ask.path, ours.headers) for ask in asks]
    return sorted(answers, key=lambda answer: len(answer["body"]))[len(answers) // 2]


def _validators(runner: Runner, question: Question) -> dict[str, str] | None:
    """What a client sends that has the answer already; None where it was given nothing to send."""
    ask = runner.contestant.ask(question)
    tag = runner.get(ask).headers.get("etag") if ask else None
    if ask is None or tag is None:
        return None
    headers = {"If-None-Match": tag}
    return headers if runner.get(ask, headers).status_code == 304 else None


def compare(workload: Workload, ours: Runner, runner: Runner, question: Question) -> float:
    """Hold an answer against ours; return the seconds that it took. Raises where they differ."""
    began = time.perf_counter()
    found = runner.answer(question)
    taken = time.perf_counter() - began
    if (expected := ours.answer(question)) != found or not found:
        raise RuntimeError(
            f"{workload.name}: {runner.contestant.name} answers otherwise to {question}: {_first(expected, found)}"
        )
    return taken


def _first(expected: Answer | None, found: Answer | None) -> str:
    if isinstance(expected, list) and isinstance(found, list):
        different = [pair for pair in zip(expected, found, strict=False) if pair[0] != pair[1]]
        return f"{len(expected)} and {len(found)} records, first {different[:1]}"
    return f"{expected} and {found}"


def _rounds(workload: Workload, entries: Mapping[str, Entry]) -> dict[str, list[float]]:
    """Round by round, everybody once, so that what else the machine does falls on all alike."""
    rates: dict[str, list[float]] = {name: [] for name in entries}
    for number in range(settings.ROUNDS):
        for name, entry in entries.items():
            rates[name].append(_run(workload, entry, number))
        told = ", ".join(f"{name} {rounded(found[-1])}" for name, found in rates.items())
        progress(f"{workload.name}, {number + 1} of {settings.ROUNDS}: {told}")
    return rates


def _run(workload: Workload, entry: Entry, number: int) -> float:
    """One run, in its own stretch of the addresses."""
    length = max(1, len(entry.asks) // settings.ROUNDS)
    stretch = entry.asks[number * length :][:length] if len(entry.asks) > 1 else entry.asks
    name = entry.runner.contestant.name
    for patience in (1, 4, 16):  # a slow one may need longer than its samples told
        seconds = entry.seconds * patience
        run = wrk.run(entry.runner.server, stretch, entry.headers, seconds=seconds, connections=entry.connections)
        if run.requests:
            break
    else:
        raise RuntimeError(f"{workload.name}: {name} answered nothing in {seconds} s")
    if run.requests > len(stretch) > 1 and not settings.QUICK and name != BARE:
        raise RuntimeError(f"{workload.name}: {run.requests} requests, but only {len(stretch)} addresses")
    entry.runner.server.rest()
    return run.rate
