"""Load a seed folder in a process of its own, and tell what it took: `python -m bench.loading SEED ADDRESS`."""

import resource
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from app.db import Database
from app.load import load
from app.migrate import migrate
from bench.console import progress
from bench.synthetic import write_seed


class Cost(msgspec.Struct):
    """What a load took: seconds, and megabytes of memory at its peak."""

    seconds: float
    peak: float


def make_database(folder: Path, figures: int) -> str:
    """The address of a new SQLite database that holds so many synthetic figures, for the tests."""
    address = f"sqlite:///{folder / 'shanhai.sqlite'}"
    migrate(address)
    with Database(address, "load") as database:
        load(write_seed(folder / "seed", figures), database, lambda _: None)
    return address


def load_apart(seed: Path, address: str) -> Cost:
    """Load in a process of its own, so that the peak of memory is the load's alone."""
    command = [sys.executable, "-m", "bench.loading", str(seed), address]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(done.stdout, type=Cost)


def main(seed: str, address: str) -> None:
    """Migrate, load, and print the cost."""
    migrate(address)
    told = began = time.monotonic()

    def report(message: str) -> None:
        nonlocal told
        if time.monotonic() - told > 10:
            told = time.monotonic()
            progress(message)

    with Database(address, "load") as database:
        load(Path(seed), database, report)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(msgspec.json.encode(Cost(time.monotonic() - began, peak)).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
