"""The response cache: same bytes as computed, one release, bounded memory, concurrent requests computed once."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from app.gateway.cache import CachedResponse, ResponseCache
from app.http.validators import ReleaseState
from tests.conftest import BOTH, SEED, client_of, loaded, statements
from tests.load.editing import cell

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def cached(address: str) -> Any:
    """A client of a new application, and its cache."""
    with client_of(address) as client:
        yield client, client.app.cache  # type: ignore[attr-defined]


def send(client: TestClient, path: str, method: str = "GET", **headers: str) -> Any:
    """Send one request, once."""
    return TestClient.request(client, method, path, headers=headers)


def test_a_repeated_request_reads_no_database(cached: Any) -> None:
    client, store = cached
    first = send(client, "/v1/figures?unit=CNY&sort=-value")
    with statements(client) as executed:
        again = send(client, "/v1/figures?unit=CNY&sort=-value")
        reordered = send(client, "/v1/figures?sort=-value&unit=CNY")
        head = send(client, "/v1/figures?unit=CNY&sort=-value", "HEAD")
    assert executed == []
    assert again.content == reordered.content == first.content
    assert head.content == b""
    assert head.headers["content-length"] == first.headers["content-length"]
    assert (store.stats.misses, store.stats.hits) == (1, 3)


def test_each_coding_and_format_has_its_own_entry(cached: Any) -> None:
    client, _ = cached
    tags = set()
    for coding in ("identity", "gzip", "br", "zstd"):
        for accept in ("application/json", "text/csv"):
            first, again = (send(client, "/v1/figures", **{"Accept-Encoding": coding, "Accept": accept}) for _ in "12")
            assert again.headers["content-type"].startswith(accept)
            assert again.headers.get("content-encoding", "identity") == coding
            assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
            tags.add(again.headers["etag"])
    assert len(tags) == 8


def test_a_client_with_the_current_tag_gets_304(cached: Any) -> None:
    client, store = cached
    tag = send(client, "/v1/places").headers["etag"]
    store._entries.clear()  # as after a restart
    for _ in "123":
        response = send(client, "/v1/places", **{"If-None-Match": f'"other", {tag}'})
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag)
    assert store.stats.not_modified == 3
    assert send(client, "/v1/places").status_code == 200
    assert send(client, "/v1/places", **{"If-None-Match": '"other"'}).status_code == 200
    assert (
        send(
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
def test_errors_and_responses_with_their_own_etag_are_not_cached(cached: Any, path: str) -> None:
    client, store = cached
    for _ in "12":
        send(client, path)
    assert store.stats.hits == 0


def test_host_and_proxy_headers_are_part_of_the_key(address: str) -> None:
    with client_of(address, trust_proxy=True) as client:
        for host in ("one.example", "two.example", "one.example"):
            for forwarded in ({}, {"X-Forwarded-Host": "front.example", "X-Forwarded-Proto": "https"}):
                own = client.get("/v1/places", headers={"Host": host, **forwarded}).json()["links"]["self"]
                assert own == ("https://front.example/v1/places" if forwarded else f"http://{host}/v1/places")


def test_repeated_header_fields_are_combined(client: TestClient) -> None:
    both = [("Accept", "text/csv;q=0.1"), ("Accept", "application/json;q=0.5")]
    assert client.get("/v1/places", headers={"Accept": "application/json;q=0.5"}).json()
    assert client.get("/v1/places", headers={"Accept": "text/csv;q=0.1"}).text.startswith("id,")
    assert client.get("/v1/places", headers=both).json()
    assert client.get("/v1/places", headers=both[::-1]).json()


@pytest.mark.databases(*BOTH)
def test_a_new_release_clears_the_cache(fresh: str, seed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(fresh, SEED)
    paths = ["/v1/products", "/v1/products/yellow-peach", "/v1"]
    with client_of(fresh) as client:
        before = {path: client.get(path).json() for path in paths}
        cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
        loaded(fresh, seed)
        monkeypatch.setattr("app.read.dataset.RELEASE_TTL_S", -1.0)  # the known release expires at once
        for path in paths:
            assert client.get(path).json() != before[path]


def response(size: int) -> CachedResponse:
    """A response of `size` bytes."""
    return CachedResponse(b"", [], bytes(size))


def test_the_cache_stays_within_its_size() -> None:
    state = ReleaseState("r", "l", "f", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "u", "p")
    store = ResponseCache(1_000_000, trust_proxy=False)
    store.get(state, ("nothing",))
    for number in range(500):
        store.put(state, response(10_000), (str(number),))
        assert store.weight <= 1_000_000
    assert 50 < len(store) < 100
    assert store.get(state, ("499",))
    assert not store.get(state, ("0",))
    store.put(state, response(500_000), ("long",))
    assert not store.get(state, ("long",))
    assert not store.get(state._replace(release="s"), ("499",))


def test_keys_count_as_well_as_bodies() -> None:
    """Clients choose the keys: addresses of 16 kB would otherwise fill memory unnoticed."""
    state = ReleaseState("r", "l", "f", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "u", "p")
    store = ResponseCache(1_000_000, trust_proxy=False)
    store.get(state, ("nothing",))
    for number in range(500):
        store.put(state, response(10), (f"/{number}", b"q" * 4_000, None))
        assert len(store) * 16_000 <= store.weight <= 1_000_000
    assert 50 < len(store) < 65


@pytest.mark.parametrize("name", ["Accept", "Accept-Encoding", "Accept-Language"])
def test_no_cache_holds_long_header_values(cached: Any, name: str) -> None:
    """A response has one entry, whatever a client sends; only short values become part of a raw key."""
    client, store = cached
    path = "/" if name == "Accept-Language" else "/v1/places"
    send(client, path)
    before = len(store)
    for number in range(20):
        assert send(client, path, **{name: f"*/*, x/{'y' * 1000}{number}"}).status_code == 200
    assert len(store) <= before + 1


def test_a_cache_of_no_bytes_caches_nothing(address: str) -> None:
    with client_of(address, cache_mb=0) as client:
        assert client.get("/v1/places").json() == client.get("/v1/places").json()
        assert len(client.app.cache) == 0  # type: ignore[attr-defined]


def test_concurrent_requests_are_computed_once(cached: Any) -> None:
    client, store = cached

    async def all_at_once() -> list[httpx.Response]:
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://many.example") as many:
            requests = (
                many.get(f"/v1/figures?limit=7&{order}") for order in ("sort=id&unit=CNY", "unit=CNY&sort=id") * 20
            )
            return await asyncio.gather(*requests)

    with statements(client) as executed:
        answers = asyncio.run(all_at_once())
    assert len({each.content for each in answers}) == 1
    assert answers[0].status_code == 200
    assert (store.stats.misses, store.stats.hits) == (1, 39)
    # The page and the total, on PostgreSQL in one.
    reads = [each for each in executed if "FROM figures" in each]
    assert len(reads) == {"sqlite": 2, "postgresql": 1}[client.app.releases.database.url.get_backend_name()]
