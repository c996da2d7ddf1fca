"""A download with curl on the client's core: its time, size and records, and the server's memory."""

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
TIMEOUT_S = 10 * TIMEOUT


class Download(NamedTuple):
    """Seconds to the first and last byte, megabytes received, and megabytes that the server used for it."""

    first: float
    seconds: float
    size: float
    peak: float


class Identified(msgspec.Struct):
    """The columns of a record that are compared."""

    id: str
    as_stated: str


def download(server: Server, path: str, headers: Mapping[str, str], target: Path) -> Download:
    """Fetch a file. Raises if that fails."""
    idle = _memory(server, "VmRSS")
    # Resets the peak that the kernel records for the process.
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5", encoding="ascii")
    report = "%{time_starttransfer} %{time_total} %{size_download}"
    command = [
        "taskset",
        "--cpu-list",
        str(CLIENT_CORE),
        "curl",
        "-sSf",
        "-m",
        str(TIMEOUT_S),
        "-o",
        str(target),
        "-w",
        report,
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
    """Return a hash of all ids and words in the file, the same for every format."""
    result = hashlib.sha256()
    for row in READERS[form](file):
        result.update(f"{row.id} {row.as_stated}\n".encode())
    return result.hexdigest()


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
