"""`/.well-known/api-catalog` (RFC 9727): the API and its descriptions as a link set (RFC 9264)."""

from typing import Any

import msgspec

from app.standards import llms
from app.standards.dataset import Dataset

PATH = "/.well-known/api-catalog"
PROFILE = "https://www.rfc-editor.org/info/rfc9727"
MEDIA_TYPE = f'application/linkset+json; profile="{PROFILE}"'

LD = "application/ld+json"

# The descriptions of the dataset, with their media types.
DESCRIPTIONS = {"/v1/dcat.jsonld": LD, "/v1/datapackage.json": "application/json", "/v1/croissant.json": LD}


def api_catalog(dataset: Dataset, *, has_mcp: bool = False) -> bytes:
    """Return the catalogue: the API with its links and, if it is served, the same API as tools of assistants."""

    def target(path: str, media_type: str) -> dict[str, str]:
        return {"href": dataset.url(path), "type": media_type}

    api: dict[str, Any] = {
        "anchor": dataset.url("/v1"),
        "service-desc": [target("/v1/openapi.json", "application/json")],
        "service-doc": [target("/docs", "text/html"), target(llms.PATH, "text/plain")],
        "service-meta": [target(path, media_type) for path, media_type in DESCRIPTIONS.items()],
        "status": [target("/healthz", "application/json")],
        "license": [{"href": dataset.license_url}],
    }
    assistants = [{"href": dataset.url("/mcp")}] if has_mcp else []  # which takes messages, and has no representation
    catalogue = {"anchor": dataset.url(PATH), "item": [target("/v1", "application/json"), *assistants]}
    return msgspec.json.encode({"linkset": [catalogue, api]})
