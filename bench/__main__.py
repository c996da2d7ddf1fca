"""Run all parts or the named ones, and write the report: `python -m bench [load] [requests] … [report]`."""

import signal
import sys

from bench import contention, cores, exports, loads, requests, search, start
from bench.report import report, run_and_save
from bench.wrk import require_tools

PARTS = {
    "load": loads.main,
    "requests": requests.main,
    "cores": cores.main,
    "contention": contention.main,
    "exports": exports.main,
    "start": start.main,
    "search": search.main,
}


def main() -> None:
    """Run the parts one after another; save each as soon as it is complete."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped
    require_tools()
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in wanted if name not in {*PARTS, "report"}]:
        raise SystemExit(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}, and report, which runs none")
    for name in wanted:
        if name != "report":
            run_and_save(PARTS[name])
    print(report(list(PARTS)))


main()
