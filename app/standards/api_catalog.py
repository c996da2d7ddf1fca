"""`/.well-known/api-catalog` (RFC 9727): which API there is, and where it is described, as a link set (RFC 9264)."""

from typing import Any

import msgspec

from app.standards.dataset import Dataset

PATH = "/.well-known/api-catalog"
PROFILE = "https://www.rfc-editor.org/info/rfc9727"
MEDIA_TYPE = f'application/linkset+json; profile="{PROFILE}"'

LD = "application/ld+json"

# What describes the dataset rather than the API, and as what it is served.
META = {"/v1/dcat.jsonld": LD, "/v1/datapackage.json": "application/json", "/v1/croissant.json": LD}

Target = dict[str, str]


def api_catalog(dataset: Dataset) -> bytes:
    """The catalogue with its one item, and the links of that item."""

    def target(path: str, media_type: str) -> Target:
        return {"href": dataset.address(path), "type": media_type}

    api: dict[str, Any] = {
        "anchor": dataset.address("/v1"),
        "service-desc": [target("/v1/openapi.json", "application/json")],
        "service-doc": [target("/docs", "text/html")],
        "service-meta": [target(path, media_type) for path, media_type in META.items()],
        "status": [target("/healthz", "application/json")],
        "license": [{"href": dataset.catalog["license"]["url"]}],
    }
    catalogue = {"anchor": dataset.address(PATH), "item": [target("/v1", "application/json")]}
    return msgspec.json.encode({"linkset": [catalogue, api]})
