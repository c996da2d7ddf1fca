"""wrk, on the client's core: how many requests a second a server answers."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from bench.contestant import Ask
from bench.serving import Server
from bench.settings import CLIENT_CORE

SCRIPT = Path(__file__).with_name("asks.lua")
TIMEOUT = 120  # seconds that an answer may take


class Run(msgspec.Struct):
    """What wrk told of a run."""

    requests: int
    seconds: float
    errors: dict[str, int]
    median_ms: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def require_tools() -> None:
    """End with how to get what is missing."""
    for program, package in {"wrk": "wrk", "sqlite3": "sqlite3", "taskset": "util-linux", "curl": "curl"}.items():
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is missing; on Debian: apt-get install {package}")


def run(server: Server, asks: Sequence[Ask], headers: Mapping[str, str], *, seconds: int, connections: int) -> Run:
    """Send these requests in their order, over and over, for so long. Raises where one is not answered well."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(f"{ask.path}\t{ask.body}\n" for ask in asks)
        file.flush()
        told = [f"{name}: {value}" for name, value in headers.items()]
        options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{TIMEOUT}s", "-s", str(SCRIPT)]
        command = ["taskset", "--cpu-list", str(CLIENT_CORE), "wrk", *options, server.address("/"), "--", file.name]
        done = subprocess.run([*command, *told], check=True, capture_output=True, text=True)
    outcome = msgspec.json.decode(done.stdout.splitlines()[-1], type=Run)
    if any(outcome.errors.values()):
        raise RuntimeError(f"{asks[0]}: a fast wrong answer is a failure: {done.stdout}")
    return outcome
