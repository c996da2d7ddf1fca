"""Real servers, each a process of its own on a free port."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """A real server on a free port, and a client that knows it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen(
            [Path(sys.executable).parent / "shanhai", "serve", *arguments],
            env={"PATH": os.environ["PATH"], "PORT": str(port), "SHANHAI_DATA_DIR": data, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                wait_for(client, process)
                yield client, process
        finally:
            process.terminate()  # a server that is killed could leave its workers behind
            process.communicate(timeout=20)


def wait_for(client: httpx.Client, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.get("/healthz")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the server did not start: {process.communicate()[0] if process.poll() is not None else ''}")
