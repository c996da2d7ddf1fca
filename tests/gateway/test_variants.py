"""The variants of one address: one strong tag for one representation, and the same Vary on each."""

import itertools
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.http.compression import CODINGS
from app.models import COLLECTIONS
from app.portal import PAGES
from tests.conftest import client_of
from tests.http.wire import raw

pytestmark = pytest.mark.databases("sqlite")

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
ACCEPTS = (
    "*/*",
    "application/json",
    "text/csv",
    "text/csv, */*;q=0.1",
    "application/ld+json",
    "text/turtle",
    BROWSER,
    "image/png",
)
LANGUAGES = ("zh-CN,zh;q=0.9", "en", "fr")
EXAMPLES = {
    "id": "youth-teams",
    "record": "youth-teams",
    "figure": "youth-teams",
    "collection": "figures",
    "style": "bib",
    "extension": "csv",
}


@pytest.mark.parametrize(
    "path", ["/v1/figures.xlsx", "/v1/figures.xlsx?unit=CNY", "/v1/figures.parquet?unit=CNY", "/v1/charts/jobs.png"]
)
def test_what_is_not_encoded_has_one_tag_for_every_accept_encoding(client: TestClient, path: str) -> None:
    seen = {
        (response.headers["etag"], response.headers.get("content-encoding"), body)
        for coding in ("identity", *CODINGS, "gzip, deflate, br, zstd")
        for response, body in [raw(client, path, **{"Accept-Encoding": coding})]
    }
    ((tag, coding, body),) = seen
    assert coding is None
    part = client.get(path, headers={"Accept-Encoding": "gzip", "Range": "bytes=10-", "If-Range": tag})
    assert (part.status_code, part.content) == (206, body[10:])


@pytest.mark.parametrize("path", ["/v1/figures.csv?unit=CNY", "/v1/figures.json?unit=CNY", "/v1/figures?format=csv"])
def test_an_address_that_names_its_format_has_one_tag_for_every_accept(client: TestClient, path: str) -> None:
    assert len({client.get(path, headers={"Accept": accept}).headers["etag"] for accept in ACCEPTS}) == 1


def test_the_charset_of_csv_is_its_last_parameter(client: TestClient) -> None:
    for path in ("/v1/figures.csv", "/v1/figures.csv?unit=CNY", "/v1/figures/aggregate.csv?group_by=unit"):
        assert client.get(path).headers["content-type"] == "text/csv; header=present; charset=utf-8"


def addresses(client: TestClient) -> Iterator[str]:
    """Yield an address of every route of the API, those of collections for one of them, and of every page."""
    others = tuple(f"/v1/{slug}" for slug in COLLECTIONS if slug != "figures")  # one function makes their routes
    for path in (
        "/",
        *client.get("/v1/openapi.json").json()["paths"],
        *(f"/zh{page}" for page in PAGES),
    ):
        names = re.findall(r"{(\w+)}", path)
        if EXAMPLES.keys() >= set(names) and not path.startswith(others):
            yield path.format(**EXAMPLES)


def test_every_variant_of_an_address_has_the_same_vary(address: str) -> None:
    with client_of(address) as client:
        paths = {
            *addresses(client),
            "/v1/figures/nothing",
            "/zh/nothing",
            "/nothing",
            "/v1/figures?x=1",
            "/zh/figures?x=1",
        }
        assert {"/", "/v1", "/v1/dictionary", "/v1/figures", "/zh/figures"} <= paths
        for path in sorted(paths):
            variants = {}
            for accept, language, coding in itertools.product(ACCEPTS, LANGUAGES[:2], ("identity", "gzip")):
                headers = {"Accept": accept, "Accept-Language": language, "Accept-Encoding": coding}
                response = client.get(path, headers=headers, follow_redirects=False)
                variants[accept, response.status_code] = response.headers.get("vary")
            stored = {vary for (_, status), vary in variants.items() if status < 400}
            problems = {vary for (_, status), vary in variants.items() if status >= 400}
            assert len(stored) <= 1, (path, variants)
            assert len(problems) <= 1, (path, variants)


@pytest.mark.parametrize("path", ["/v1", "/v1/figures", "/v1/figures.csv", "/v1/charts/jobs.svg", "/v1/nothing"])
def test_pages_of_other_origins_may_embed_a_response(client: TestClient, path: str) -> None:
    assert client.get(path).headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/html;q=0.9, application/json;q=0.1", True),
        ("application/json", False),
        ("application/problem+json", False),
        ("application/json, text/html;q=0.5", False),
        ("*/*", False),
        ("*/*;q=0.1, text/html;q=0", False),
        ("image/png", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("path", ["/zh/nothing", "/en/figures?x=1", "/nothing", "/v1/nothing", "/v1/figures?x=1"])
def test_a_problem_is_a_page_only_for_clients_that_prefer_html(
    client: TestClient, path: str, accept: str, is_page: bool
) -> None:
    response = client.get(path, headers={"Accept": accept})
    expected = "text/html; charset=utf-8" if is_page and not path.startswith("/v1") else "application/problem+json"
    assert (response.status_code in {404, 406, 422}, response.headers["content-type"]) == (True, expected)
    assert response.headers["vary"] == "Accept, Accept-Encoding, Accept-Language"
