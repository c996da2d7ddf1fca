"""What every answer owes to HTTP: validators, codings, methods, CORS, ids and addresses."""

import itertools
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.db import Database
from app.errors import BadRequest
from app.http.addresses import base_url
from app.settings import Settings
from tests.conftest import BOTH, SEED, client_of, loaded, statements
from tests.http.wire import DECODE, raw
from tests.load.editing import cell
from tests.portal.page_checks import ISOLATION

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
def test_the_cache_saves_statements(address: str, backend: str) -> None:
    release = 1 if backend == "sqlite" else 0  # statements; on PostgreSQL, the others show the release
    with client_of(address) as client:
        tag = client.get("/v1/figures?unit=CNY").headers["etag"]
        with statements(client) as executed:
            assert client.get("/v1/figures?unit=CNY", headers={"If-None-Match": tag}).status_code == 304
            assert executed == []
            # The release and the page; the total is cached.
            assert client.get("/v1/figures?unit=CNY&limit=3").status_code == 200
            assert len([each for each in executed if each.startswith("SELECT")]) == release + 1
            executed.clear()
            # The release, the page, and the total, which on PostgreSQL is selected with the page.
            assert client.get("/v1/figures?unit=person&limit=1").status_code == 200
            assert len([each for each in executed if each.startswith("SELECT")]) == 2 * release + 1
            executed.clear()
            # The release, and the page, which holds all matches.
            assert client.get("/v1/figures?unit=household").status_code == 200
            assert len([each for each in executed if each.startswith("SELECT")]) == release + 1
            executed.clear()
            # The release, the page, and the facet, which counts all matches.
            assert client.get("/v1/figures?status=achieved&facet=unit&limit=1").status_code == 200
            assert len([each for each in executed if each.startswith("SELECT")]) == release + 2


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
    "path",
    [*REVALIDATED, "/healthz", "/readyz", "/docs", "/v1/nothing", "/v1/figures?x=1", "/docs/reader/swagger-ui.css"],
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
        ({"trust_proxy": True}, {"X-Forwarded-Host": "evil.example, data.example", "X-Forwarded-Prefix": "/evil, /shanhai/"}, "http://data.example/shanhai/v1"),
        ({"trust_proxy": True}, {"X-Forwarded-Host": "evil.example , data.example", "X-Forwarded-Proto": "http,HTTPS"}, "https://data.example/v1"),
        ({"trust_proxy": True}, {"X-Forwarded-Host": "", "X-Forwarded-Proto": "Https"}, "https://testserver/v1"),
        ({"trust_proxy": True}, {}, "http://testserver/v1"),
        ({"base_url": "https://fixed.example/x/"}, {"Host": "other"}, "https://fixed.example/x/v1"),
    ],
)  # fmt: skip
def test_links_have_the_public_base_url(
    address: str, settings: dict[str, Any], headers: dict[str, str], expected: str
) -> None:
    with client_of(address, **settings) as client:
        assert client.get("/v1", headers=headers).json()["links"]["self"] == expected


BY_HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("settings", "headers", "is_https"),
    [
        ({}, {}, False),
        ({}, BY_HTTPS, False),
        ({"trust_proxy": True}, BY_HTTPS, True),
        ({"base_url": "https://fixed.example"}, {}, True),
        ({"base_url": "http://fixed.example"}, BY_HTTPS, False),
    ],
)
def test_browsers_come_back_by_https_if_they_came_by_it(
    address: str, settings: dict[str, Any], headers: dict[str, str], is_https: bool
) -> None:
    with client_of(address, **settings) as client:
        for path in ("/", "/zh/figures", "/docs", "/en/nothing"):
            response = client.get(path, headers={"Accept": "text/html", **headers})
            assert response.headers["content-type"] == "text/html; charset=utf-8"
            expected = "max-age=31536000" if is_https else None
            assert response.headers.get("strict-transport-security") == expected, path
            assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
            assert {name: response.headers.get(name) for name in ISOLATION} == ISOLATION


@pytest.mark.parametrize("settings", [{}, {"base_url": "https://fixed.example"}, {"trust_proxy": True}])
@pytest.mark.parametrize("host", ["evil.example/<script>", "a b", 'x"y', "", "a, a", "[::1", "::1", "a:b"])
def test_a_malformed_host_is_refused(address: str, host: str, settings: dict[str, Any]) -> None:
    with client_of(address, **settings) as client:
        response = client.get("/v1", headers={"Host": host})
    assert response.status_code == 400
    assert response.json()["code"] == "bad-request"


@pytest.mark.parametrize(
    ("host", "is_allowed"),
    [
        ("data.example", True),
        ("DATA.example:8443", True),
        ("a.b.example", True),
        ("[::1]:8000", True),
        ("b.example", False),
        ("ab.example", False),
        ("data.example.evil.example", False),
        ("127.0.0.1", False),
    ],
)
@pytest.mark.parametrize("base_url", [None, "https://fixed.example"])
def test_only_allowed_hosts_are_answered(address: str, host: str, is_allowed: bool, base_url: str | None) -> None:
    with client_of(address, allowed_hosts="data.example, *.B.example,[::1]", base_url=base_url) as client:
        response = client.get("/v1/figures?limit=1", headers={"Host": host})
        for path in ("/healthz", "/readyz", "/readyz/deep"):
            assert client.get(path, headers={"Host": host}).status_code == 200
        page = client.get("/zh", headers={"Host": host})
    assert response.status_code == page.status_code == (200 if is_allowed else 400)
    if not is_allowed:
        assert "does not answer as" in response.json()["detail"]


def test_the_host_that_a_trusted_proxy_names_is_the_one_to_allow(address: str) -> None:
    with client_of(address, allowed_hosts="data.example", trust_proxy=True) as client:
        for forwarded, status in (("data.example", 200), ("data.example, evil.example", 400)):
            headers = {"Host": "inner", "X-Forwarded-Host": forwarded}
            assert client.get("/v1", headers=headers).status_code == status


@pytest.mark.parametrize("hosts", ["a.example:80", "https://a.example", "a.example,,b.example", "*", "a.*.example"])
def test_a_malformed_list_of_allowed_hosts_is_refused(hosts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANHAI_ALLOWED_HOSTS", hosts)
    with pytest.raises(ValidationError, match="allowed_hosts"):
        Settings()


@pytest.mark.parametrize(
    ("server", "base"), [(("::1", 8000), "http://[::1]:8000"), (("a", 80), "http://a:80"), (None, "http://localhost")]
)
def test_http_1_0_without_host_gets_the_server_s_address(server: tuple[str, int] | None, base: str) -> None:
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.0",
        "scheme": "http",
        "path": "/v1",
        "headers": [],
        "server": server,
    }
    assert base_url(scope) == base
    with pytest.raises(BadRequest, match="no Host header"):
        base_url({**scope, "http_version": "1.1"})


GBK = "%CD%AD%C8%CA"  # 铜仁


@pytest.mark.parametrize(
    ("query", "named"),
    [
        (f"name_zh__contains={GBK}", ["name_zh__contains"]),
        (f"q={GBK}", ["q"]),
        (f"unit=CNY&name_zh={GBK}&q=a%FFb&limit=1", ["name_zh", "q"]),
        (f"{GBK}=1&q=%E9%93%9C", [GBK]),
        (f"{GBK}=1&{GBK}2={GBK}", [GBK, f"{GBK}2"]),
        ("q=%ED%A0%80", ["q"]),  # a surrogate
    ],
)
@pytest.mark.parametrize("path", ["/v1/places", "/v1/search", "/v1/figures.csv", "/v1/figures/aggregate", "/v1"])
def test_a_query_that_is_not_utf_8_is_refused(client: TestClient, path: str, query: str, named: list[str]) -> None:
    response = client.get(f"{path}?{query}")
    assert response.status_code == 422
    assert [error["parameter"] for error in response.json()["errors"]] == named
    assert all("is not UTF-8; encode it as UTF-8" in error["detail"] for error in response.json()["errors"])


@pytest.mark.parametrize("path", [f"/zh/places?name_zh={GBK}", f"/en/search?q={GBK}", f"/docs?a={GBK}"])
def test_a_page_says_that_a_query_is_not_utf_8(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["content-type"]) == (422, "text/html; charset=utf-8")
    expected = "is not UTF-8; encode it as UTF-8" if path.startswith("/en") else "不是 UTF-8 编码，请改用 UTF-8"
    assert expected in response.text


@pytest.mark.parametrize("path", [f"/v1/places/{GBK}", f"/{GBK}", f"/zh/places/{GBK}/", "/v1/%FF.csv"])
def test_a_path_that_is_not_utf_8_is_refused(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "application/json"}, follow_redirects=False)
    assert response.status_code == 404
    assert "The path is not UTF-8; encode it as UTF-8." in response.text
    if path.startswith("/v1"):
        assert response.json()["instance"] == path


def test_u_fffd_itself_may_be_asked_for(client: TestClient) -> None:
    assert client.get("/v1/places/%EF%BF%BD").status_code == 404
    assert client.get("/v1/places?name_zh=%EF%BF%BD").json()["meta"]["total"] == 0


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/v1/", "/v1"),
        ("/v1/figures/", "/v1/figures"),
        ("/v1/figures//", "/v1/figures"),
        ("/v1/search/?q=a", "/v1/search?q=a"),
        ("/v1/figures/?unit=CNY&sort=-value&q=%E6%B2%B9%20a+b", "/v1/figures?unit=CNY&sort=-value&q=%E6%B2%B9%20a+b"),
        ("/v1/figures.csv/", "/v1/figures.csv"),
        ("/docs/", "/docs"),
        ("/conformance/", "/conformance"),
        ("/zh/", "/zh"),
        ("/zh/search/?q=a", "/zh/search?q=a"),
        ("/%E6%B2%B9/", "/%E6%B2%B9"),
        ("//evil.example/", "//evil.example"),
        ("/%5Cevil.example/", "/%5Cevil.example"),
        ("/a%0D%0Ab/", "/a%0D%0Ab"),
        ("/v1/figures%3F/", "/v1/figures%3F"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/shanhai"])
def test_a_trailing_slash_redirects(address: str, asked: str, location: str, prefix: str) -> None:
    """To the same origin, whatever the path looks like."""
    with client_of(address, trust_proxy=True) as client:
        for method in ("GET", "HEAD"):
            headers = {"X-Forwarded-Prefix": prefix}
            url = f"http://testserver{asked}"
            response = client.request(method, url, headers=headers, follow_redirects=False)
            assert (response.status_code, response.headers["location"]) == (308, f"http://testserver{prefix}{location}")
        assert client.post(f"http://testserver{asked}", follow_redirects=False).status_code == 405


@pytest.mark.parametrize(
    ("settings", "headers", "prefix"),
    [
        ({"trust_proxy": True}, {"X-Forwarded-Prefix": "/shanhai/"}, "/shanhai"),
        ({"base_url": "https://fixed.example/x/"}, {}, "/x"),
        ({}, {"X-Forwarded-Prefix": "/shanhai"}, ""),
    ],
)
def test_the_instance_of_a_problem_is_its_public_path(
    address: str, settings: dict[str, Any], headers: dict[str, str], prefix: str
) -> None:
    with client_of(address, **settings) as client:
        for path in ("/v1/figures/%E6%B2%B9", "/v1/nothing", "/v1/figures?x=1"):
            assert client.get(path, headers=headers).json()["instance"] == prefix + path.partition("?")[0]


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
