"""Clients that wait, leave and press, and servers that end under them: `python -m tests.faults.clients [PART …]`.

The parts are `slow`, `exports`, `ends` and `soak`, which takes eleven minutes; without one, all run.
The server has a core, and its clients the other. Prints a table, and ends with 1 if something that must hold did not.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import uvloop

from tests import run
from tests.faults.clients.data import make_data
from tests.faults.clients.ends import try_sigterm
from tests.faults.clients.exports import try_exports
from tests.faults.clients.served import Report
from tests.faults.clients.slow import try_connections
from tests.faults.clients.soak import try_soak


def main(*parts: str) -> int:
    """Run these parts, and return the exit status."""
    run.current = run.FirstRun()
    report = Report()
    try:
        with tempfile.TemporaryDirectory(prefix="shanhai-clients-") as name:
            folder = Path(name)
            data = make_data(folder / "data")
            report.begin()
            every: dict[str, Callable[[], object]] = {
                "slow": lambda: uvloop.run(try_connections(report, data, folder / "slow")),
                "exports": lambda: uvloop.run(try_exports(report, data, folder / "exports")),
                "ends": lambda: uvloop.run(try_sigterm(report, data, folder / "ends.log")),
                "soak": lambda: uvloop.run(try_soak(report, data, folder / "soak")),
            }
            for part in parts or every:
                every[part]()
    finally:
        run.current.leave()
    return int(report.failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
