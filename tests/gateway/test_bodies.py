"""A real server at its socket: the bodies of requests, at the address that takes one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.http import bodies
from app.http.headers import POST_PATHS
from app.main import create_app
from app.settings import Settings
from tests.gateway.server import Server, request, serving, statuses
from tests.running import wait_until

pytestmark = pytest.mark.databases("sqlite")

[PATH] = POST_PATHS
PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
PONG = b'{"jsonrpc":"2.0","id":1,"result":{}}'
CHUNKS = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (10, PING[:10], len(PING) - 10, PING[10:])
SMUGGLED = request("/v1/citation.bib", X_Request_Id="smuggled").encode()
JSON = {"Content_Type": "application/json", "Accept": "application/json"}


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def server(ready: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    with serving(create_app(Settings(data_dir=ready)), request.param) as running:
        yield running


def head(path: str = PATH, **headers: str) -> bytes:
    return request(path, "POST", **JSON, **headers).encode()


LENGTH, CHUNKED = {"Content_Length": str(len(PING))}, {"Transfer_Encoding": "chunked"}


@pytest.mark.parametrize(
    ("headers", "body"),
    [(LENGTH, PING), (CHUNKED, CHUNKS), (LENGTH | {"Upgrade": "h2c", "Connection": "Upgrade"}, PING)],
)
@pytest.mark.parametrize("size", [1, 50, 100_000])
def test_a_body_is_read_in_any_pieces(server: Server, headers: dict[str, str], body: bytes, size: int) -> None:
    sent = head(**headers) + body
    answer = server.received_as(*(sent[start : start + size] for start in range(0, len(sent), size)))
    assert statuses(answer) == [200]
    assert answer.endswith(PONG)
    assert answer.count(b"connection: close") == 1


@pytest.mark.parametrize(("headers", "body"), [(LENGTH, PING), (CHUNKED, CHUNKS)])
@pytest.mark.parametrize("behind", [SMUGGLED, SMUGGLED * 2, b"\x00", head(**LENGTH) + PING, b"5\r\n"])
@pytest.mark.parametrize("segments", ["together", "apart"])
def test_what_follows_a_body_is_never_read(
    server: Server, headers: dict[str, str], body: bytes, behind: bytes, segments: str
) -> None:
    parts = [head(**headers) + body, behind]
    answer = server.received_as(*(parts if segments == "apart" else [b"".join(parts)]))
    assert statuses(answer) == [200]
    assert b"smuggled" not in answer


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (CHUNKED, b"zz\r\nhello\r\n", 400),
        (CHUNKED, b"5\r\nhello!\r\n0\r\n\r\n", 400),
        (CHUNKED, b"%x\r\n%s\r\n" % (80_000, b" " * 80_000), 413),  # without an end
        (CHUNKED, b"1\r\n \r\n" * 70_000, 413),
        (CHUNKED, b"1;" + b"a" * 300_000, 413),  # a chunk's extension
        (CHUNKED, b"0\r\n" + b"a: b\r\n" * 50_000, 413),  # a trailer
        ({"Content_Length": "1000000000000"}, b" " * 80_000, 413),
        ({"Content_Length": "5", "Transfer_Encoding": "chunked"}, CHUNKS, 400),
        ({"Content_Length": "+5"}, PING, 400),
        ({"Content_Length": "0"}, b"", 400),  # no JSON
    ],
)
def test_a_malformed_or_long_body_is_refused(server: Server, headers: dict[str, str], body: bytes, status: int) -> None:
    with server.connect() as client:
        client.sendall(head(Connection="close", **headers) + body)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert statuses(answer) == [status]
    assert b'"request_id":' in answer or b'"jsonrpc":' in answer


def test_a_trailer_is_no_part_of_the_head(server: Server) -> None:
    body = CHUNKS.removesuffix(b"\r\n") + b"Host: other host\r\nContent-Type: text/plain\r\n\r\n"
    for parts in [(head(**CHUNKED) + body,), (head(**CHUNKED), body), (head(**CHUNKED), body[:-80], body[-80:])]:
        assert server.received_as(*parts).endswith(PONG)


def test_an_announced_body_is_waited_for(server: Server) -> None:
    with server.connect() as client, client.makefile("rb") as answer:
        client.sendall(head(Expect="100-continue", **LENGTH))
        assert answer.readline() == b"HTTP/1.1 100 Continue\r\n"
        client.sendall(PING)
        assert answer.read().endswith(PONG)


def test_a_slow_body_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_TIMEOUT_S", 0.01)
    assert statuses(server.everything(head(**LENGTH) + PING[:5])) == [408]


def test_a_client_that_leaves_in_its_body_is_forgotten(server: Server) -> None:
    with server.connect() as client:
        client.sendall(head(**LENGTH) + PING[:5])
        wait_until(lambda: any(each.client == client.getsockname() for each in [*server.state.connections]))  # type: ignore[union-attr]
        wait_until(lambda: server.end_of(client).waits_for_client and not server.end_of(client).waits_for_head)
    wait_until(lambda: not server.state.connections)
    wait_until(lambda: not server.state.tasks)


def test_a_connection_that_waits_for_a_body_makes_room(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.gateway.protocol.max_connections", lambda: 1)
    with server.connect() as slow:
        slow.sendall(head(**LENGTH) + PING[:5])
        wait_until(lambda: bool(server.state.tasks))
        assert statuses(server.everything(request("/healthz", Connection="close").encode())) == [200]
        assert slow.recv(100) == b""
