"""A server in a thread of this process, and what goes over its wire."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Any, BinaryIO

import uvicorn

from app.gateway.protocol import Protocol
from app.http.limits import HeadLimits
from app.server import uvicorn_options
from app.settings import Settings
from tests.running import HANGS_S, free_port, wait_until

LIMITS = HeadLimits.of(Settings())


class Server:
    """A server in a thread of this process."""

    def __init__(self, server: uvicorn.Server) -> None:
        self.port = server.config.port
        self.state = server.server_state

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=HANGS_S)

    def end_of(self, client: socket.socket) -> Protocol:
        """The server's end of a connection."""
        connections = [each for each in self.state.connections if isinstance(each, Protocol)]
        return next(each for each in connections if each.client == client.getsockname())

    def waiting(self, client: socket.socket, received: bytes) -> bool:
        """Whether the server has received these bytes of a head, and waits for the rest."""
        if not any(each.client == client.getsockname() for each in [*self.state.connections]):  # type: ignore[union-attr]
            return False
        connection = self.end_of(client)
        return connection._received == received and connection._deadline is not None

    def responses(self, *requests: str) -> list[bytes]:
        """The responses to requests sent in one segment."""
        with self.connect() as connection, connection.makefile("rb") as stream:
            connection.sendall("".join(requests).encode())
            return [self._read(stream, each) for each in requests]

    def everything(self, *segments: bytes) -> bytes:
        """All that the server sends until it closes."""
        with self.connect() as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for segment in segments:
                connection.sendall(segment)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def received_as(self, *segments: bytes) -> bytes:
        """All that the server sends until it closes, after it received exactly these segments; a socket may join them."""
        with self.connect() as client:
            wait_until(lambda: any(each.client == client.getsockname() for each in [*self.state.connections]))  # type: ignore[union-attr]
            connection = self.end_of(client)

            async def receive(segment: bytes) -> None:
                connection.data_received(segment)

            for segment in segments:
                asyncio.run_coroutine_threadsafe(receive(segment), connection.loop).result(HANGS_S)
            return b"".join(iter(lambda: client.recv(65536), b""))

    @staticmethod
    def _read(stream: BinaryIO, request: str) -> bytes:
        head = b"".join(takewhile(lambda line: line != b"\r\n", stream))
        length = re.search(rb"content-length: (\d+)", head)
        return head + b"\r\n" + stream.read(int(length[1]) if length and not request.startswith("HEAD") else 0)


def request(path: str, method: str = "GET", **headers: str) -> str:
    """A request as it goes over the wire."""
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\nHost: shanhai.example\r\n{fields}\r\n"


def statuses(responses: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", responses)]


@contextmanager
def serving(app: Any, loop: str = "uvloop", limits: HeadLimits = LIMITS) -> Iterator[Server]:
    """Serve an ASGI application."""
    config = uvicorn.Config(app, port=free_port(), access_log=False, loop=loop, **uvicorn_options(limits))
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    wait_until(lambda: running.started)
    try:
        yield Server(running)
    finally:
        running.should_exit = True
        thread.join(HANGS_S)
