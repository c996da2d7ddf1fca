"""The program in processes: servers on free ports, and single commands."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO
from unittest.mock import patch

import httpx
from typer.testing import CliRunner

from app.cli import cli
from tests import run

PROGRAM = Path(sys.executable).parent / "shanhai"
HANGS_S = 300  # after this long, something hangs; on an idle machine a server starts within two seconds


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    arguments: Sequence[str], environment: Mapping[str, str], stdout: int | IO[str] = subprocess.PIPE
) -> tuple[str, subprocess.Popen[str]]:
    """Start a server and wait until it answers; return its address and its process, which the watchdog stops at the latest."""
    port = free_port()
    process = subprocess.Popen(
        [PROGRAM, "serve", *arguments],
        env={"PATH": os.environ["PATH"], "PORT": str(port), "SHANHAI_ACCESS_LOG": "off", **environment},
        stdout=stdout,
        stderr=subprocess.STDOUT,
        text=True,
    )
    run.current.watch(process)
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=base, trust_env=False, timeout=HANGS_S) as client:
            wait_until(lambda: answers(client) or process.poll() is not None)
        assert process.poll() is None, f"the server did not start: {process.communicate()[0]}"
    except BaseException:
        stop(process)
        raise
    return base, process


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, as long as a loaded machine may take."""
    deadline = time.monotonic() + HANGS_S
    while not condition():
        assert time.monotonic() < deadline, "it hangs"
        time.sleep(0.01)


def answers(client: httpx.Client) -> bool:
    """Return whether a server accepts requests."""
    try:
        client.get("/healthz")
    except httpx.TransportError:
        return False
    return True


def stop(process: subprocess.Popen[str]) -> None:
    process.terminate()  # a server that is killed could leave its workers behind
    process.communicate(timeout=HANGS_S)


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """Run a server for one test; yield a client with its address, and its process."""
    with tempfile.TemporaryDirectory() as data:
        base, process = start(arguments, {"SHANHAI_DATA_DIR": data, **environment})
        try:
            with httpx.Client(base_url=base, trust_env=False, timeout=HANGS_S) as client:
                yield client, process
        finally:
            stop(process)


def shanhai(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program in this process, which saves a second."""
    command = [*map(str, arguments)]
    with patch.dict(os.environ, {"PATH": "/usr/bin:/bin", **environment}, clear=True):
        result = CliRunner().invoke(cli, command)
    crashed = result.exception and not isinstance(result.exception, SystemExit)
    trace = "".join(traceback.format_exception(result.exception)) if crashed else ""
    return subprocess.CompletedProcess(command, result.exit_code, result.stdout, result.stderr + trace)


def shanhai_apart(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program in a new process, as users do."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **environment},
        check=False,
    )
