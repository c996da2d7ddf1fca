"""Clients that are slow or say nothing: closed within their deadline, and others are served meanwhile."""

import selectors
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import pytest

from app.settings import Settings
from tests.attacks.server import Attacked, attacked_server, report
from tests.running import HANGS_S

pytestmark = [pytest.mark.slow, pytest.mark.databases("sqlite")]

CLIENTS = 300
FIRST_BYTES = {
    "silent": b"",
    "in a request line": b"GE",
    "in a head": b"GET /healthz HTTP/1.1\r\nX-Slow: ",
    "idle": b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.fixture(scope="module")
def attacked(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A server for these clients alone."""
    with attacked_server(ready, tmp_path_factory.mktemp("attacked"), cache_mb=0) as server:
        yield server


def test_slow_clients_are_closed_and_others_served(attacked: Attacked) -> None:
    """They send a byte a second, if they have begun a head. Takes as long as the deadline, and serves a page each second."""
    address = ("127.0.0.1", urlsplit(attacked.base).port)
    start, closed = monotonic(), dict.fromkeys(FIRST_BYTES, 0.0)
    with ExitStack() as stack, selectors.DefaultSelector() as selector, attacked.probed() as probe:
        for kind in [*FIRST_BYTES] * (CLIENTS // len(FIRST_BYTES)):
            client = stack.enter_context(socket.create_connection(address, timeout=HANGS_S))
            client.sendall(FIRST_BYTES[kind])
            selector.register(client, selectors.EVENT_READ, kind)
        while waiting := selector.get_map():
            assert monotonic() - start < HANGS_S
            for key, _ in selector.select(1):
                if not _received(key.fileobj):
                    closed[key.data] = monotonic() - start
                    selector.unregister(key.fileobj)
            for key in [*waiting.values()]:
                if key.data == "in a head":
                    _trickle(key.fileobj)
    times = ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in closed.items())
    report(f"{CLIENTS} clients closed at the latest after: {times}; another client waited {probe.longest_s:.2f} s")
    # Far beyond what a loaded machine needs; without a deadline the loop above would run until HANGS_S.
    assert Settings().head_timeout_s / 2 <= max(closed.values()) <= 4 * Settings().head_timeout_s
    assert probe.longest_s < Settings().head_timeout_s / 2


def _received(client: object) -> bytes:
    assert isinstance(client, socket.socket)
    try:
        return client.recv(65536)
    except ConnectionError:
        return b""


def _trickle(client: object) -> None:
    assert isinstance(client, socket.socket)
    with suppress(OSError):
        client.send(b"a")
