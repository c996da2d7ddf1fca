"""What a real server writes at once, without a task: byte for byte what it writes otherwise, and in its turn."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from itertools import takewhile
from typing import Any, BinaryIO

import pytest
import uvicorn

from app.http.protocol import Protocol
from app.main import Shanhai, create_app
from app.server import MANNER
from app.settings import Settings
from tests.running import free_port

PATH = "/v1/figures?unit=CNY&sort=-value"
SLOW = 1.5  # seconds; longer than a connection is kept on which nobody asks
END = b"\r\n\r\n"
MISSED = "/v1/places?fields=id&limit={}"


class Line:
    """A connection to a server in this process, and the requests that its application was asked by tasks."""

    def __init__(self, server: uvicorn.Server) -> None:
        self.server = server
        self.tasks: list[str] = []

    def ask(self, *requests: str) -> list[bytes]:
        """The answers to requests that are all sent at once."""
        with (
            socket.create_connection(("127.0.0.1", self.server.config.port), timeout=20) as line,
            line.makefile("rb") as answers,
        ):
            line.sendall("".join(requests).encode())
            return [self._read(answers, each) for each in requests]

    @staticmethod
    def _read(answers: BinaryIO, sent: str) -> bytes:
        head = b"".join(takewhile(lambda each: each != b"\r\n", answers))  # or to the end, where there is one
        length = re.search(rb"content-length: (\d+)", head)
        return head + b"\r\n" + answers.read(int(length[1]) if length and not sent.startswith("HEAD") else 0)


def asked(path: str, method: str = "GET", **headers: str) -> str:
    """A request as it goes over the wire."""
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\nHost: shanhai.example\r\n{fields}\r\n"


def told(answer: bytes) -> bytes:
    """An answer without what differs from one moment to the next."""
    return re.sub(rb"(?<=\n)(date|x-request-id): [^\r]*|(?<=\n)connection: close\r\n", rb"\1", answer)


@pytest.fixture(params=["uvloop", "asyncio"])
def line(address: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """A server, and who asks it; what is known of the release holds on, so that it is asked for once."""
    monkeypatch.setattr("app.query.served.FRESH", 3600.0)
    app = create_app(Settings(database_url=address, data_dir="/nonexistent"))
    assert isinstance(app, Shanhai)
    config = uvicorn.Config(app, port=free_port(), access_log=False, loop=request.param, timeout_keep_alive=1, **MANNER)
    line = Line(server := uvicorn.Server(config))
    through = type(app.gateway).__call__

    async def counted(self: Any, scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(SLOW if b"x-slow" in dict(scope["headers"]) else 0)
        line.tasks.append(f"{scope['path']}?{scope['query_string'].decode()}".removesuffix("?"))
        await through(self, scope, receive, send)

    monkeypatch.setattr("app.http.gateway.Gateway.__call__", counted)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield line
    server.should_exit = True
    thread.join(10)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", "br", "gzip", "zstd"])
def test_what_is_kept_is_written_without_a_task_and_the_same(line: Line, method: str, coding: str) -> None:
    [first] = line.ask(asked(PATH, Accept_Encoding=coding))
    assert line.tasks == [PATH]
    [again] = line.ask(asked(PATH, method, Accept_Encoding=coding))
    assert line.tasks == [PATH]
    [closing] = line.ask(asked(PATH, method, Accept_Encoding=coding, Connection="close"))
    assert line.tasks == [PATH, PATH]
    assert told(again) == told(closing)
    assert told(again) == (told(first) if method == "GET" else told(first).partition(END)[0] + END)


def test_so_is_that_the_client_has_it_already(line: Line) -> None:
    [first] = line.ask(asked(PATH))
    tag = re.search(rb"etag: ([^\r]+)", first)
    assert tag
    held = {"If_None_Match": tag[1].decode(), "X_Request_Id": "mine"}
    before, again = (line.ask(asked(PATH, **held))[0] for _ in "12")
    assert line.tasks == [PATH]
    assert before.startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert b"x-request-id: mine\r\n" in before
    assert b"content-length" not in before
    assert told(before) == told(again)


def test_requests_sent_ahead_are_answered_in_their_turn(line: Line) -> None:
    """Those known at once must not overtake those that are still made."""
    line.ask(asked(PATH))
    requests = [
        asked(PATH),
        asked(MISSED.format(1)),
        asked(PATH),
        asked(MISSED.format(2)),
        *[asked(PATH, "HEAD")] * 2000,
    ]
    answers = line.ask(*requests)
    alone = {each: told(line.ask(each)[0]) for each in set(requests)}
    assert [told(answer) for answer in answers] == [alone[each] for each in requests]


def test_a_body_that_nobody_reads_is_no_request(line: Line) -> None:
    line.ask(asked(PATH))
    with_body = asked(PATH, Content_Length="44") + asked("/v1/nothing")[:44]
    first, second = line.ask(with_body, asked(PATH))
    assert told(first) == told(second)
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_that_reads_nothing_takes_no_room(line: Line) -> None:
    """What it asks for meanwhile waits at the client's own end."""
    path = MISSED.format(1)
    line.ask(asked(path))
    with socket.create_connection(("127.0.0.1", line.server.config.port), timeout=2) as deaf:
        with pytest.raises(TimeoutError):
            deaf.sendall(asked(path).encode() * 200_000)
        [connection] = [each for each in line.server.server_state.connections if isinstance(each, Protocol)]
        assert connection.transport.get_write_buffer_size() < 1_000_000
    assert b"HTTP/1.1 200 OK" in line.ask(asked(path))[0]


def test_what_takes_long_behind_what_is_kept_is_waited_for(line: Line) -> None:
    """The answer before it begins to count how long nobody asks."""
    line.ask(asked(PATH))
    _, slow = line.ask(asked(PATH), asked(MISSED.format(3), X_Slow="yes"))
    assert slow.startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("space", ["", " ", "\t"])
def test_space_behind_a_value_is_no_part_of_it(line: Line, space: str) -> None:
    line.ask(asked(PATH))
    told_so = [line.ask(asked(PATH, If_None_Match=f"*{space}", X_Request_Id=f"mine{space}"))[0] for _ in "123"]
    assert all(each.startswith(b"HTTP/1.1 304 Not Modified\r\n") for each in told_so)
    assert all(b"x-request-id: mine\r\n" in each for each in told_so)


def test_a_malformed_request_gets_one_answer(line: Line) -> None:
    line.ask(asked(PATH))
    with socket.create_connection(("127.0.0.1", line.server.config.port), timeout=20) as sent:
        sent.sendall(asked(PATH, Transfer_Encoding="chunked").encode() + b"zz\r\nhello\r\n")
        answers = b"".join(iter(lambda: sent.recv(65536), b""))
    assert answers.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answers.count(b"HTTP/1.1 ") == 1
