"""The OpenAPI document: FastAPI's, with what it cannot know.

FastAPI describes the routes. This adds the query parameters, which the project parses itself; an operation for each
format of a collection's files, since generated clients expect one media type of an operation; components, to which
operations refer; and the address, the licence and example values of the release.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from fastapi import FastAPI

from app.api.openapi import components
from app.api.openapi.collections import CollectionOperations
from app.contact import email
from app.models import COLLECTIONS, ENTITIES, Figure
from app.read.dataset import PublishedRelease
from app.read.examples import Examples

Document = dict[str, Any]

TAGS = {
    "Index": "What there is, and the problems that this service reports.",
    "Search": "All collections at once.",
    "Charts": "The figures, drawn.",
    "Citation": "How to cite the dataset or a figure.",
    "Releases": "The editions of the dataset: their files, and what changed between two of them.",
    "Metadata": "The dataset as catalogues and tools describe data.",
}


class Served(NamedTuple):
    """What the document says of the server and its release."""

    base_url: str
    catalog: Mapping[str, Any]
    contact: str
    release: PublishedRelease
    examples: Examples


def openapi_document(app: FastAPI, served: Served | None = None) -> Document:
    """Return the document, with the server's address and the release's licence and examples if they are given."""
    document = deepcopy(FastAPI.openapi(app))
    paths: dict[str, Any] = document["paths"]
    operations = CollectionOperations(served.examples if served else {})
    for entity in ENTITIES:
        for path, parameters in operations.queries(entity).items():
            paths[path]["get"]["parameters"] = [*paths[path]["get"].get("parameters", ()), *parameters]
        paths |= {path: {"get": operation} for path, operation in operations.files(entity)}
    for path in paths.values():
        _share_responses(path["get"])
    document["components"] = {
        "schemas": document["components"]["schemas"] | components.schemas() | operations.schemas,
        "parameters": operations.parameters,
        "responses": components.responses(),
        "headers": components.HEADERS,
    }
    entities = sorted(ENTITIES, key=lambda entity: entity.collection.rank)
    titles = {entity.collection.title.en: entity.collection.about.en for entity in entities}
    document["tags"] = [{"name": name, "description": about} for name, about in (titles | TAGS).items()]
    document["security"] = []
    if served:
        _describe_release(document, served)
    return document


def _share_responses(operation: Document) -> None:
    """Refer to the responses that are the same everywhere, and add what every operation has."""
    responses = operation["responses"]
    responses |= components.shared_responses(sorted(components.SHARED.keys() & {*responses, "default"}))


def _describe_release(document: Document, served: Served) -> None:
    publisher, terms = served.catalog["publisher"], served.catalog["license"]
    document["info"]["contact"] = {"name": publisher["en"], **_address(served.contact)}
    document["info"]["license"] = {"name": terms["title"], "url": terms["url"]}
    document["servers"] = [{"url": served.base_url, "description": served.catalog["title"]["en"]}]
    for path, item in document["paths"].items():
        for parameter in item["get"].get("parameters", ()):
            if value := _examples_of_path(path, served).get(parameter.get("name")):
                parameter["schema"]["examples"] = [value]
    for entity, values in served.examples.items():
        properties = document["components"]["schemas"][entity.__name__]["properties"]
        for name, value in values.items():
            properties[name]["examples"] = [value]


def _address(contact: str) -> dict[str, str]:
    if address := email(contact):
        return {"email": address}
    return {"url": contact} if contact else {}


def _examples_of_path(path: str, served: Served) -> dict[str, Any]:
    """Return example values of a path's own parameters by name."""
    release = served.release["id"]
    entity = COLLECTIONS.get(path.split("/")[2]) if path.count("/") > 1 else None
    charts = served.catalog.get("charts", ())
    return {
        "id": served.examples.get(entity, {}).get("id") if entity else charts[0]["id"] if charts else None,
        "figure": served.examples.get(Figure, {}).get("id"),
        "release": release,
        "new": release,
        "old": served.release["previous_id"] or release,
    }
