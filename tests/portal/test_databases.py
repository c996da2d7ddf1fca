"""The same site from either database, to the last byte."""

import pytest
from starlette.testclient import TestClient

from tests.conftest import BOTH, NewDatabase, client_of, loaded
from tests.portal.pages import ALL


@pytest.fixture(scope="module")
def pages(new_database: NewDatabase) -> dict[str, dict[str, bytes]]:
    """All pages from each database."""
    return {kind: read(client_of(loaded(new_database(kind)))) for kind in BOTH}


def read(client: TestClient) -> dict[str, bytes]:
    with client:
        return {path: client.get(with_id(client, path)).content for path in ALL}


def with_id(client: TestClient, path: str) -> str:
    if "{id}" not in path:
        return path
    found = client.get(f"/v1/{path.split('/')[2]}?limit=1&fields=id").json()["data"]
    return path.replace("{id}", found[0]["id"])


@pytest.mark.parametrize("path", ALL)
def test_a_page_is_the_same_from_both_databases(pages: dict[str, dict[str, bytes]], path: str) -> None:
    assert pages["sqlite"][path] == pages["postgresql"][path]
    assert b"<h1>" in pages["sqlite"][path]
