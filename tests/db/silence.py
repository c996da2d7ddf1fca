"""A proxy before PostgreSQL that goes silent: it takes what it is sent, acknowledges it and passes nothing on.

It can also be slow, and reset connections.
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread

from sqlalchemy.engine import make_url

RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # of SO_LINGER


class Proxy:
    """A proxy on a TCP port before a server's Unix socket or its port."""

    def __init__(self, address: str) -> None:
        self._url = url = make_url(address)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._listener]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._silent: set[int] = set()
        self._opened = 0
        self.also_new = False  # whether new connections are silent too
        self.delay_s = 0.0  # of each way
        host, port = self._listener.getsockname()
        self.address = url.set(host=host, port=port, query={}).render_as_string()
        Thread(target=self._accept, daemon=True).start()

    @property
    def opened(self) -> int:
        """The number of connections so far."""
        return self._opened

    def silence(self, *, also_new: bool) -> None:
        """Silence every connection that is open, and perhaps those that follow."""
        self.also_new = also_new
        self._silent.update(range(self._opened))

    def reset(self) -> None:
        """End every connection that is open with RST, as a firewall does."""
        while self._pairs:
            client, server = self._pairs.pop()
            with suppress(OSError):
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                client.shutdown(socket.SHUT_RD)  # ends the wait for it in its thread
            client.close()
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()

    def close(self) -> None:
        """End every connection."""
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = self._connect()
                self._sockets += [client, server]
                self._pairs.append((client, server))
                number = self._opened
                self._opened += 1
                if self.also_new:
                    self._silent.add(number)
                for source, target in ((client, server), (server, client)):
                    Thread(target=self._relay, args=(number, source, target), daemon=True).start()

    def _connect(self) -> socket.socket:
        if self._url.host:
            return socket.create_connection((self._url.host, self._url.port or 5432))
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(next(Path(str(self._url.query["host"])).glob(".s.PGSQL.*[0-9]"))))
        return server

    def _relay(self, number: int, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while source.recv(1, socket.MSG_PEEK):
                time.sleep(self.delay_s)  # what arrives meanwhile goes on with it
                data = source.recv(65536)
                if number not in self._silent:
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@contextmanager
def proxy_of(address: str) -> Iterator[Proxy]:
    """Run a proxy before the server of a database."""
    with ExitStack() as stack:
        proxy = Proxy(address)
        stack.callback(proxy.close)
        yield proxy
