"""What every answer owes to HTTP: validators, codings, methods, CORS, ids and addresses."""

import itertools
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.db import Database
from tests.conftest import BOTH, SEED, client_of, loaded, statements
from tests.http.wire import DECODE, raw
from tests.load.editing import cell

pytestmark = pytest.mark.databases("sqlite")

REVALIDATED = [
    "/v1",
    "/v1/figures",
    "/v1/figures/youth-teams",
    "/v1/figures/youth-teams/evidence",
    "/v1/openapi.json",
    "/",
]


@pytest.mark.parametrize("path", REVALIDATED)
def test_a_client_with_the_current_representation_gets_304(client: TestClient, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    assert first.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"
    vary = first.headers["vary"]
    assert vary == ("Accept, Accept-Encoding, Accept-Language" if path == "/" else "Accept, Accept-Encoding")
    assert first.headers["last-modified"].endswith("GMT")
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b""), held
        assert (again.headers["etag"], again.headers["vary"]) == (tag, vary)
        assert again.headers["access-control-allow-origin"] == "*"
        assert "content-length" not in again.headers
    since = client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
    assert since.status_code == 304
    assert client.get(path, headers={"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}).status_code == 200
    for unreadable in (
        "yesterday",
        "Mon, 23 Nov 2026 07:19:01 +99999999999999999999",
        "Mon, 99 Nov 99999999999 00:00:00 GMT",
    ):
        assert client.get(path, headers={"If-Modified-Since": unreadable}).status_code == 200
    assert client.get(
        path, headers={"If-None-Match": '"other"', "If-Modified-Since": first.headers["last-modified"]}
    ).is_success


def test_conditions_do_not_hide_errors(client: TestClient) -> None:
    later = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    for path, status in (("/v1/figures/nothing", 404), ("/v1/figures?x=1", 422), ("/healthz", 200), ("/readyz", 200)):
        assert client.get(path, headers=later).status_code == status
        assert client.get(path, headers={"If-None-Match": "*"}).status_code == status


@pytest.mark.databases(*BOTH)
def test_the_cache_saves_statements(address: str) -> None:
    with client_of(address) as client:
        tag = client.get("/v1/figures?unit=CNY").headers["etag"]
        with statements(client) as executed:
            assert client.get("/v1/figures?unit=CNY", headers={"If-None-Match": tag}).status_code == 304
            assert executed == []
            # The release and the page; the total is cached.
            assert client.get("/v1/figures?unit=CNY&limit=3").status_code == 200
            assert len([each for each in executed if each.startswith("SELECT")]) == 2
            executed.clear()
            # The release, the total, and the page.
            assert client.get("/v1/figures?unit=person&limit=1").status_code == 200
            assert len([each for each in executed if each.startswith("SELECT")]) == 3
            executed.clear()
            # The release, and the page, which holds all matches.
            assert client.get("/v1/figures?unit=household").status_code == 200
            assert len([each for each in executed if each.startswith("SELECT")]) == 2
            executed.clear()
            # The release, the page, and the facet, which counts all matches.
            assert client.get("/v1/figures?status=achieved&facet=unit&limit=1").status_code == 200
            assert len([each for each in executed if each.startswith("SELECT")]) == 3


def test_tags_differ_by_everything_that_changes_the_bytes(client: TestClient) -> None:
    addresses = [
        "/v1/figures",
        "/v1/figures?unit=CNY",
        "/v1/figures?unit=mu",
        "/v1/programs",
        "/v1/figures/youth-teams",
    ]
    tags = {
        client.get(address, headers={"Accept-Encoding": coding, "Host": host}).headers["etag"]
        for address, coding, host in itertools.product(addresses, ["identity", *DECODE], ["a.example", "b.example"])
    }
    assert len(tags) == len(addresses) * 4 * 2


def test_the_order_of_parameters_makes_no_difference(client: TestClient) -> None:
    one, two = (client.get(f"/v1/figures?{query}") for query in ("unit=CNY&sort=-value", "sort=-value&unit=CNY"))
    assert one.headers["etag"] == two.headers["etag"]
    assert one.content == two.content


@pytest.mark.parametrize("path", REVALIDATED)
@pytest.mark.parametrize("coding", DECODE)
def test_every_coding_has_the_same_content(client: TestClient, path: str, coding: str) -> None:
    plain, body = raw(client, path)
    coded, packed = raw(client, path, **{"Accept-Encoding": coding})
    assert "content-encoding" not in plain.headers
    assert coded.headers["content-encoding"] == coding
    assert int(coded.headers["content-length"]) == len(packed)
    assert DECODE[coding](packed) == body
    assert coded.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("gzip, identity;q=0.5", "gzip"),
        ("zstd;q=0, br;q=0, gzip", "gzip"),
        ("deflate", None),
        ("identity", None),
        ("", None),
        ("*", "zstd"),
        ("nonsense;q=x,,;", None),
    ],
)
def test_the_client_s_preferred_coding_is_chosen(client: TestClient, accepted: str, chosen: str | None) -> None:
    response, _ = raw(client, "/v1/figures", **{"Accept-Encoding": accepted})
    assert response.headers.get("content-encoding") == chosen


@pytest.mark.parametrize(
    "path", [*REVALIDATED, "/healthz", "/readyz", "/docs", "/v1/nothing", "/v1/figures?x=1", "/docs/own/start.js"]
)
def test_head_is_get_without_the_body(client: TestClient, path: str) -> None:
    get, body = raw(client, path)
    head = client.head(path, headers={"Accept-Encoding": "identity"})
    assert head.status_code == get.status_code
    assert head.content == b""
    assert int(head.headers["content-length"]) == len(body)
    for name in ("etag", "content-type", "link", "cache-control"):
        assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize("path", [*REVALIDATED, "/healthz", "/docs"])
def test_browsers_of_any_origin_may_read(client: TestClient, path: str) -> None:
    headers = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-request-id",
    }
    preflight = client.options(path, headers=headers)
    assert preflight.status_code == 204
    assert preflight.headers["allow"] == preflight.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert preflight.headers["access-control-allow-origin"] == "*"
    answer = client.get(path, headers={"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"ETag", "Link", "X-Request-Id", "Retry-After"} <= set(
        answer.headers["access-control-expose-headers"].split(", ")
    )


def test_a_well_formed_request_id_is_returned(client: TestClient) -> None:
    assert client.get("/v1", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"
    made = {
        client.get("/v1", headers={"X-Request-Id": given}).headers["x-request-id"] for given in ("a b", "", "x" * 200)
    }
    assert len(made) == 3
    assert all(len(each) == 16 for each in made)


@pytest.mark.parametrize(
    ("settings", "headers", "expected"),
    [
        ({}, {}, "http://testserver/v1"),
        ({}, {"X-Forwarded-Host": "data.example", "X-Forwarded-Proto": "https"}, "http://testserver/v1"),
        ({"trust_proxy": True}, {"X-Forwarded-Host": "data.example", "X-Forwarded-Proto": "https"}, "https://data.example/v1"),
        ({"trust_proxy": True}, {"X-Forwarded-Host": "data.example, inner", "X-Forwarded-Prefix": "/shanhai/"}, "http://data.example/shanhai/v1"),
        ({"trust_proxy": True}, {}, "http://testserver/v1"),
        ({"base_url": "https://fixed.example/x/"}, {"Host": "other"}, "https://fixed.example/x/v1"),
    ],
)  # fmt: skip
def test_links_have_the_public_base_url(
    address: str, settings: dict[str, Any], headers: dict[str, str], expected: str
) -> None:
    with client_of(address, **settings) as client:
        assert client.get("/v1", headers=headers).json()["links"]["self"] == expected


@pytest.mark.parametrize("host", ["evil.example/<script>", "a b", 'x"y', ""])
def test_a_malformed_host_is_refused(client: TestClient, host: str) -> None:
    response = client.get("/v1", headers={"Host": host})
    assert response.status_code == 400
    assert response.json()["code"] == "bad-request"


@pytest.mark.databases(*BOTH)
def test_a_new_release_is_served_with_new_tags(fresh: str, seed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(fresh, SEED)
    with client_of(fresh) as client:
        before = client.get("/v1/products/yellow-peach")
        assert (
            client.get("/v1/products/yellow-peach", headers={"If-None-Match": before.headers["etag"]}).status_code
            == 304
        )
        cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
        loaded(fresh, seed)
        monkeypatch.setattr("app.read.dataset.RELEASE_TTL_S", -1.0)  # the known release expires at once
        after = client.get("/v1/products/yellow-peach", headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert after.json()["data"]["summary_en"] == "Changed."
        assert after.headers["etag"] != before.headers["etag"]
        assert after.json()["meta"]["release"] != before.json()["meta"]["release"]


@pytest.mark.databases(*BOTH)
def test_a_read_never_mixes_two_releases(fresh: str, seed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.read.dataset.RELEASE_TTL_S", 60.0)
    loaded(fresh, SEED)
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    with client_of(fresh) as client:
        first = client.get("/v1/products/yellow-peach").json()
        loaded(fresh, seed)  # before the known release expires
        assert client.get("/v1/products/yellow-peach").json() == first  # from the cache
        # What is not cached reads the database; from then on the old release is not served any more.
        assert client.get("/v1/products").json()["meta"]["release"] != first["meta"]["release"]
        second = client.get("/v1/products/yellow-peach")
        assert second.json()["data"] != first["data"]
        assert second.json()["meta"]["release"] != first["meta"]["release"]
        again = client.get("/v1/products/yellow-peach", headers={"If-None-Match": second.headers["etag"]})
        assert again.status_code == 304


def test_an_unexpected_error_in_the_gateway_is_a_problem_too(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("inside")

    with client_of(address) as client:
        monkeypatch.setattr("app.gateway.route.choose_coding", fail)
        response = client.get("/v1/figures")
    assert (response.status_code, response.json()["code"]) == (500, "internal-error")
    assert response.headers["access-control-allow-origin"] == "*"
    assert "inside" not in response.text


@pytest.mark.databases(*BOTH)
def test_the_server_cannot_write(address: str) -> None:
    refused = pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only")
    with Database(address) as database, database.engine.connect() as connection, refused:
        connection.execute(sa.text("DELETE FROM figures"))
