"""A client that holds many exports, and never reads one: another client still gets its own."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from time import perf_counter
from urllib.parse import urlsplit

import pytest

from bench.loading import make_database
from tests.attacks.server import Attacked, attacked_server, report
from tests.running import HANGS_S

pytestmark = [pytest.mark.slow, pytest.mark.databases("sqlite")]

FIGURES = 20_000  # synthetic; a file of them does not fit in the buffers of a connection
HELD = 100
SMALL = 10
HOLDER, OTHER = "192.0.2.1", "192.0.2.9"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A server for these clients alone, which believes what a proxy says of them."""
    folder = tmp_path_factory.mktemp("exports")
    make_database(folder, FIGURES)
    with attacked_server(folder, folder, cache_mb=0, SHANHAI_TRUST_PROXY="true") as server:
        yield server


@pytest.mark.parametrize("form", ["xlsx", "ndjson"])
def test_a_hundred_held_exports_keep_no_other_client_waiting(attacked: Attacked, form: str) -> None:
    """Reports how long the other client waits; takes about 10 seconds, most for the synthetic figures."""
    waits_s = []
    with ExitStack() as stack:
        for number in range(HELD):
            stack.enter_context(_holding(attacked, f"/v1/figures.{form}?value__gte=-{number}"))
        for number in range(SMALL):
            start = perf_counter()
            path = f"/v1/programs.csv?as_named__startswith={form}{number}"
            assert attacked.get(path, {"X-Forwarded-For": OTHER}) == 200
            waits_s.append(perf_counter() - start)
    report(f"{form}: the other client waited {max(waits_s):.2f} s at most")


def _holding(attacked: Attacked, path: str) -> socket.socket:
    """Send a request whose response is never read."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    client.settimeout(HANGS_S)
    client.connect(("127.0.0.1", urlsplit(attacked.base).port))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {HOLDER}\r\n\r\n".encode())
    return client
