"""One download with curl on the client's core: how long, how much, which records, and the server's memory."""

import csv
import hashlib
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
from pyarrow import parquet as pq

from bench.serving import Server
from bench.settings import CLIENT_CORE
from bench.wrk import TIMEOUT

MEGABYTE = 1_000_000
LONGEST = 10 * TIMEOUT  # seconds


class Download(NamedTuple):
    """What was seen: seconds until the first byte and the last, megabytes that came, and those that the server took."""

    first: float
    seconds: float
    size: float
    peak: float


class Identified(msgspec.Struct):
    """What is looked at in a record: that it is the right one, and has its words."""

    id: str
    as_stated: str


def download(server: Server, path: str, headers: Mapping[str, str], target: Path) -> Download:
    """Fetch a file. Raises where that fails."""
    idle = _memory(server, "VmRSS")
    # From here on the kernel looks anew for the most that the process holds.
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5", encoding="ascii")
    told = "%{time_starttransfer} %{time_total} %{size_download}"
    command = [
        "taskset",
        "--cpu-list",
        str(CLIENT_CORE),
        "curl",
        "-sSf",
        "-m",
        str(LONGEST),
        "-o",
        str(target),
        "-w",
        told,
    ]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run([*command, server.address(path)], check=True, capture_output=True, text=True)
    first, seconds, size = map(float, done.stdout.split())
    return Download(first, seconds, size / MEGABYTE, _memory(server, "VmHWM") - idle)


def _memory(server: Server, name: str) -> float:
    lines = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / MEGABYTE


def digest(form: str, file: Path) -> str:
    """A hash of all ids and words in the file, which is the same whatever its format."""
    found = hashlib.sha256()
    for row in READERS[form](file):
        found.update(f"{row.id} {row.as_stated}\n".encode())
    return found.hexdigest()


def _csv(file: Path) -> Iterable[Identified]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened):
            yield Identified(row["id"], row["as_stated"])


def _ndjson(file: Path) -> Iterable[Identified]:
    with file.open("rb") as opened:
        yield from map(msgspec.json.Decoder(Identified).decode, opened)


def _parquet(file: Path) -> Iterable[Identified]:
    for batch in pq.ParquetFile(file).iter_batches(columns=["id", "as_stated"]):
        yield from (Identified(**row) for row in batch.to_pylist())


READERS: dict[str, Callable[[Path], Iterable[Identified]]] = {"csv": _csv, "ndjson": _ndjson, "parquet": _parquet}
