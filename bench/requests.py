"""Requests per second: all contestants, the same questions, alternating short runs, ratios within a round."""

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
from bench.contestant import Request
from bench.databases import Databases
from bench.field import Field, Runner, bare, capture, running
from bench.findings import goals, tables
from bench.names import BARE, OURS
from bench.questions import Answer, Page, Question, Spot
from bench.synthetic import figure_id
from bench.table import Part, rounded
from bench.workloads import WORKLOADS, Stock, Workload, questions

SAMPLES = 8  # answers that are compared before anything is timed
MAX_CONNECTIONS = 32
ALIVE: dict[str, Any] = {"/alive": {"status": 200, "headers": [], "body": ""}}


class Entry(NamedTuple):
    """One contestant in one workload, with its requests."""

    runner: Runner
    requests: Sequence[Request]
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
            every = questions(workload, stock)
            samples, timed = (every[:SAMPLES], every[SAMPLES:]) if len(every) > 1 else (every, every)
            with _entries(workload, field, samples, timed) as entries:
                rates[workload.name] = _rounds(workload, entries)
    return Part("requests", tables=tables(rates), goals=goals(rates), rates=rates)


def take_stock(ours: Runner, figures: int) -> Stock:
    """Follow the cursors as a client does; return spots near the start and near the end."""
    pages, spots = figures // 100, []
    progress(f"following {pages} cursors")
    request = ours.contestant.request(Page(100))
    for number in range(1, pages * 9 // 10 + 1):
        assert request  # noqa: S101 # ours has pages
        following = urlsplit(msgspec.json.decode(ours.get(request).content)["links"]["next"])
        request = Request(f"{following.path}?{following.query}")
        (cursor,) = parse_qs(following.query)["cursor"]
        spots.append(Spot(figure_id(number * 100 - 1), number * 100, cursor))
    part = pages // 5
    return Stock(figures, spots[:part], spots[-part:])


@contextmanager
def _entries(
    workload: Workload, field: Field, samples: Sequence[Question], timed: Sequence[Question]
) -> Iterator[dict[str, Entry]]:
    """Yield the contestants that can be asked, after comparing their answers with ours, and the bare server."""
    progress(f"{workload.name}: comparing answers")
    entries = {}
    for name, runner in field.items():
        headers = _validators(runner, samples[0]) if workload.conditional else {}
        if runner.contestant.request(samples[0]) is None or headers is None:
            continue
        latency = statistics.median(compare(workload, field[OURS], runner, each) for each in samples)
        requests = [request for each in timed if (request := runner.contestant.request(each))]
        connections = min(MAX_CONNECTIONS, max(2, int(0.5 / latency)))
        seconds = min(10, max(settings.SECONDS, math.ceil(3 * connections * latency)))
        entries[name] = Entry(runner, requests, headers, connections, seconds)
    ours = entries[OURS]
    with bare({workload.path: _median_answer(ours, samples)} | ALIVE) as runner:
        requests = [Request(f"{workload.path}?{request.path.partition('?')[2]}") for request in ours.requests]
        yield {BARE: Entry(runner, requests, ours.headers, MAX_CONNECTIONS, settings.SECONDS)} | entries


def _median_answer(ours: Entry, samples: Sequence[Question]) -> dict[str, Any]:
    """Return our response of median length."""
    requests = [request for each in samples if (request := ours.runner.contestant.request(each))]
    answers = [capture(ours.runner.server, request.path, ours.headers) for request in requests]
    return sorted(answers, key=lambda answer: len(answer["body"]))[len(answers) // 2]


def _validators(runner: Runner, question: Question) -> dict[str, str] | None:
    """Return the headers of a conditional request, or None if the contestant has no validators."""
    request = runner.contestant.request(question)
    tag = runner.get(request).headers.get("etag") if request else None
    if request is None or tag is None:
        return None
    headers = {"If-None-Match": tag}
    return headers if runner.get(request, headers).status_code == 304 else None


def compare(workload: Workload, ours: Runner, runner: Runner, question: Question) -> float:
    """Compare an answer with ours; return the seconds that it took. Raises if they differ."""
    began = time.perf_counter()
    answer = runner.answer(question)
    elapsed = time.perf_counter() - began
    if (expected := ours.answer(question)) != answer or not answer:
        raise RuntimeError(
            f"{workload.name}: {runner.contestant.name} gives another answer to {question}: {_first(expected, answer)}"
        )
    return elapsed


def _first(expected: Answer | None, actual: Answer | None) -> str:
    if isinstance(expected, list) and isinstance(actual, list):
        different = [pair for pair in zip(expected, actual, strict=False) if pair[0] != pair[1]]
        return f"{len(expected)} and {len(actual)} records, first {different[:1]}"
    return f"{expected} and {actual}"


def _rounds(workload: Workload, entries: Mapping[str, Entry]) -> dict[str, list[float]]:
    """Run each contestant once per round, so that other load on the machine affects all alike."""
    rates: dict[str, list[float]] = {name: [] for name in entries}
    for number in range(settings.ROUNDS):
        for name, entry in entries.items():
            rates[name].append(_run(workload, entry, number))
        latest = ", ".join(f"{name} {rounded(numbers[-1])}" for name, numbers in rates.items())
        progress(f"{workload.name}, {number + 1} of {settings.ROUNDS}: {latest}")
    return rates


def _run(workload: Workload, entry: Entry, number: int) -> float:
    """Run once, with the round's share of the requests."""
    length = max(1, len(entry.requests) // settings.ROUNDS)
    stretch = entry.requests[number * length :][:length] if len(entry.requests) > 1 else entry.requests
    name = entry.runner.contestant.name
    for factor in (1, 4, 16):  # a slow contestant may need longer than its samples did
        seconds = entry.seconds * factor
        run = wrk.run(entry.runner.server, stretch, entry.headers, seconds=seconds, connections=entry.connections)
        if run.requests:
            break
    else:
        raise RuntimeError(f"{workload.name}: {name} did not respond in {seconds} s")
    if run.requests > len(stretch) > 1 and not settings.QUICK and name != BARE:
        raise RuntimeError(f"{workload.name}: {run.requests} requests, but only {len(stretch)} addresses")
    entry.runner.server.rest()
    return run.rate
