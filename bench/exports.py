"""A million synthetic figures as a file: generated, frozen, and from peers, compared with sqlite3 and pyarrow alone."""

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from bench import settings
from bench.console import progress
from bench.contestants.bare import Bare
from bench.contestants.datasette import Datasette
from bench.contestants.naive import Naive
from bench.contestants.ours import Ours
from bench.contestants.roapi import Roapi
from bench.copies import COLUMNS, parquet_copy, sqlite_copy
from bench.databases import Databases
from bench.downloads import Download, digest, download
from bench.frozen import FrozenRelease
from bench.limits import csv_seconds, parquet_seconds
from bench.names import BARE, DATASETTE, NAIVE, OURS, ROAPI
from bench.questions import Record
from bench.serving import Server, serving
from bench.synthetic import figure_id
from bench.table import Part, Table, at_least, at_most, ratios, rounded, spread

ROUNDS = min(3, settings.ROUNDS)  # of files, which take long
LIVE = "paragraph__gte=1"  # matches every figure, but as a filter it prevents serving the frozen file
CORES = (settings.SERVER_CORE,)
CSV_LIMIT, PARQUET_LIMIT = "sqlite3 -csv to /dev/null", "pyarrow alone to a file"


class Export(NamedTuple):
    """A file that a contestant serves."""

    name: str
    who: str
    path: str
    form: str
    headers: Mapping[str, str] = {}
    rounds: int = ROUNDS


PLAIN = {"Accept-Encoding": "identity"}
EXPORTS = (
    Export("live CSV", OURS, f"/v1/figures.csv?{LIVE}", "csv", PLAIN),
    Export("live NDJSON", OURS, f"/v1/figures.ndjson?{LIVE}", "ndjson", PLAIN),
    Export("live Parquet", OURS, f"/v1/figures.parquet?{LIVE}", "parquet", PLAIN),
    Export("ready CSV of the release", OURS, "/v1/releases/{release}/files/figures.csv", "csv", PLAIN),
    Export("ready CSV, packed", OURS, "/v1/releases/{release}/files/figures.csv", "", {"Accept-Encoding": "zstd"}),
    Export("the same from a bare ASGI callable", BARE, "/", "csv", PLAIN),
    Export("CSV of Datasette", DATASETTE, "/figures/figures.csv?_stream=on", "csv", rounds=1),
    Export("CSV of ROAPI", ROAPI, "/api/tables/figures", "csv", {"Accept": "application/csv"}, rounds=1),
    Export("CSV of the naive app", NAIVE, "/figures.csv", "csv", rounds=1),
)


def main() -> Part:
    """Measure every file."""
    databases = Databases()
    copy, frozen = sqlite_copy(databases.sqlite), FrozenRelease(databases)
    limits: dict[str, list[float]] = {CSV_LIMIT: [], PARQUET_LIMIT: []}
    downloads: dict[str, list[Download]] = {export.name: [] for export in EXPORTS}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        target = Path(folder, "export")
        servers = _servers(stack, copy, frozen)
        for number in range(ROUNDS):
            limits[CSV_LIMIT].append(csv_seconds(copy))
            limits[PARQUET_LIMIT].append(parquet_seconds(copy, target))
            expected = digest("parquet", target) if not number else ""
            for export in EXPORTS:
                if number >= export.rounds:
                    continue
                path = export.path.format(release=frozen.release)
                downloads[export.name].append(download(servers[export.who], path, export.headers, target))
                if expected and export.form and digest(export.form, target) != expected:
                    raise RuntimeError(f"{export.name} holds other records: a fast wrong answer is a failure")
                progress(f"{export.name}, {number + 1} of {export.rounds}: {downloads[export.name][-1].seconds:.1f} s")
    return _part(databases.figures, limits, downloads, frozen.seconds)


def _servers(stack: ExitStack, copy: Path, frozen: FrozenRelease) -> dict[str, Server]:
    """Start and warm up all servers of files."""
    ours = Ours(OURS, frozen.address, str(frozen.folder))
    servers = {}
    for contestant in (ours, Datasette(copy), Roapi(parquet_copy(copy), COLUMNS), Naive(copy)):
        progress(f"starting {contestant.name}")
        ready = contestant.request(Record(figure_id(0)))
        assert ready  # noqa: S101 # every contestant has records
        servers[contestant.name] = stack.enter_context(serving(contestant.command, ready.path, CORES))
        for _ in range(20):
            download(servers[contestant.name], ready.path, {}, Path("/dev/null"))
    file = Bare("file_app", BENCH_FILE=str(frozen.file("figures.csv")))
    return servers | {BARE: stack.enter_context(serving(file.command, "/", CORES))}


def _part(figures: int, limits: dict[str, list[float]], downloads: dict[str, list[Download]], freeze: float) -> Part:
    seconds = limits | {name: [each.seconds for each in rounds] for name, rounds in downloads.items()}
    rows = [[name, spread(rounds), "–", "–", "–", _times(seconds, name)] for name, rounds in limits.items()]
    rows += [[name, *_cells(rounds), _times(seconds, name)] for name, rounds in downloads.items()]
    table = Table(
        f"A file of {figures:,} figures",
        "Server on one core, `curl` on the other; medians, with the lowest and highest round. Freezing all files of "
        f"the release took {freeze:,.0f} s.",
        ["", "seconds", "first byte, s", "size, MB", "server's peak above idle, MB", f"times {CSV_LIMIT}"],
        rows,
    )
    csv, live, ready = (seconds[name] for name in (CSV_LIMIT, "live CSV", "ready CSV of the release"))
    goals = [
        at_most("live CSV: times sqlite3 -csv", 3, ratios(live, csv)),
        at_most("live NDJSON: times sqlite3 -csv", 1.5, ratios(seconds["live NDJSON"], csv)),
        at_most("live Parquet: times pyarrow alone", 1.5, ratios(seconds["live Parquet"], limits[PARQUET_LIMIT])),
        at_least("ready CSV: times as fast as the live one", 10, ratios(live, ready)),
    ]
    return Part("exports", tables=[table], goals=goals)


def _times(seconds: dict[str, list[float]], name: str) -> str:
    """Return the ratio to the limit in the same rounds."""
    rounds = seconds[name]
    return spread(ratios(rounds, seconds[CSV_LIMIT][: len(rounds)]))


def _cells(rounds: list[Download]) -> list[str]:
    times = [each.seconds for each in rounds], [each.first for each in rounds]
    return [*map(spread, times), rounded(rounds[-1].size), rounded(max(each.peak for each in rounds))]
