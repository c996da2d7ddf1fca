"""Load a seed folder in a new process and print the cost: `python -m bench.loading SEED ADDRESS`."""

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
    """The cost of a load: seconds, and peak memory in megabytes."""

    seconds: float
    peak: float


def make_database(folder: Path, figures: int) -> str:
    """Create a SQLite database with this number of synthetic figures, for tests; return its address."""
    address = f"sqlite:///{folder / 'shanhai.sqlite'}"
    migrate(address)
    with Database(address, "load") as database:
        load(write_seed(folder / "seed", figures), database, lambda _: None)
    return address


def load_apart(seed: Path, address: str) -> Cost:
    """Load in a new process, so that the peak memory is that of the load alone."""
    command = [sys.executable, "-m", "bench.loading", str(seed), address]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(done.stdout, type=Cost)


def main(seed: str, address: str) -> None:
    """Migrate, load, and print the cost."""
    migrate(address)
    reported = began = time.monotonic()

    def report(message: str) -> None:
        nonlocal reported
        if time.monotonic() - reported > 10:
            reported = time.monotonic()
            progress(message)

    with Database(address, "load") as database:
        load(Path(seed), database, report)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(msgspec.json.encode(Cost(time.monotonic() - began, peak)).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
