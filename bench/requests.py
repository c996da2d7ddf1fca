"""Requests a second of each workload as a share of what a bare server answers, interleaved, medians of several runs.

The workloads are those that stand so far; peers come with the work on speed.
"""

import asyncio
import statistics

import httpx

from bench.load import requests_per_second
from bench.serving import serving

RUNS = 5
WORKLOADS = {
    "one record": "/v1/figures/youth-teams",
    "a page of 32": "/v1/figures",
    "two filters, sorted": "/v1/figures?unit=CNY&status=achieved&sort=-value",
    "a facet": "/v1/figures?facet=unit&limit=0",
    "included figures": "/v1/programs?include=figures&limit=20",
}


def main() -> None:
    """Print the table."""
    bare_command = ("uvicorn", "bench.bare:app", "--no-access-log", "--no-server-header", "--log-level", "warning")
    with serving("app", "serve") as ours, serving(*bare_command) as bare:
        plain = {"Host": "bench", "Accept-Encoding": ""}
        tag = httpx.get(ours.address("/v1/figures"), headers=plain).headers["etag"]
        workloads: dict[str, tuple[str, dict[str, str]]] = {name: (path, {}) for name, path in WORKLOADS.items()}
        workloads["304"] = ("/v1/figures", {"If-None-Match": tag})
        print(f"| workload | requests/s | of a bare server | lowest to highest of {RUNS} |")
        print("| --- | --- | --- | --- |", flush=True)
        for name, (path, headers) in workloads.items():
            measured, shares = [], []
            for _ in range(RUNS):
                limit = asyncio.run(requests_per_second(bare.port, path, headers))
                measured.append(asyncio.run(requests_per_second(ours.port, path, headers)))
                shares.append(measured[-1] / limit)
            row = (name, f"{statistics.median(measured):,.0f}", f"{statistics.median(shares):.3f}")
            print(f"| {' | '.join(row)} | {min(shares):.3f} to {max(shares):.3f} |", flush=True)
