"""A server is replaced by another under load, on a socket that outlives both, and no request is lost."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests import run
from tests.running import HANGS_S, PROGRAM, wait_until

CLIENTS = 8
REQUESTS = 200  # before the first server ends, and once the second answers

pytestmark = [pytest.mark.databases("sqlite"), pytest.mark.slow]


class Clients:
    """Clients that send one request after another, each on connections of its own."""

    def __init__(self, port: int, *, keep_alive: bool) -> None:
        self.answered = 0
        self.lost: list[Exception] = []
        self._port, self._keep_alive, self._ends = port, keep_alive, threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(CLIENTS)]

    @contextmanager
    def running(self) -> Iterator[None]:
        for each in self._threads:
            each.start()
        try:
            yield
        finally:
            self._ends.set()
            for each in self._threads:
                each.join(HANGS_S)

    def wait_for_requests(self, server: subprocess.Popen[str]) -> None:
        until = self.answered + REQUESTS
        wait_until(lambda: self.answered >= until or bool(self.lost) or server.poll() is not None)

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=HANGS_S)
        with closing(connection):
            while not self._ends.is_set():
                try:
                    connection.request("GET", "/v1/figures?limit=3")
                    with connection.getresponse() as response:
                        response.read()
                    assert response.status == 200
                    self.answered += 1
                except (OSError, http.client.HTTPException, AssertionError) as error:
                    self.lost.append(error)
                    return
                if not self._keep_alive:
                    connection.close()


# What systemd does between fork and exec.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.execve(sys.argv[2], sys.argv[2:], {**os.environ, "LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"})
"""


def start(listening: socket.socket, workers: str, data: Path) -> subprocess.Popen[str]:
    """Start a server with the socket where systemd would put it."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HAND_OVER,
            str(listening.fileno()),
            PROGRAM,
            "serve",
            "--no-prepare",
            "--workers",
            workers,
        ],
        pass_fds=[listening.fileno()],
        env={"PATH": os.environ["PATH"], "SHANHAI_DATA_DIR": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    run.current.watch(process)
    return process


@pytest.mark.parametrize(("workers", "keep_alive"), [("1", True), ("2", True), ("2", False)])
def test_a_restart_loses_no_request(ready: Path, workers: str, keep_alive: bool) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        clients = Clients(listening.getsockname()[1], keep_alive=keep_alive)
        server = start(listening, workers, ready)
        with clients.running():
            clients.wait_for_requests(server)
            server.send_signal(signal.SIGTERM)
            assert server.wait(HANGS_S) == 0
            server = start(listening, workers, ready)
            clients.wait_for_requests(server)
        assert clients.lost == []
        server.terminate()
        server.wait(HANGS_S)
