"""The limits for exports: the sqlite3 command line, and pyarrow alone (`python -m bench.limits COPY TARGET`)."""

import subprocess
import sys
import time
from pathlib import Path

from bench.copies import LISTED, write_parquet
from bench.settings import SERVER_CORE

PINNED = ("taskset", "--cpu-list", str(SERVER_CORE))


def csv_seconds(copy: Path) -> float:
    """Return the seconds that `sqlite3 -csv` takes to write the table to /dev/null."""
    command = [*PINNED, "sqlite3", "-readonly", "-csv", "-header", str(copy), f"SELECT {LISTED} FROM figures"]  # noqa: S608
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def parquet_seconds(copy: Path, target: Path) -> float:
    """Return the seconds that pyarrow takes to write the table to a file, without its start."""
    command = [*PINNED, sys.executable, "-m", "bench.limits", str(copy), str(target)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(copy: str, target: str) -> None:
    """Write the file and print the seconds."""
    began = time.perf_counter()
    write_parquet(Path(copy), Path(target))
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
