"""If-Match and If-Unmodified-Since: whoever wants one representation gets it, a part of it, or 412."""

import datetime as dt
import threading
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from app.http.stream_buffer import StreamBuffer
from tests.conftest import client_of
from tests.problems import problem

pytestmark = pytest.mark.databases("sqlite")

PATHS = [
    "/v1",
    "/v1/figures?unit=CNY",
    "/v1/figures/youth-teams",
    "/v1/figures/youth-teams/evidence",
    "/v1/figures.csv",
    "/v1/figures.xlsx",
    "/v1/figures.parquet?unit=CNY",
    "/v1/releases",
    "/v1/openapi.json",
    "/v1/dcat.ttl",
    "/zh/figures",
    "/",
    "/static/style.css",
    "/static/guides/results.svg",
    "/docs/reader/swagger-ui.css",
]
PAST = "Thu, 26 Nov 2020 00:00:00 GMT"
FUTURE = "Fri, 01 Jan 2100 00:00:00 GMT"


def send(client: TestClient, path: str, method: str = "GET", **headers: str) -> Any:
    """Send one request, once, for the identity coding, which is that of ranges."""
    return TestClient.request(client, method, path, headers={"Accept-Encoding": "identity", **headers})


def failing(tag: str) -> list[dict[str, str]]:
    """Headers that name another representation than the one with this tag."""
    return [
        {"If-Match": '"old"'},
        {"If-Match": '"old", "older"'},
        {"If-Match": f"W/{tag}"},
        {"If-Match": ""},
        {"If-Match": '"old"', "If-None-Match": tag},
        {"If-Match": '"old"', "Range": "bytes=0-3"},
        {"If-Match": '"old"', "Range": "bytes=999999999-"},
        {"If-Match": '"old"', "If-Unmodified-Since": FUTURE},
    ]


def passing(tag: str) -> list[dict[str, str]]:
    """Headers that name the representation with this tag, or none in particular."""
    return [
        {"If-Match": tag},
        {"If-Match": f'"old", {tag}'},
        {"If-Match": " * "},
        {"If-Match": tag, "If-Unmodified-Since": PAST},
        {"If-Unmodified-Since": FUTURE},
        {"If-Unmodified-Since": "yesterday"},
        {"If-Unmodified-Since": "Mon, 99 Nov 99999999999 00:00:00 GMT"},
    ]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", PATHS)
def test_another_representation_than_the_wanted_one_is_a_412(client: TestClient, path: str, method: str) -> None:
    for _ in "123":  # computed, cached, cached by the request's own text
        tag = send(client, path).headers["etag"]
    for headers in failing(tag):
        response = send(client, path, method, **headers)
        assert response.status_code == 412, headers
        if method == "GET":
            assert tag in problem(response, 412)["detail"]
        assert send(client, path).status_code == 200
    for headers in passing(tag):
        response = send(client, path, method, **headers)
        assert (response.status_code, response.headers["etag"]) == (200, tag), headers
    assert send(client, path, **{"If-Match": tag, "If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", PATHS)
def test_a_representation_that_changed_since_is_a_412(client: TestClient, path: str) -> None:
    first = send(client, path)
    modified = first.headers.get("last-modified")
    for headers in ({}, {"Range": "bytes=0-3"}, {"If-None-Match": first.headers["etag"]}):
        response = send(client, path, **{"If-Unmodified-Since": PAST, **headers})
        # Without a date of its own, a response is not compared with one.
        assert (response.status_code == 412) == (modified is not None), headers
    if modified:
        assert send(client, path, **{"If-Unmodified-Since": modified}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/v1/figures", "/v1/figures.parquet?unit=CNY", "/v1/figures/youth-teams", "/static/style.css"]
)
def test_a_part_of_the_wanted_representation_is_sent(client: TestClient, path: str) -> None:
    whole = send(client, path)
    part = send(client, path, **{"If-Match": whole.headers["etag"], "Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, whole.content[2:6])


@pytest.mark.parametrize(("path", "status"), [("/v1/nothing", 404), ("/v1/figures?x=1", 422), ("/v1/releases/x", 404)])
def test_a_precondition_does_not_hide_another_problem(client: TestClient, path: str, status: int) -> None:
    for headers in ({"If-Match": '"old"'}, {"If-Unmodified-Since": PAST}):
        problem(send(client, path, **headers), status)


def test_the_files_of_a_release_are_checked_too(service: str, web: httpx.Client) -> None:
    for path in ("/v1/figures.csv", "/v1/releases/latest/files/figures.parquet"):
        first = web.get(service + path, follow_redirects=True, headers={"Accept-Encoding": "identity"})
        tag, url = first.headers["etag"], str(first.url)
        for headers in (*failing(tag), {"If-Unmodified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}):
            problem(web.get(url, headers={"Accept-Encoding": "identity", **headers}), 412)
        part = web.get(url, headers={"Accept-Encoding": "identity", "If-Match": tag, "Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, first.content[:4])


@pytest.mark.parametrize(("headers", "status"), [({"If-Match": '"old"'}, 412), ({"If-Modified-Since": FUTURE}, 304)])
def test_an_export_that_is_not_sent_is_stopped(
    address: str, headers: dict[str, str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()
    original = StreamBuffer.abandon

    def abandon(buffer: StreamBuffer) -> None:
        original(buffer)
        stopped.set()

    monkeypatch.setattr("app.http.stream_buffer.MAX_MEMORY_BYTES", 100)  # whatever is longer is streamed
    monkeypatch.setattr(StreamBuffer, "abandon", abandon)
    with client_of(address) as client:
        assert send(client, "/v1/figures.csv?unit=CNY", **headers).status_code == status
    assert stopped.is_set()


def test_a_date_without_a_zone_is_one_of_utc(client: TestClient) -> None:
    modified = send(client, "/v1/figures").headers["last-modified"]
    assert send(client, "/v1/figures", **{"If-Unmodified-Since": modified.replace("GMT", "-0000")}).status_code == 200
    before = parsedate_to_datetime(modified) - dt.timedelta(days=2)
    text = before.strftime("%a, %d %b %Y %H:%M:%S -0000")
    assert send(client, "/v1/figures", **{"If-Unmodified-Since": text}).status_code == 412
