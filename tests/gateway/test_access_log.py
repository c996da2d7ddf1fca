"""The access log: a line for each request, with what an operator needs and no more of its client."""

import asyncio
import json
import logging
import os
import re
import select
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from starlette.testclient import TestClient

from app.gateway.access_log import AccessLog, Finished
from app.gateway.monitor import RequestMonitor
from app.http.context import RequestContext
from app.http.logs import JsonFormatter, LineHandler
from app.main import create_app
from app.settings import Settings
from tests.conftest import SEED
from tests.gateway.server import serving
from tests.running import start, stop, wait_until

pytestmark = pytest.mark.databases("sqlite")

SCOPE = {"type": "http", "method": "GET", "path": "/v1/figures", "headers": [], "client": ("203.0.113.77", 5000)}
FINISHED = Finished(0.0, "GET", "203.0.113.77", 0.0, 0.001, "one", None, 200, 0)
LONGEST = Finished(
    at=0.0,
    method="OPTIONS",
    client=":".join(["1234"] * 8),
    wait_s=3_600.0,
    duration_s=3_600.123456,
    request_id="x" * 128,
    route="/v1/" + "x" * 90,
    status=200,
    size=10**10,
    database_s=3_600.123456,
    rows=10**8,
)
FIELDS = "time, level, request_id, method, route, status, duration_ms, db_ms, rows, bytes, cache_hit, client"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    """An open file."""
    opened = os.open(tmp_path / "log", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    yield opened
    os.close(opened)


@pytest.fixture(scope="module")
def logged(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Lines]]:
    """A client of an application with an access log, and its new lines."""
    path = tmp_path_factory.mktemp("log") / "log"
    settings = Settings(database_url=address, data_dir=Path("/nonexistent"))
    with path.open("ab") as written, path.open() as read:
        app = create_app(settings, AccessLog.of(settings, written.fileno()))

        def lines() -> list[dict[str, Any]]:
            app.monitor.flush()
            return [json.loads(line) for line in read]

        with TestClient(app) as client:
            yield client, lines


def lines_of(file: int, **options: Any) -> list[str]:
    """The lines of one cached and one computed response."""

    async def log() -> None:
        started = time.perf_counter()
        monitor = RequestMonitor(AccessLog(file, **options))
        monitor.cached(SCOPE, started, b"one", 200, "/v1/figures", 5_000)
        monitor.computed(SCOPE, started, RequestContext("two", is_head=False, database_s=0.5, rows=1_200), SCOPE)
        monitor.flush()

    asyncio.run(log())
    return os.pread(file, 10_000, 0).decode().splitlines()


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/v1/figures?limit=7", "/v1/figures", 200),
        ("GET", "/v1/figures/youth-teams", "/v1/figures/{id}", 200),
        ("HEAD", "/v1/figures?limit=8", "/v1/figures", 200),
        ("GET", "/v1/figures.csv", "/v1/figures.{extension}", 200),
        ("GET", "/v1/figures?nothing=1", "/v1/figures", 422),
        ("GET", "/v1/nothing/at/all", "/{path:path}", 404),
        ("GET", "/zh", "/zh", 200),
        ("GET", "/en/figures/youth-teams", "/en/{collection}/{id}", 200),
        ("GET", "/en/opensearch.xml", "/en/opensearch.xml", 200),
        ("GET", "/v1/figures.atom", "/v1/{collection}.atom", 200),
        ("GET", "/static/none.css", None, 404),
        ("GET", "/healthz", "/healthz", 200),
        ("POST", "/v1/figures", None, 405),
        ("OPTIONS", "/v1/figures", None, 204),
    ],
)
def test_a_request_has_one_line(
    logged: tuple[TestClient, Lines], method: str, path: str, route: str | None, status: int
) -> None:
    client, lines = logged
    response = client.request(method, path, headers={"Accept-Encoding": "identity"})
    [line] = lines()
    assert ", ".join(line) == FIELDS
    assert (line["method"], line["route"], line["status"]) == (method, route, status)
    assert line["request_id"] == response.headers["x-request-id"]
    assert line["bytes"] == (0 if method == "HEAD" else len(response.content))
    assert 0 <= line["db_ms"] <= line["duration_ms"] < 300_000
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["time"])


def test_a_line_says_what_the_database_did_and_what_the_cache_saved(logged: tuple[TestClient, Lines]) -> None:
    client, lines = logged
    tags = [client.get("/v1/figures?limit=9").headers["etag"] for _ in range(3)]
    client.get("/v1/figures?limit=9", headers={"If-None-Match": tags[0]})
    computed, normalized, raw, unchanged = lines()
    assert computed["rows"] > 9  # and the release, and the total
    assert computed["db_ms"] > 0
    assert [each["cache_hit"] for each in (computed, normalized, raw, unchanged)] == [False, True, True, True]
    assert {(each["route"], each["status"], each["bytes"]) for each in (computed, normalized, raw)} == {
        ("/v1/figures", 200, computed["bytes"])
    }
    assert (raw["rows"], raw["db_ms"]) == (0, 0)
    assert (unchanged["route"], unchanged["status"], unchanged["bytes"]) == ("/v1/figures", 304, 0)
    client.get("/v1/figures.ndjson")
    [exported] = lines()
    assert exported["rows"] >= (SEED / "figures.csv").read_bytes().count(b"\n") - 1  # a thread has read them


@pytest.mark.parametrize(
    ("form", "address", "logged_as"),
    [
        ("masked", "203.0.113.77", "203.0.113.0"),
        ("masked", "2001:db8:1:2:3::4", "2001:db8:1::"),
        ("masked", "::ffff:203.0.113.77", "203.0.113.0"),
        ("full", "203.0.113.77", "203.0.113.77"),
        ("full", "2001:db8:1:2:3::4", "2001:db8:1:2:3::4"),
        ("full", "<script>", None),
        ("none", "203.0.113.77", None),
    ],
)
def test_a_client_is_masked_as_the_setting_says(file: int, form: Any, address: str, logged_as: str | None) -> None:
    proxied = {**SCOPE, "headers": [(b"x-forwarded-for", f"198.51.100.1, {address}".encode())]}

    async def log() -> None:
        for trusted, scope in ((True, proxied), (False, {**SCOPE, "client": (address, 5000)})):
            settings = Settings(log_client=form)
            monitor = RequestMonitor(AccessLog.of(settings, file), trust_proxy=trusted)
            monitor.cached(scope, time.perf_counter(), b"one", 200, None, 0)
            monitor.flush()

    asyncio.run(log())
    assert [json.loads(line)["client"] for line in os.pread(file, 10_000, 0).splitlines()] == [logged_as] * 2


def test_slow_requests_are_warnings_and_may_be_all_that_is_logged(file: int) -> None:
    assert lines_of(file, slow_ms=3_600_000, only_slow=True) == []
    assert [json.loads(each)["level"] for each in lines_of(file, slow_ms=3_600_000)] == ["INFO"] * 2
    assert [json.loads(each)["level"] for each in lines_of(file, slow_ms=0, only_slow=True)[2:]] == ["WARNING"] * 2


def test_a_slow_download_is_no_slow_response(file: int) -> None:
    AccessLog(file, slow_ms=1_000).write([msgspec.structs.replace(FINISHED, wait_s=0.5, duration_s=60.0)])
    line = json.loads(os.pread(file, 10_000, 0))
    assert line["level"] == "INFO"
    assert line["duration_ms"] >= 60_000


def test_people_read_text(file: int) -> None:
    cached, computed = lines_of(file, slow_ms=3_600_000, as_json=False)
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d GET /v1/figures 200 \d+\.\d ms \(cached\), 5,000 bytes 203.0.113.0 one",
        cached,
    )
    assert "GET - - " in computed
    assert "(database 500.0 ms, 1,200 rows), 0 bytes 203.0.113.0 two" in computed


def test_a_pipe_takes_each_write_as_a_whole() -> None:
    sent, received = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # which tells writes apart, unlike a pipe
    with sent, received:
        AccessLog(sent.fileno(), slow_ms=1_000, client="full").write([LONGEST] * 20)
        writes = [received.recv(100_000) for _ in range(3)]
    assert sum(write.count(b"\n") for write in writes) == 20
    assert all(write.endswith(b"\n") and len(write) <= select.PIPE_BUF for write in writes)


def test_a_reader_that_hangs_stops_nothing_and_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    received, sent = os.pipe()
    os.set_blocking(sent, False)
    while select.select([], [sent], [], 0)[1]:
        os.write(sent, b"x" * select.PIPE_BUF)
    os.set_blocking(sent, True)  # as the standard error of a server

    access_log = AccessLog(sent, slow_ms=1_000)
    access_log.write([FINISHED] * 3)
    os.read(received, 1 << 20)
    assert caplog.messages == []
    access_log.write([FINISHED])
    assert caplog.messages == ["3 lines of the access log are missing here, since nothing read them."]
    assert len(os.read(received, 1 << 20).splitlines()) == 1
    os.close(received)
    access_log.write([FINISHED])  # SIGPIPE is ignored by Python
    os.close(sent)


def test_a_line_is_written_soon_even_if_no_other_follows(file: int) -> None:
    async def log() -> None:
        monitor = RequestMonitor(AccessLog(file, slow_ms=1_000))
        monitor.cached(SCOPE, time.perf_counter(), b"one", 200, None, 0)
        await asyncio.to_thread(wait_until, lambda: os.fstat(file).st_size > 0)

    asyncio.run(log())


def test_heads_that_are_refused_have_a_line_too(address: str, file: int) -> None:
    heads = {400: b"GET /x y HTTP/1.1\r\n\r\n", 414: b"GET /" + b"a" * 20_000, 505: b"GET / HTTP/2.0\r\n\r\n"}
    app = create_app(Settings(database_url=address), AccessLog(file, slow_ms=1_000))
    with serving(app) as server:
        bodies = [server.everything(head).partition(b"\r\n\r\n")[2] for head in heads.values()]
    lines = [json.loads(line) for line in os.pread(file, 10_000, 0).splitlines()]
    assert [(line["status"], line["bytes"]) for line in lines] == [*zip(heads, map(len, bodies), strict=True)]
    assert {(line["method"], line["route"], line["client"]) for line in lines} == {(None, None, "127.0.0.0")}


def test_other_lines_of_the_log_are_json_too() -> None:
    error = ValueError("二")
    record = logging.LogRecord("shanhai", logging.WARNING, "", 0, "%s: a\nb", ("一",), (ValueError, error, None))
    [line] = JsonFormatter().format(record).splitlines()
    fields = json.loads(line)
    assert (fields["level"], fields["logger"], fields["message"]) == ("WARNING", "shanhai", "一: a\nb")
    assert fields["exception"].endswith("ValueError: 二")


def test_no_line_of_the_log_waits_for_a_reader() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as reader, open(writing, "wb", buffering=0) as writer:  # noqa: PTH123 - descriptors
        handler = LineHandler(writing)
        record = logging.LogRecord("shanhai", logging.WARNING, "", 0, "x" * 9_000, (), None)
        for _ in range(20):  # more than a pipe takes
            handler.emit(record)
        writer.close()
        assert 9_000 < len(reader.read()) < 20 * 9_000


@pytest.mark.slow
def test_workers_share_the_log_and_the_metrics(ready: Path, tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w") as file:
        settings = {"SHANHAI_DATA_DIR": str(ready), "SHANHAI_ACCESS_LOG": "all"}
        base, process = start(["--workers", "2", "--no-prepare"], settings, file)
        try:
            for number in range(1, 51):  # each on a connection of its own, which either worker may take
                httpx.get(f"{base}/v1/figures?limit={number}", trust_env=False)
            counted, answers = 'seconds_count{route="/v1/figures",status="2xx"} 50.0', dict[str, bool]()

            def is_counted_by_both() -> bool:
                text = httpx.get(f"{base}/metrics", trust_env=False).text
                workers = [*re.findall(r'process_open_fds{worker="(\d+)"}', text)]
                answers[workers[0]] = counted in text  # the one that answers comes first
                return len(answers) == 2 and all(answers.values())

            wait_until(is_counted_by_both)
        finally:
            stop(process)
    lines = [json.loads(line) for line in path.read_text().splitlines() if line.startswith("{")]
    assert sum(line.get("route") == "/v1/figures" for line in lines) == 50
    assert any("Application startup complete" in line.get("message", "") for line in lines)
