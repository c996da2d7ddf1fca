"""The OpenAPI document: complete, true, and executable; its reader asks nobody else."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from app.models import COLLECTIONS
from app.query.controls import page_parameters

Operation = dict[str, Any]


def operations(client: TestClient) -> Iterator[tuple[str, Operation]]:
    for path, item in client.get("/v1/openapi.json").json()["paths"].items():
        yield path, item["get"]


def test_the_document_is_valid(client: TestClient) -> None:
    document = client.get("/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    validate(document)


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_every_parameter_is_described_typed_and_has_an_example_that_runs(client: TestClient, slug: str) -> None:
    described = {path: operation["parameters"] for path, operation in operations(client)}[f"/v1/{slug}"]
    assert [each["name"] for each in described] == list(page_parameters(COLLECTIONS[slug]))
    for each in described:
        assert each["description"]
        assert each["schema"]["type"]
        if each["name"] == "cursor":
            continue  # only a page knows one
        assert "example" not in each  # a reader would fill in every one of them
        (example,) = each["schema"]["examples"]
        text = ",".join(map(str, example)) if isinstance(example, list) else json.dumps(example).strip('"')
        text = example if isinstance(example, str) else text
        response = client.get(f"/v1/{slug}?{urlencode({each['name']: text})}")
        assert response.status_code == 200, (each["name"], response.text)


def test_every_operation_tells_its_problems(client: TestClient) -> None:
    for path, operation in operations(client):
        assert operation["summary"], path
        assert "application/problem+json" in operation["responses"]["422"]["content"]
        assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    names = [operation["operationId"] for _, operation in operations(client)]
    assert len(set(names)) == len(names)
    assert {"listTrainingPartners", "getTrainingPartner", "getEvidence"} <= set(names)


def test_the_reader_works_with_no_internet(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "unsafe-eval" not in page.headers["content-security-policy"]
    found = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(found) >= 4
    for address in found:
        assert not address.startswith(("http", "//"))
        if not address.startswith("data:"):
            assert client.get(f"/{address}").status_code == 200, address
