"""Servers to be measured, each a process of its own on a free port."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

import httpx


class Server(NamedTuple):
    """A server that answers."""

    port: int
    pid: int

    def address(self, path: str) -> str:
        """Where a path of it is."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def serving(*command: str, **environment: str) -> Iterator[Server]:
    """Run a module of Python that serves, and stop it in the end."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--port", str(port)],
            env={**os.environ, "SHANHAI_DATA_DIR": data, **environment},
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        server = Server(port, process.pid)
        try:
            _wait_for(server)
            yield server
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(server: Server) -> None:
    for _ in range(300):
        try:
            httpx.get(server.address("/v1"), trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")
