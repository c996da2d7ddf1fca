"""What a server takes: `python -m tests.faults.sizes [FOLDER …]`, as root on Linux.

It starts the article of the seed in ever smaller control groups, and measures a server of it, of 100,000 synthetic
figures, and of what is in each folder of data, for example a million figures that the bench has loaded. Processor time
and memory hardly depend on what else the machine does. Ends with 1 if the article does not start with 256 MB.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from itertools import count, islice
from pathlib import Path
from urllib.parse import quote

import httpx

from app.http.export_places import EXPORT_THREADS
from bench.loading import load_apart
from bench.synthetic import INDICATORS, write_seed
from tests import run
from tests.attacks.server import Attacked, attacked_server
from tests.faults import control_groups
from tests.faults.clients.slow import source
from tests.running import HANGS_S, PROGRAM, answers, free_port, shanhai_apart, stop, wait_until

FIGURES = 100_000
LIMITS_MB, MIN_LIMIT_MB = (256, 224, 192, 160, 128), 256  # a start must succeed with the latter
MAX_LONG_FIGURES = 200_000  # of XLSX, and of several files at once; more take minutes
# How many requests of a kind are averaged, and their addresses; only those from the cache are alike. `only` narrows to
# one indicator of a hundred, and in the article to nothing.
REQUESTS = {
    "page of 20 from the cache": (1_000, "/v1/figures?limit=20"),
    "page of 20 of all, and their number": (50, "/v1/figures?limit=20&value__gte=-{n}"),
    "page of 20 of an indicator": (200, "/v1/figures?{only}limit=20&value__gte=-{n}"),
    "page of 100 of an indicator": (200, "/v1/figures?{only}limit=100&value__gte=-{n}"),
    "facet of an indicator": (50, "/v1/figures?{only}limit=1&facet=unit&value__gte=-{n}"),
    "search": (100, f"/v1/search?limit=20&q={quote('合成数据')}{{n:07}}"),
    "list of the site, of an indicator": (20, "/en/figures?{only}value__gte=-{n}"),
}


def print_row(*cells: str) -> None:
    """Print a row of the table."""
    print("|", " | ".join(cells), "|", flush=True)  # noqa: T201


def first_start(data: Path, limit_mb: int) -> str:
    """Start a server on an empty folder in a control group; return what came of it."""
    with control_groups.limited(limit_mb) as group:
        port = str(free_port())
        process = subprocess.Popen(
            group.command(PROGRAM, "serve"),
            env={"PATH": os.environ["PATH"], "PORT": port, "SHANHAI_DATA_DIR": str(data), "TMPDIR": str(data.parent)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        run.current.watch(process)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=HANGS_S) as client:
            wait_until(lambda: process.poll() is not None or answers(client))
            status = "killed" if process.poll() is not None else str(client.get("/readyz").status_code)
            files = status == "200" and client.get("/v1/figures.parquet").status_code
        stop(process)
    return f"/readyz {status}, figures.parquet of the release {files}" if files else status


def measure(name: str, data: Path, figures: int) -> None:
    """Print the sizes on disk, the memory of a server, and what requests cost."""
    releases = sum(each.stat().st_size for each in (data / "releases").rglob("*") if each.is_file())
    database = (data / "shanhai.sqlite").stat().st_size
    print_row(name, f"database {database / 1e6:.1f} MB, files of the release {releases / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as folder, attacked_server(data, Path(folder), 64, TMPDIR=folder) as server:
        print_row(name, f"idle {server.resident_mb():.0f} MB of its own, {peak_mb(server):.0f} MB at most so far")
        numbers = count()
        for kind, (number, path) in REQUESTS.items():
            paths = [
                path.format(n=each, only=_filter(each) if figures >= FIGURES else "")
                for each in islice(numbers, number + 10)
            ]
            print_row(name, f"{kind}: {1e3 * cpu_of_each(server, paths):.2f} ms of CPU")
        for form in ("csv", "ndjson", "parquet", *(["xlsx"] if figures <= MAX_LONG_FIGURES else [])):
            before, used_s = reset_peak(server), server.cpu_s()
            status = server.get(f"/v1/figures.{form}?value__gte=-0.5", {})
            print_row(
                name,
                f"all figures as {form}: status {status}, {server.cpu_s() - used_s:.2f} s of CPU, "
                f"{peak_mb(server) - before:.0f} MB more at most, {server.resident_mb():.0f} MB of its own after it",
            )
        if figures > MAX_LONG_FIGURES:
            return
        before = reset_peak(server)
        with ThreadPoolExecutor(EXPORT_THREADS) as clients:
            statuses = [*clients.map(partial(get_parquet, server), range(EXPORT_THREADS))]
        print_row(
            name,
            f"{EXPORT_THREADS} files of all figures at once as parquet: statuses {statuses}, "
            f"{peak_mb(server) - before:.0f} MB more at most, {server.resident_mb():.0f} MB of its own after them",
        )


def get_parquet(server: Attacked, number: int) -> int:
    """Read a Parquet file of all figures from an address of this client's own; return the status."""
    address = server.base.removeprefix("http://")
    with closing(HTTPConnection(address, timeout=HANGS_S, source_address=(source(number), 0))) as connection:
        connection.request("GET", f"/v1/figures.parquet?value__gte=-1.{number}")
        with connection.getresponse() as response:
            while response.read(1 << 20):
                pass
        return response.status


def _filter(number: int) -> str:
    return f"indicator_id=synthetic-indicator-{number % INDICATORS:02}&"


def cpu_of_each(server: Attacked, paths: Sequence[str]) -> float:
    """Return the seconds of processor time of a request, on one connection, without the first ten."""
    with closing(HTTPConnection(server.base.removeprefix("http://"), timeout=HANGS_S)) as connection:
        for number, path in enumerate(paths):
            if number == 10:  # statements are compiled
                used_s = server.cpu_s()
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            with connection.getresponse() as response:
                response.read()
            assert response.status == 200, (response.status, path)
    return (server.cpu_s() - used_s) / (len(paths) - 10)


def reset_peak(server: Attacked) -> float:
    """Let the peak of the memory begin anew, and return it."""
    Path(f"/proc/{server.pid}/clear_refs").write_text("5", "utf-8")
    return peak_mb(server)


def peak_mb(server: Attacked) -> float:
    """Return the peak of the memory, with the pages of files that the process maps."""
    found = re.search(r"(?m)^VmHWM:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text("utf-8"))
    assert found
    return int(found[1]) / 1_000


def load_and_freeze(folder: Path) -> Path:
    """Load synthetic figures, freeze their release, print the cost, and return the folder of data."""
    data = folder / "data"
    data.mkdir()
    cost = load_apart(write_seed(folder / "seed", FIGURES), f"sqlite:///{data / 'shanhai.sqlite'}")
    print_row(f"{FIGURES:,} figures", f"load: {cost.seconds:.0f} s, {cost.peak:.0f} MB at most")
    done = shanhai_apart("release", SHANHAI_DATA_DIR=str(data), SHANHAI_SEED_DIR=str(folder / "seed"))
    assert done.returncode == 0, done.stderr
    return data


def main(*folders: str) -> int:
    """Measure, and return the exit status."""
    run.current = run.FirstRun()
    try:
        with tempfile.TemporaryDirectory(prefix="shanhai-sizes-") as name:
            folder = Path(name)
            print("| what | measured |\n| --- | --- |")  # noqa: T201
            starts = {limit: first_start(folder / f"article-{limit}", limit) for limit in LIMITS_MB}
            for limit, outcome in starts.items():
                print_row(f"first start of the article with {limit} MiB", outcome)
            measure("the article", folder / f"article-{MIN_LIMIT_MB}", 32)
            measure(f"{FIGURES:,} figures", load_and_freeze(folder), FIGURES)
            for each in folders:
                measure(each, Path(each), sys.maxsize)
    finally:
        run.current.leave()
    return int("200" not in starts[MIN_LIMIT_MB])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
