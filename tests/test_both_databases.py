"""Every address of the API answers alike from SQLite and from PostgreSQL; what stands behind HTTP runs on one of them."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tests.conftest import BOTH, NewDatabase, client_of, loaded
from tests.portal.pages import CHARTS

OF_THE_MOMENT = {"x-request-id", "last-modified"}


def addresses(client: TestClient) -> Iterator[str]:
    """Every address that the OpenAPI document tells of, with each value that a part of it can have, or one that exists."""
    release = client.get("/v1").json()["data"]["release"]["id"]
    for path, item in client.get("/v1/openapi.json").json()["paths"].items():
        known = {"release": release, "old": release, "new": release, "name": "figures.csv", "q": "篮球"}
        if "{id}" in path:
            known["id"] = CHARTS[0] if "/charts/" in path else first(client, path.partition("/{id}")[0])
        needed = [each for each in item["get"].get("parameters", []) if each.get("required")]
        values = [each["schema"].get("enum") or [known[each["name"]]] for each in needed]
        template = path + "".join(f"?{each['name']}={{{each['name']}}}" for each in needed if each["in"] == "query")
        for chosen in product(*values):
            yield template.format(**dict(zip([each["name"] for each in needed], chosen, strict=True)))


def first(client: TestClient, collection: str) -> str:
    return str(client.get(f"{collection}?limit=1&fields=id").json()["data"][0]["id"])


def answer(client: TestClient, address: str) -> tuple[int, dict[str, str], Any]:
    """All that a client sees of an answer, but for what no two answers share."""
    response = client.get(address, follow_redirects=False)
    headers = {name: value for name, value in response.headers.items() if name not in OF_THE_MOMENT}
    return response.status_code, headers, response.content


def test_every_address_answers_alike(new_database: NewDatabase, ready: Path) -> None:
    found = []
    for kind in BOTH:
        with client_of(loaded(new_database(kind)), data_dir=ready) as client:
            found.append({address: answer(client, address) for address in addresses(client)})
    assert found[0].keys() == found[1].keys()
    assert {status for status, *_ in found[0].values()} == {200}, {a: s for a, (s, *_) in found[0].items() if s != 200}
    assert [address for address in found[0] if found[0][address] != found[1][address]] == []
    assert len(found[0]) > 150
