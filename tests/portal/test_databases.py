"""The same site from either database, to the last byte."""

from starlette.testclient import TestClient

from tests.conftest import BOTH, NewDatabase, client_of, loaded
from tests.portal.pages import ALL


def read(client: TestClient) -> dict[str, bytes]:
    with client:
        return {path: client.get(with_id(client, path)).content for path in ALL}


def with_id(client: TestClient, path: str) -> str:
    if "{id}" not in path:
        return path
    found = client.get(f"/v1/{path.split('/')[2]}?limit=1&fields=id").json()["data"]
    return path.replace("{id}", found[0]["id"])


def test_every_page_is_the_same_from_both_databases(new_database: NewDatabase) -> None:
    sqlite, postgresql = (read(client_of(loaded(new_database(kind)))) for kind in BOTH)
    assert [path for path in ALL if b"<h1>" not in sqlite[path]] == []
    assert [path for path in ALL if sqlite[path] != postgresql[path]] == []
