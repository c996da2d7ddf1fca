"""A proxy before PostgreSQL that goes silent: it takes what it is sent, acknowledges it and passes nothing on."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread

from sqlalchemy.engine import make_url


class Proxy:
    """A proxy on a TCP port before the Unix socket of a server."""

    def __init__(self, address: str) -> None:
        url = make_url(address)
        self._target = str(next(Path(str(url.query["host"])).glob(".s.PGSQL.*[0-9]")))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._listener]
        self._silent: set[int] = set()
        self._opened = 0
        self.also_new = False  # whether new connections are silent too
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
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                self._sockets += [client, server]
                number = self._opened
                self._opened += 1
                if self.also_new:
                    self._silent.add(number)
                for source, target in ((client, server), (server, client)):
                    Thread(target=self._relay, args=(number, source, target), daemon=True).start()

    def _relay(self, number: int, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
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
