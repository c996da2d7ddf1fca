"""wrk on the client's core: the rate at which a server responds."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from bench.contestant import Request
from bench.serving import Server
from bench.settings import CLIENT_CORE

SCRIPT = Path(__file__).with_name("requests.lua")
TIMEOUT = 120  # seconds, of a response


class Run(msgspec.Struct):
    """The outcome of a run of wrk."""

    requests: int
    seconds: float
    errors: dict[str, int]
    median_ms: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def require_tools() -> None:
    """Exit with the package to install if a program is missing."""
    for program, package in {"wrk": "wrk", "sqlite3": "sqlite3", "taskset": "util-linux", "curl": "curl"}.items():
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is missing; on Debian: apt-get install {package}")


def run(
    server: Server, requests: Sequence[Request], headers: Mapping[str, str], *, seconds: int, connections: int
) -> Run:
    """Send these requests in order, repeatedly. Raises if a response is an error."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(f"{request.path}\t{request.body}\n" for request in requests)
        file.flush()
        fields = [f"{name}: {value}" for name, value in headers.items()]
        options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{TIMEOUT}s", "-s", str(SCRIPT)]
        command = ["taskset", "--cpu-list", str(CLIENT_CORE), "wrk", *options, server.address("/"), "--", file.name]
        done = subprocess.run([*command, *fields], check=True, capture_output=True, text=True)
    outcome = msgspec.json.decode(done.stdout.splitlines()[-1], type=Run)
    if any(outcome.errors.values()):
        raise RuntimeError(f"{requests[0]}: a fast wrong answer is a failure: {done.stdout}")
    return outcome
