"""Minutes of mixed load at a share of the capacity."""

import time
from pathlib import Path

from tests.faults.clients.ordinary import Clients, mixed_requests
from tests.faults.clients.served import Report, Samples, port_of, serving

PRESSING = 16  # clients that send requests without a pause, to measure the capacity
CAPACITY_S, SOAK_S, SETTLED_S, SAMPLE_S = 20, 600, 60, 5
LOAD = 0.8  # of the capacity
MAX_SLOPE_MB = 1.0  # a minute, in the second half


async def try_soak(report: Report, data: Path, folder: Path) -> None:
    """Send a mix of requests at a share of the capacity that was measured before."""
    with serving(data, folder) as server:
        port, requests = port_of(server), mixed_requests()
        clients, ends = Clients(port, requests, 20), time.monotonic() + CAPACITY_S
        used_s = time.process_time()
        await clients.press(PRESSING, lambda: time.monotonic() > ends)
        capacity = len(clients.seconds) / CAPACITY_S
        busy = (time.process_time() - used_s) / CAPACITY_S
        figures = f"{capacity:,.0f} a second; {clients.describe()}; the client used {busy:.0%} of its core"
        report.add("capacity, a mix of requests", figures, holds=not clients.lost)
        clients, samples = Clients(port, requests, 20), Samples()
        used_s, warned = server.cpu_s(), _warnings(folder)
        async with samples.of(server, SAMPLE_S):
            await clients.at_rate(LOAD * capacity, SOAK_S)
        busy = (server.cpu_s() - used_s) / SOAK_S
        warned = _warnings(folder) - warned
    settled = [state for at, state in samples.states if at >= SETTLED_S]
    slope = samples.slope_mb(SOAK_S / 2)
    figures = f"{clients.describe()}, p99.9 {clients.quantile(0.999):.0f} ms; the server used {busy:.0%} of its core"
    report.add(f"{SOAK_S // 60} minutes at {LOAD:.0%}", figures, holds=not clients.lost)
    first, middle, last = samples.states[0][1], settled[len(settled) // 2], settled[-1]
    files = [each.files for each in settled]
    figures = (
        f"begin {first}; after a minute {settled[0]}; middle {middle}; end {last}; "
        f"at most {max(each.memory_mb for each in settled):.0f} MB, {slope:+.2f} MB a minute in the second half; "
        f"descriptors {min(files)} to {max(files)}; {warned} warnings in the log"
    )
    report.add("the server in these minutes", figures, holds=slope <= MAX_SLOPE_MB)


def _warnings(folder: Path) -> int:
    """Return how many lines of a server's log are warnings: slow responses, and limits that were reached."""
    return (folder / "log").read_text("utf-8").count('"level":"WARNING"')
