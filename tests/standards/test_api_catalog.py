"""The API catalogue: a linkset (RFC 9264) whose links work and have the given media types."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.standards.api_catalog import MEDIA_TYPE, PATH, api_catalog
from tests.standards.dataset import BASE, DATASET

pytestmark = pytest.mark.databases("sqlite")

LINKSET: list[dict[str, Any]] = json.loads(api_catalog(DATASET))["linkset"]
BY_ANCHOR = {context["anchor"]: context for context in LINKSET}
API = BY_ANCHOR[f"{BASE}/v1"]
OWN = [
    (target["href"].removeprefix(BASE), target["type"])
    for context in LINKSET
    for relation, targets in context.items()
    if relation not in {"anchor", "license"}
    for target in targets
]


def test_it_is_a_linkset() -> None:
    assert list(json.loads(api_catalog(DATASET))) == ["linkset"]
    assert len(BY_ANCHOR) == len(LINKSET)
    for context in LINKSET:
        for relation, targets in context.items():
            if relation == "anchor":
                continue
            assert isinstance(targets, list)
            assert targets
            assert all(set(target) <= {"href", "type"} and target["href"].startswith("https://") for target in targets)


@pytest.mark.parametrize("has_mcp", [False, True])
def test_its_items_are_the_api_and_the_same_as_tools(has_mcp: bool) -> None:
    catalogue = json.loads(api_catalog(DATASET, has_mcp=has_mcp))["linkset"][0]
    assert catalogue["anchor"] == f"{BASE}{PATH}"
    assert PATH == "/.well-known/api-catalog"
    assert [item["href"] for item in catalogue["item"]] == [f"{BASE}/v1", f"{BASE}/mcp"][: 1 + has_mcp]


def test_the_api_links_to_its_descriptions() -> None:
    links = {relation: [target["href"] for target in API[relation]] for relation in API if relation != "anchor"}
    assert links == {
        "service-desc": [f"{BASE}/v1/openapi.json"],
        "service-doc": [f"{BASE}/docs", f"{BASE}/llms.txt"],
        "service-meta": [f"{BASE}/v1/{name}" for name in ("dcat.jsonld", "datapackage.json", "croissant.json")],
        "status": [f"{BASE}/healthz"],
        "license": ["https://creativecommons.org/licenses/by/4.0/"],
    }


def test_the_media_type_names_the_profile() -> None:
    assert MEDIA_TYPE == 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'


@pytest.mark.parametrize(("path", "media_type"), OWN)
def test_a_link_works_and_has_the_given_media_type(client: TestClient, path: str, media_type: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == media_type
