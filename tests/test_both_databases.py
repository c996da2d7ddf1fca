"""Every response is the same from SQLite and from PostgreSQL, so other tests of HTTP run on one of them."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from app.api.metadata import DOCUMENTS
from app.http.languages import LANGUAGES
from tests.conftest import BOTH, NewDatabase, client_of, loaded
from tests.portal.pages import ALL, CHARTS, PROBLEMS

VOLATILE = {"x-request-id", "last-modified"}


def addresses(client: TestClient) -> Iterator[str]:
    """Yield every address: of the OpenAPI document, with all values of its required parameters; documents; pages."""
    release = client.get("/v1").json()["data"]["release"]["id"]
    for path, item in client.get("/v1/openapi.json").json()["paths"].items():
        known = {"release": release, "old": release, "new": release, "name": "figures.csv", "q": "篮球"}
        if "{id}" in path:
            known["id"] = CHARTS[0] if "/charts/" in path else first(client, path.partition("/{id}")[0])
        required = [each for each in item["get"].get("parameters", []) if each.get("required")]
        values = [each["schema"].get("enum") or [known[each["name"]]] for each in required]
        template = path + "".join(f"?{each['name']}={{{each['name']}}}" for each in required if each["in"] == "query")
        for combination in product(*values):
            yield template.format(**dict(zip([each["name"] for each in required], combination, strict=True)))
    for document in DOCUMENTS:
        yield from (f"{document.path}?format={name}" for name in document.forms if len(document.offers) > 1)
    for path in ALL:
        yield path.replace("{id}", first(client, f"/v1/{path.split('/')[2]}")) if "{id}" in path else path


def first(client: TestClient, collection: str) -> str:
    return str(client.get(f"{collection}?limit=1&fields=id").json()["data"][0]["id"])


def response(client: TestClient, address: str) -> tuple[int, dict[str, str], Any]:
    """Return all that a client sees, without what differs between any two responses."""
    is_page = not address.startswith("/v1")
    response = client.get(address, headers={"Accept": "text/html"} if is_page else {})
    headers = {name: value for name, value in response.headers.items() if name not in VOLATILE}
    content = sorted(response.content.splitlines()) if "turtle" in headers.get("content-type", "") else response.content
    return response.status_code, headers, content


def test_every_response_is_the_same(new_database: NewDatabase, ready: Path) -> None:
    responses = []
    for kind in BOTH:
        with client_of(loaded(new_database(kind)), data_dir=ready) as client:
            responses.append({address: response(client, address) for address in addresses(client)})
    sqlite, postgresql = responses
    failed = {address: status for address, (status, *_) in sqlite.items() if status != 200}
    assert failed == {f"/{language}{path}": status for path, status in PROBLEMS.items() for language in LANGUAGES}
    assert sqlite.keys() == postgresql.keys()
    assert [address for address in sqlite if sqlite[address] != postgresql[address]] == []
    assert len(sqlite) > 250
