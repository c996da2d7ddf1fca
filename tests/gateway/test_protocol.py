"""A real server at its socket: bounded heads, one request at a time, and bodies that are never parsed."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.gateway import protocol
from app.gateway.protocol import Protocol
from app.main import create_app
from app.settings import Settings
from tests.gateway.server import LIMITS, Server, request, serving, statuses
from tests.running import wait_until

pytestmark = pytest.mark.databases("sqlite")

PATH = "/v1/figures?unit=CNY&sort=-value"
CHINESE = "/v1/search?q=油茶&limit=1"
END = b"\r\n\r\n"


def timeless(response: bytes) -> bytes:
    """Return a response without the fields that change over time."""
    return re.sub(rb"(?<=\n)(date|x-request-id): [^\r]*|(?<=\n)connection: close\r\n", rb"\1", response)


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def server(ready: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """One server for each event loop; HTTP does not know which database is behind it."""
    with serving(create_app(Settings(data_dir=ready)), request.param) as running:
        yield running


@pytest.mark.parametrize("coding", ["identity", "br", "gzip", "zstd"])
def test_a_cached_response_equals_the_computed_one(server: Server, coding: str) -> None:
    first, again = (server.responses(request(PATH, Accept_Encoding=coding))[0] for _ in "12")
    [head] = server.responses(request(PATH, "HEAD", Accept_Encoding=coding))
    assert timeless(again) == timeless(first)
    assert timeless(head) == timeless(first).partition(END)[0] + END


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    missed = "/v1/places?fields=id&limit={}"
    requests = [request(PATH), request(missed.format(1)), request(CHINESE), request(missed.format(2))]
    requests += [request(PATH, "HEAD")] * 500
    together = server.responses(*requests)
    alone = {each: timeless(server.responses(each)[0]) for each in set(requests)}
    assert [timeless(response) for response in together] == [alone[each] for each in requests]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT"])
@pytest.mark.parametrize("segments", ["together", "apart"])
def test_a_body_that_looks_like_a_request_is_never_parsed(server: Server, method: str, segments: str) -> None:
    """Percent-encoding it would make it longer than its Content-Length, so that its end became a request."""
    inner = request("/v1/citation.bib", X_Request_Id="smuggled").encode()
    body = b"GET /" + b"\xe9" * (len(inner) // 2 + 1) + b" HTTP/1.1\r\n" + inner
    head = request("/v1/figures?limit=1", method, Content_Length=str(len(body))).encode()
    answer = server.everything(head + body) if segments == "together" else server.everything(head, body)
    assert statuses(answer) == [{"OPTIONS": 204}.get(method, 405 if method[0] == "P" else 200)]
    assert b"smuggled" not in answer
    assert b"connection: close\r\n" in answer


@pytest.mark.parametrize("chunks", [b"zz\r\nhello\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"0\n\n"])
def test_chunks_are_never_parsed(server: Server, chunks: bytes) -> None:
    head = request(PATH, Transfer_Encoding="chunked").encode()
    assert statuses(server.everything(head + chunks + request(PATH).encode())) == [200]


@pytest.mark.parametrize("name", ["Upgrade", "UPGRADE"])
@pytest.mark.parametrize("segments", ["together", "apart"])
def test_a_body_behind_an_upgrade_is_never_parsed(server: Server, name: str, segments: str) -> None:
    """The parser would take it for what comes after the upgrade, that is for another request."""
    body = request("/v1/citation.bib", X_Request_Id="smuggled").encode()
    headers = {name: "h2c", "Connection": "Upgrade", "Content_Length": str(len(body))}
    parts = [request("/v1/figures?limit=1", **headers).encode(), body]
    answer = server.received_as(*(parts if segments == "apart" else [b"".join(parts)]))
    assert statuses(answer) == [200]
    assert b"smuggled" not in answer


def test_an_empty_body_keeps_the_connection(server: Server) -> None:
    post, get = server.responses(request(PATH, "POST", Content_Length="0"), request(PATH))
    assert (statuses(post), statuses(get)) == ([405], [200])


@pytest.mark.parametrize("method", ["FOO", "get", "M-SEARCH", "DESCRIBE", "PROPFIND", "CONNECT", "X" * 40])
def test_any_other_method_is_refused_as_one(server: Server, method: str) -> None:
    """Whether the parser knows it or not."""
    answer = server.everything(request("/v1", method, Connection="close").encode())
    head, _, body = answer.partition(END)
    assert statuses(answer) == [405]
    assert b"\r\nallow: GET, HEAD, OPTIONS\r\n" in head
    assert b"content-type: application/problem+json" in head
    assert method in msgspec.json.decode(body)["detail"]


@pytest.mark.parametrize(
    ("version", "status"),
    [("1.0", 200), ("1.1", 200), ("2.0", 505), ("2", 505), ("0.9", 505), ("3.0", 505), ("11.1", 505), ("x", 400)],
)
@pytest.mark.parametrize("method", ["GET", "FOO"])
def test_another_major_version_is_refused(server: Server, method: str, version: str, status: int) -> None:
    """RFC 9110, 15.6.6; the connection is closed, whatever follows."""
    sent = request("/healthz", method, Connection="close").replace("HTTP/1.1", f"HTTP/{version}")
    answer = server.everything(sent.encode() + request(PATH).encode() * (status >= 400))
    assert statuses(answer) == [405 if (method, status) == ("FOO", 200) else status]
    if status == 505:
        assert msgspec.json.decode(answer.partition(END)[2])["code"] == "version-not-supported"
        assert b"\r\nconnection: close\r\n" in answer


def test_a_client_that_begins_with_http_2_is_told_that_it_is_not_supported(server: Server) -> None:
    assert statuses(server.everything(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) == [505]


@pytest.mark.parametrize("target", ["/", "shanhai.example:443"])
def test_connect_opens_no_tunnel_and_its_body_is_never_parsed(server: Server, target: str) -> None:
    inner = request(PATH).encode()
    head = request(target, "CONNECT", Content_Length=str(len(inner))).encode()
    answer = server.everything(head + inner)
    assert statuses(answer) == [405]
    assert b"\r\nconnection: close\r\n" in answer


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("upgrade", ["h2c", "websocket", "TLS/1.2"])
def test_an_upgrade_is_ignored(server: Server, method: str, upgrade: str) -> None:
    asks = request(PATH, method, Connection="Upgrade", Upgrade=upgrade)
    answers = server.responses(asks, request(PATH), asks, request(CHINESE))
    assert [statuses(answer) for answer in answers] == [[204 if method == "OPTIONS" else 200], [200]] * 2


@pytest.mark.parametrize(
    ("request_line", "version", "host", "status", "base"),
    [
        ("GET http://target.example/v1", "1.1", "Host: other.example\r\n", 200, "http://target.example"),
        ("GET HTTP://target.example:81/v1?", "1.1", "Host: other.example\r\n", 200, "http://target.example:81"),
        ("GET http://[::1]:81/v1", "1.1", "Host: other.example\r\n", 200, "http://[::1]:81"),
        ("GET http://target.example/v1", "1.0", "", 200, "http://target.example"),
        ("GET http://target.example/v1", "1.1", "", 400, ""),
        ("GET http://target.example/v1", "1.1", "Host: a\r\nHost: b\r\n", 400, ""),
        ("GET http://user@target.example/v1", "1.1", "Host: a\r\n", 400, ""),
        ("GET http:///v1", "1.1", "Host: a\r\n", 400, ""),
        ("GET ftp://target.example/v1", "1.1", "Host: a\r\n", 400, ""),
        ("GET target.example:80", "1.1", "Host: a\r\n", 400, ""),
        ("GET *", "1.1", "Host: a\r\n", 400, ""),
        ("OPTIONS *", "1.1", "Host: a\r\n", 204, ""),
        ("OPTIONS http://target.example", "1.1", "Host: a\r\n", 204, ""),
        ("GET /v1", "1.1", "", 400, ""),
        ("GET /v1", "1.0", "", 200, "http://127.0.0.1:{port}"),
        ("GET /v1", "1.1", "Host: a\r\nHost: a\r\n", 400, ""),
    ],
)
def test_the_host_comes_from_the_target_or_else_the_host_field(
    server: Server, request_line: str, version: str, host: str, status: int, base: str
) -> None:
    """RFC 9112, 3.2; twice, since the second response may come from the cache."""
    sent = f"{request_line} HTTP/{version}\r\n{host}Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
    for _ in "123":
        answer = server.everything(sent.encode())
        body = answer.partition(END)[2]
        assert statuses(answer) == [status]
        if base:
            assert msgspec.json.decode(body)["links"]["self"] == base.format(port=server.port) + "/v1"
        elif status == 400:
            assert msgspec.json.decode(body)["code"] == "bad-request"


@pytest.mark.parametrize("before", ["", request(PATH)])
def test_chinese_in_an_address_may_be_split_anywhere(server: Server, before: str) -> None:
    sent = (before + request(CHINESE, Connection="close")).encode()
    expected = statuses(server.everything(sent))
    assert expected == [200] * (2 if before else 1)
    start = len(before.encode())
    for cut in range(start + 1, start + len(request(CHINESE).partition("\r\n")[0].encode()) + 3):
        assert statuses(server.everything(sent[:cut], sent[cut:])) == expected


def test_empty_lines_behind_a_head_are_no_part_of_it(server: Server) -> None:
    head = request("/healthz", "OPTIONS", Transfer_Encoding="chunked").encode()
    for lines in (b"\r\n", b"\r\n\r\n", b"\r\n" * 3):
        assert statuses(server.everything(head + lines)) == [204]


SENT_AS = {
    "whole": lambda body: (f"Content-Length: {len(body)}\r\n".encode(), body),
    "in chunks": lambda body: (b"Transfer-Encoding: chunked\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
    "in broken chunks": lambda body: (b"Transfer-Encoding: chunked\r\n", body),
}
LIKE_A_REQUEST = request("/é", X_Request_Id="smuggled").encode()
BODIES = st.sampled_from([LIKE_A_REQUEST, b"0\r\n\r\n" + LIKE_A_REQUEST, b"\r\n" * 3]) | st.binary(
    min_size=1, max_size=60
)
WITHOUT_BODY = st.sampled_from([(b"", b""), (b"Content-Length: 0\r\n", b"")])
MESSAGES = st.tuples(
    st.sampled_from(["GET", "HEAD", "OPTIONS", "POST"]),
    st.sampled_from([PATH, CHINESE, "/healthz", "/é", "/v1/nothing", "http://shanhai.example/healthz"]),
    WITHOUT_BODY
    | WITHOUT_BODY
    | st.builds(lambda send, body: send(body), st.sampled_from([*SENT_AS.values()]), BODIES),
)


@settings(max_examples=120)
@given(
    messages=st.lists(MESSAGES, min_size=1, max_size=6), cuts=st.lists(st.floats(0, 1, exclude_max=True), max_size=4)
)
def test_there_is_one_response_to_each_request(
    server: Server, messages: list[tuple[str, str, tuple[bytes, bytes]]], cuts: list[float]
) -> None:
    """Requests joined and cut at any byte, with and without bodies; a body is the end of a connection.

    Takes about a second for each event loop.
    """
    sent, expected = b"", list[bytes]()
    for number, (method, path, (field, body)) in enumerate(messages):
        last = b"Connection: close\r\n" if number == len(messages) - 1 else b""
        head = request(path, method, X_Request_Id=f"id-{number}").encode().removesuffix(b"\r\n")
        sent += head + field + last + b"\r\n" + body
        if not any(before[2][1] for before in messages[:number]):
            expected.append(b"id-%d" % number)
    bounds = [0, *sorted({int(cut * len(sent)) for cut in cuts}), len(sent)]
    answer = server.received_as(*(sent[start:end] for start, end in pairwise(bounds)))
    assert re.findall(rb"\nx-request-id: ([^\r]*)", answer) == expected
    assert len(statuses(answer)) == len(expected)
    assert not {400, 408, 500} & {*statuses(answer)}


def test_a_client_that_reads_nothing_takes_no_memory(server: Server) -> None:
    with server.connect() as deaf:
        deaf.settimeout(1)
        with pytest.raises(TimeoutError):
            deaf.sendall(request(PATH).encode() * 200_000)
        connections = [each for each in server.state.connections if isinstance(each, Protocol)]
        buffered = [each.transport.get_write_buffer_size() for each in connections]
        assert max(buffered) < 1_000_000
    assert statuses(server.responses(request(PATH))[0]) == [200]


@pytest.mark.parametrize("space", ["", " ", "\t"])
def test_trailing_white_space_is_not_part_of_a_value(server: Server, space: str) -> None:
    for _ in "123":
        [answer] = server.responses(request(PATH, If_None_Match=f"*{space}", X_Request_Id=f"mine{space}"))
        assert statuses(answer) == [304]
        assert b"x-request-id: mine\r\n" in answer


LONGEST = "/v1/figures?" + "a" * (LIMITS.target_bytes - len("/v1/figures?"))
FULL = {f"X_{number}": "a" for number in range(LIMITS.fields - 1)}  # and Host
LONG = {"X_Long": "a" * (LIMITS.head_bytes - len(request("/healthz", X_Long="")))}


@pytest.mark.parametrize(
    ("sent", "status", "named"),
    [
        (request(LONGEST), 422, "no such parameter"),
        (request(f"{LONGEST}a"), 414, "16,000 bytes"),
        (request(LONGEST.replace("a" * 9, "油")), 422, "no such parameter"),
        (request(LONGEST.replace("a" * 8, "油")), 414, "16,000 bytes"),
        ("GET /" + "a" * (LIMITS.target_bytes + 9), 414, "16,000 bytes"),
        (request("/healthz", **FULL), 200, ""),
        (request("/healthz", **FULL, One_more="a"), 431, "100 header fields"),
        (request("/healthz", **LONG), 200, ""),
        (request("/healthz", **LONG).replace("X-Long: ", "X-Longer: "), 431, "32,000 bytes"),
        ("GET / HTTP/1.1\r\nX-Endless: " + "a" * LIMITS.head_bytes, 431, "32,000 bytes"),
        ("\x16\x03\x01\x00\x05hello", 400, "Invalid HTTP request"),
        ("GET / HTTP/1.1\nHost: a\n\n", 400, "Invalid HTTP request"),
    ],
)
def test_a_head_is_bounded(server: Server, sent: str, status: int, named: str) -> None:
    [answer] = server.responses(sent)
    assert statuses(answer) == [status]
    if named:
        head, _, body = answer.partition(END)
        problem = msgspec.json.decode(body)
        assert (problem["status"], b"content-type: application/problem+json" in head) == (status, True)
        assert named in problem["detail"]


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"", []),
        (b"GE", [408]),
        (b"GET /healthz HTTP/1.1\r\nX-Slow: ", [408]),
        (request("/healthz").encode() + b"GET /heal", [200, 408]),
    ],
)
def test_a_head_has_a_deadline(server: Server, sent: bytes, answered: list[int]) -> None:
    """The server waits for it; the test does not, but ends that time itself."""
    with server.connect() as client:
        client.sendall(sent)
        wait_until(lambda: server.waiting(client, sent.rpartition(END)[2]))
        connection = server.end_of(client)
        assert connection._deadline
        assert round(connection._deadline.when() - connection.loop.time(), 3) <= LIMITS.timeout_s
        connection.loop.call_soon_threadsafe(connection._head_overdue)
        assert statuses(b"".join(iter(lambda: client.recv(65536), b""))) == answered


def test_slow_clients_do_not_shut_out_others(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "max_connections", lambda: 10)
    slow = [server.connect() for _ in range(30)]
    try:
        for each in slow:
            each.send(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        assert statuses(server.responses(request(PATH))[0]) == [200]
        assert len(server.state.connections) <= 10
    finally:
        for each in slow:
            each.close()
