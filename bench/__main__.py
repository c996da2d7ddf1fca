"""Run every part, or only those named, and write what was found: `python -m bench [load] [requests] … [report]`."""

import signal
import sys

from bench import beside, cores, exports, loads, requests, search, start
from bench.report import keep, report
from bench.wrk import require_tools

PARTS = {
    "load": loads.main,
    "requests": requests.main,
    "cores": cores.main,
    "beside": beside.main,
    "exports": exports.main,
    "start": start.main,
    "search": search.main,
}


def main() -> None:
    """Run the parts one after the other; each is kept as soon as it is through."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped then too
    require_tools()
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in wanted if name not in {*PARTS, "report"}]:
        raise SystemExit(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}, and report, which runs none")
    for name in wanted:
        if name != "report":
            keep(PARTS[name])
    print(report(list(PARTS)))


main()
