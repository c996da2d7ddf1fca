"""Endpoints that are called ahead of routing answer to the byte what the routes answer."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.models import COLLECTIONS
from tests.conftest import client_of

pytestmark = pytest.mark.databases("sqlite")

BELOW = [
    "",
    "?limit=2&sort=-id",
    "?fields=id,name_zh",
    "?limit=0",
    "?no=such",
    "/",
    "/none",
    "/aggregate",
    "/aggregate?group_by=id",
    ".csv",
    ".none",
    "/aggregate.csv",
    "/a.b",
    "/a%2Fb",
]
OTHERS = ["/", "/v1", "/v1/", "/v1/search?q=碧江", "/v1/search", "/v1/releases", "/v1/figures/youth-teams", "/healthz"]
OTHERS += [
    "/v1/figures/youth-teams/evidence",
    "/v1/openapi.json",
    "/v1/datapackage.json",
    "/v1/none",
    "/docs",
    "/static/",
]


@pytest.fixture(scope="module")
def routed(address: str) -> Iterator[TestClient]:
    """A client of an application without shortcuts."""
    with client_of(address) as client:
        client.app.gateway.app = client.app.route  # type: ignore[attr-defined]
        yield client


@pytest.mark.parametrize("path", [f"/v1/{slug}{below}" for slug in COLLECTIONS for below in BELOW] + OTHERS)
def test_shortcuts_and_routes_answer_alike(client: TestClient, routed: TestClient, path: str) -> None:
    ours, theirs = (each.get(path, headers={"X-Request-Id": "same"}) for each in (client, routed))
    assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)
    assert dict(ours.headers) == dict(theirs.headers)


def test_shortcuts_lead_to_pages_and_records(client: TestClient) -> None:
    shortcut = client.app.gateway.app  # type: ignore[attr-defined]
    for slug in COLLECTIONS:
        assert {f"/v1/{slug}", f"/v1/{slug}/aggregate"} <= shortcut.plain.keys()
        assert f"/v1/{slug}/" in shortcut.last
    assert not [path for path in (*shortcut.plain, *shortcut.last) if "{" in path]


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_pattern_is_no_address(client: TestClient, slug: str) -> None:
    """What a template of an address says is an id that no record has."""
    answer = client.get(f"/v1/{slug}/%7Bid%7D")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_fault_of_ours_is_told_and_logged(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr("app.api.collections.read_page", fail)
    answer = client.get("/v1/places?limit=3&sort=level")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "inside" not in answer.text
    assert "inside" in caplog.text
