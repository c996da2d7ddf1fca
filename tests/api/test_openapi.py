"""The OpenAPI document: complete, true and executable; Swagger UI works offline."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from app.entity import Entity
from app.models import COLLECTIONS
from app.request.aggregate import aggregate_parameters
from app.request.controls import page_parameters
from app.request.filters import filters
from app.request.parameters import Parameters

pytestmark = pytest.mark.databases("sqlite")

Operation = dict[str, Any]


@pytest.fixture(scope="session")
def document(client: TestClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/v1/openapi.json").json()
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    """Yield every path with its operation, references to shared parameters resolved."""
    shared = {f"#/components/parameters/{name}": each for name, each in document["components"]["parameters"].items()}
    for path, item in document["paths"].items():
        parameters = [shared.get(each.get("$ref"), each) for each in item["get"].get("parameters", [])]
        yield path, {**item["get"], "parameters": parameters}


@pytest.mark.slow
def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


@pytest.mark.parametrize("slug", COLLECTIONS)
@pytest.mark.parametrize(("below", "parameters"), [("", page_parameters), ("/aggregate", aggregate_parameters)])
def test_every_parameter_is_described_typed_and_has_an_example_that_runs(
    client: TestClient,
    document: dict[str, Any],
    slug: str,
    below: str,
    parameters: Callable[[type[Entity]], Parameters],
) -> None:
    described = {path: operation["parameters"] for path, operation in operations(document)}[f"/v1/{slug}{below}"]
    assert [each["name"] for each in described] == list(parameters(COLLECTIONS[slug]))
    for each in described:
        if below and each["name"] in filters(COLLECTIONS[slug]):
            continue  # the very one that the collection takes
        assert each["description"]
        assert each["schema"]["type"]
        if each["name"] == "cursor":
            continue  # only a page knows one
        assert "example" not in each  # a reader would fill in every one of them
        (example,) = each["schema"]["examples"]
        text = ",".join(map(str, example)) if isinstance(example, list) else json.dumps(example).strip('"')
        text = example if isinstance(example, str) else text
        taker = {"format": "csv"} if each["name"] in {"bom", "lang"} else {}
        response = client.get(f"/v1/{slug}{below}?{urlencode({each['name']: text} | taker)}")
        assert response.status_code == 200, (each["name"], response.text)


def test_every_operation_documents_its_problems(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        assert operation["summary"], path
        assert "application/problem+json" in operation["responses"]["422"]["content"]
        answers = operation["responses"]["200"]["content"]
        assert answers, path
        assert all(answer["schema"] for answer in answers.values()), path
        assert "$ref" in answers.get("application/json", {"schema": "$ref"})["schema"], path
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert {"listTrainingPartners", "getTrainingPartner", "aggregateTrainingPartners", "getEvidence"} <= set(names)


def test_swagger_ui_works_offline(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "unsafe-eval" not in page.headers["content-security-policy"]
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert not address.startswith(("http", "//"))
        if not address.startswith("data:"):
            assert client.get(f"/{address}").status_code == 200, address
