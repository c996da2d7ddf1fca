"""Answers that are kept: the same bytes as those that are made, of one release, within their room, made once."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from app.gateway.cache import Answer, Head, ResponseCache
from app.http.validators import ReleaseState
from tests.conftest import BOTH, SEED, client_of, loaded, statements
from tests.load.editing import cell

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def kept(address: str) -> Any:
    """A client of an application that nobody has asked anything yet, and what it keeps."""
    with client_of(address) as client:
        yield client, client.app.gateway.kept  # type: ignore[attr-defined]


def ask(client: TestClient, path: str, method: str = "GET", **headers: str) -> Any:
    """One answer, asked once."""
    return TestClient.request(client, method, path, headers=headers)


def test_what_is_asked_again_asks_no_database(kept: Any) -> None:
    client, store = kept
    first = ask(client, "/v1/figures?unit=CNY&sort=-value")
    with statements(client) as asked:
        again = ask(client, "/v1/figures?unit=CNY&sort=-value")
        other_words = ask(client, "/v1/figures?sort=-value&unit=CNY")
        head = ask(client, "/v1/figures?unit=CNY&sort=-value", "HEAD")
    assert asked == []
    assert again.content == other_words.content == first.content
    assert head.content == b""
    assert head.headers["content-length"] == first.headers["content-length"]
    assert (store.told.misses, store.told.hits) == (1, 3)


def test_each_coding_and_format_is_an_answer_of_its_own(kept: Any) -> None:
    client, _ = kept
    tags = set()
    for coding in ("identity", "gzip", "br", "zstd"):
        for accept in ("application/json", "text/csv"):
            first, again = (ask(client, "/v1/figures", **{"Accept-Encoding": coding, "Accept": accept}) for _ in "12")
            assert again.headers["content-type"].startswith(accept)
            assert again.headers.get("content-encoding", "identity") == coding
            assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
            tags.add(again.headers["etag"])
    assert len(tags) == 8


def test_a_client_that_has_it_is_told_so_at_once(kept: Any) -> None:
    client, store = kept
    tag = ask(client, "/v1/places").headers["etag"]
    store._answers.clear()  # as after a restart: the tag is known beforehand, the answer is not
    for _ in "123":
        told = ask(client, "/v1/places", **{"If-None-Match": f'"other", {tag}'})
        assert (told.status_code, told.content, told.headers["etag"]) == (304, b"", tag)
    assert store.told.unchanged == 3
    assert ask(client, "/v1/places").status_code == 200
    assert ask(client, "/v1/places", **{"If-None-Match": '"other"'}).status_code == 200
    assert (
        ask(
            client, "/v1/places", **{"If-None-Match": tag, "If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}
        ).status_code
        == 304
    )


@pytest.mark.parametrize(
    "path",
    [
        "/v1/nothing",
        "/v1/figures?unit=none",
        "/v1/figures/none",
        "/healthz",
        "/v1/releases",
        "/metrics",
    ],
)
def test_errors_and_what_has_rules_of_its_own_are_not_kept(kept: Any, path: str) -> None:
    client, store = kept
    for _ in "12":
        ask(client, path)
    assert store.told.hits == 0


def test_host_and_proxy_tell_answers_apart(address: str) -> None:
    with client_of(address, trust_proxy=True) as client:
        for host in ("one.example", "two.example", "one.example"):
            for forwarded in ({}, {"X-Forwarded-Host": "front.example", "X-Forwarded-Proto": "https"}):
                own = client.get("/v1/places", headers={"Host": host, **forwarded}).json()["links"]["self"]
                assert own == ("https://front.example/v1/places" if forwarded else f"http://{host}/v1/places")


def test_header_fields_that_stand_there_twice_are_read_together(client: TestClient) -> None:
    both = [("Accept", "text/csv;q=0.1"), ("Accept", "application/json;q=0.5")]
    assert client.get("/v1/places", headers={"Accept": "application/json;q=0.5"}).json()
    assert client.get("/v1/places", headers={"Accept": "text/csv;q=0.1"}).text.startswith("id,")
    assert client.get("/v1/places", headers=both).json()
    assert client.get("/v1/places", headers=both[::-1]).json()


@pytest.mark.databases(*BOTH)
def test_a_new_release_takes_the_place_of_all_that_was_kept(
    fresh: str, seed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(fresh, SEED)
    paths = ["/v1/products", "/v1/products/yellow-peach", "/v1"]
    with client_of(fresh) as client:
        before = {path: client.get(path).json() for path in paths}
        cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
        loaded(fresh, seed)
        monkeypatch.setattr("app.read.dataset.RELEASE_TTL_S", -1.0)  # as if half a second had passed
        for path in paths:
            assert client.get(path).json() != before[path]


def answer(size: int) -> Answer:
    """An answer with so many bytes."""
    return Answer(b"", Head(304, []), Head(200, []), bytes(size))


def test_it_holds_no_more_than_its_room() -> None:
    state = ReleaseState("r", "l", "f", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "u")
    store = ResponseCache(1_000_000, trust_proxy=False)
    store.find(state, ("nothing",))
    for number in range(500):
        store.keep(state, (str(number),), answer(10_000))
        assert store.weight <= 1_000_000
    assert 50 < len(store) < 100
    assert store.find(state, ("499",))
    assert not store.find(state, ("0",))
    store.keep(state, ("long",), answer(500_000))
    assert not store.find(state, ("long",))
    assert not store.find(state._replace(release="s"), ("499",))


def test_keys_count_as_well_as_bodies() -> None:
    """Clients choose them: addresses of 16 kB would else fill memory unnoticed."""
    state = ReleaseState("r", "l", "f", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "u")
    store = ResponseCache(1_000_000, trust_proxy=False)
    store.find(state, ("nothing",))
    for number in range(500):
        store.keep(state, (f"/{number}", b"q" * 16_000, None), answer(10))
        assert len(store) * 16_000 <= store.weight <= 1_000_000
    assert 50 < len(store) < 65


@pytest.mark.parametrize("name", ["Accept", "Accept-Encoding", "Accept-Language"])
def test_no_cache_holds_long_header_values(kept: Any, name: str) -> None:
    """The same answer has one entry, whatever a client sends; only short values lead to it before parsing."""
    client, store = kept
    path = "/" if name == "Accept-Language" else "/v1/places"
    ask(client, path)
    before = len(store)
    for number in range(20):
        assert ask(client, path, **{name: f"*/*, x/{'y' * 1000}{number}"}).status_code == 200
    assert len(store) <= before + 1


def test_nothing_is_kept_without_room(address: str) -> None:
    with client_of(address, cache_mb=0) as client:
        assert client.get("/v1/places").json() == client.get("/v1/places").json()
        assert len(client.app.gateway.kept) == 0  # type: ignore[attr-defined]


def test_what_many_ask_at_once_is_made_once(kept: Any) -> None:
    client, store = kept

    async def all_at_once() -> list[httpx.Response]:
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://many.example") as many:
            asked = (
                many.get(f"/v1/figures?limit=7&{order}") for order in ("sort=id&unit=CNY", "unit=CNY&sort=id") * 20
            )
            return await asyncio.gather(*asked)

    with statements(client) as asked:
        answers = asyncio.run(all_at_once())
    assert len({each.content for each in answers}) == 1
    assert answers[0].status_code == 200
    assert (store.told.misses, store.told.hits) == (1, 39)
    assert len([each for each in asked if "FROM figures" in each]) == 2  # how many, and the page
