"""Limits that the operator sets: what is refused, what the client is told, and what the operator's log says."""

import asyncio
import logging
import re
from collections import deque
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.errors import InvalidQuery, ShanhaiError, TargetTooLong, TooManyRequests, Unavailable
from app.gateway import protocol
from app.http.limits import HeadLimits
from app.http.refusal_log import INTERVAL_S, RefusalLog
from app.http.streams import Stream
from app.main import create_app
from app.settings import Settings
from tests.conftest import client_of
from tests.gateway.server import Server, request, serving, statuses
from tests.problems import problem
from tests.running import wait_until

pytestmark = pytest.mark.databases("sqlite")

SET = {
    "SHANHAI_MAX_TARGET_BYTES": "9000",
    "SHANHAI_MAX_HEAD_BYTES": "20000",
    "SHANHAI_MAX_HEAD_FIELDS": "40",
    "SHANHAI_HEAD_TIMEOUT_S": "0.2",
    "SHANHAI_MAX_PARAMETERS": "30",
}
TARGET = "/v1/figures?" + "a" * (9_000 - len("/v1/figures?"))
FIELDS = {f"X_{number}": "a" for number in range(39)}  # and Host
LONG = {"X_Long": "a" * (20_000 - len(request("/healthz", X_Long="")))}
PARAMETERS = "/v1/figures?" + "a=1&" * 29


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def server(ready: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server with limits other than the default ones."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in SET.items():
            environment.setenv(name, value)
        settings = Settings(data_dir=ready)
    with serving(create_app(settings), request.param, HeadLimits.of(settings)) as running:
        yield running


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("sent", "status", "said", "setting"),
    [
        (request(TARGET), 422, "no such parameter", ""),
        (request(f"{TARGET}a"), 414, "9,000 bytes", "SHANHAI_MAX_TARGET_BYTES=9000"),
        (request("/healthz", **LONG), 200, "", ""),
        (request("/healthz", **LONG, A="a"), 431, "20,000 bytes", "SHANHAI_MAX_HEAD_BYTES=20000"),
        (request("/healthz", **FIELDS), 200, "", ""),
        (request("/healthz", **FIELDS, A="a"), 431, "40 header fields", "SHANHAI_MAX_HEAD_FIELDS=40"),
        (request(f"{PARAMETERS}a=1"), 422, "no such parameter", ""),
        (request(f"{PARAMETERS}a=1&a=1"), 422, "More than 30 parameters", "SHANHAI_MAX_PARAMETERS=30"),
        ("GET /healthz HTTP/1.1\r\nX-Slow: ", 408, "after 0.2 seconds", "SHANHAI_HEAD_TIMEOUT_S=0.2"),
    ],
)
def test_the_limits_that_are_set_are_those_in_force(
    server: Server, caplog: pytest.LogCaptureFixture, sent: str, status: int, said: str, setting: str
) -> None:
    """Each refusal states its limit, and the log the setting, in one line a minute."""
    for _ in "123":
        [answer] = server.responses(sent)
        assert statuses(answer) == [status]
        if said:
            assert said in msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])["detail"]
    lines = warnings(caplog)
    if setting:
        assert len(lines) == 1
        assert lines[0].startswith(f"{status}: ")
        assert lines[0].endswith(f"({setting})")
    else:
        assert lines == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("max_target_bytes", 7_999),  # RFC 9112 asks for 8,000
        ("max_target_bytes", 60_001),
        ("max_head_bytes", 16_000),  # the address is part of the head
        ("max_head_fields", 0),
        ("max_parameters", 0),
        ("head_timeout_s", 0),
    ],
)
def test_limits_that_would_serve_nobody_are_refused(setting: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=setting):
        Settings(**{setting: value})


@pytest.mark.parametrize("size", [8_000, 59_900])
def test_an_address_has_any_length_that_may_be_set(ready: Path, size: int) -> None:
    limits = HeadLimits(target_bytes=60_000, head_bytes=100_000, fields=100, timeout_s=10)
    with serving(create_app(Settings(data_dir=ready)), limits=limits) as running:
        [answer] = running.responses(request(f"/v1/figures?{'a' * size}"))
    assert statuses(answer) == [422]


def test_a_cause_gets_one_line_a_minute_which_counts_the_others(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    log = RefusalLog(lambda: now)
    for moment in (0, 1, INTERVAL_S - 1, INTERVAL_S, INTERVAL_S + 1, 3 * INTERVAL_S, 9 * INTERVAL_S):
        now = moment
        log.warn("A door is shut.", "door")
        log.warn("A gate is shut.", f"gate {moment}")
    lines = [line for line in warnings(caplog) if "door" in line]
    counts = [" 2 more since the last such line.", " 1 more since the last such line."]
    assert lines == [f"A door is shut.{count}" for count in ("", *counts, "")]
    assert len(warnings(caplog)) == len(lines) + 7


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (TargetTooLong("Too long.", limit="A=1"), ["414: Too long. (A=1)"]),
        (Unavailable("No answer.", "sqlite://", limit="A=1"), ["503: No answer. (A=1; sqlite://)"]),
        (Unavailable("No answer.", "sqlite://"), ["503: No answer. (sqlite://)"]),
        (Unavailable("No answer."), ["503: No answer."]),
        (
            TooManyRequests("6/hour", 9),
            ["429: You have sent more than 6 requests per hour. Try again in 9 seconds. (SHANHAI_RATE_LIMIT=6/hour)"],
        ),
        (InvalidQuery([]), []),
    ],
)
def test_a_line_names_status_limit_and_cause(
    caplog: pytest.LogCaptureFixture, error: ShanhaiError, lines: list[str]
) -> None:
    RefusalLog().refused(error)
    assert warnings(caplog) == lines


def test_the_rate_limit_gets_one_line(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with TestClient(create_app(Settings(database_url=address, rate_limit="1/hour"))) as client:
        answers = [client.get("/v1/places") for _ in "1234"]
    assert "more than 1 requests per hour" in problem(answers[-1], 429)["detail"]
    assert [line.rpartition(" (")[2] for line in warnings(caplog)] == ["SHANHAI_RATE_LIMIT=1/hour)"]


def test_too_long_a_negotiation_gets_one_line_and_a_problem(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with client_of(address) as client:
        for _ in "123":
            assert problem(client.get("/zh", headers={"Accept": "text/html," * 500}), 431)
    assert [line.rpartition(" (")[2] for line in warnings(caplog)] == ["4000 characters of Accept)"]


def test_too_many_connections_get_one_line(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(protocol, "max_connections", lambda: 2)
    clients = [server.connect() for _ in range(9)]
    wait_until(lambda: bool(caplog.records))
    for each in clients:
        each.close()
    assert [re.findall(r"\((.*)\)", line) for line in warnings(caplog)] == [
        ["2 connections, by the limit on open files"]
    ]


async def endless(piece: bytes) -> AsyncIterator[bytes]:
    while True:
        yield piece
        await asyncio.sleep(0)


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize(
    ("stall_s", "timeout_s", "limit"), [(0.05, 600, "0.05 seconds for one piece"), (60, 0.05, "SHANHAI_X=1")]
)
def test_a_client_that_is_too_slow_gets_one_line_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    loop: str,
    stall_s: float,
    timeout_s: float,
    limit: str,
) -> None:
    monkeypatch.setattr("app.http.streams.STALL_TIMEOUT_S", stall_s)
    ended = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body = Stream(endless(b"a" * 100_000), {}, "text/plain", timeout_s=timeout_s, limit="SHANHAI_X=1")
        await body(scope, receive, send)
        ended.append(scope["path"])

    with serving(app, loop) as running, running.connect() as deaf:
        deaf.sendall(request("/").encode())
        wait_until(lambda: bool(ended) and not running.state.connections)
        with pytest.raises(ConnectionError):
            deque(iter(lambda: deaf.recv(1 << 20), b""), 0)
    assert [line.rpartition(" (")[2] for line in warnings(caplog)] == [f"{limit})"]
