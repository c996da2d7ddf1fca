"""`/v1/datapackage.json`: the dataset as a Data Package whose files are the CSV files of the release."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api import openapi
from app.api.answers import LIVING, address, given, link_header, snapshot, tagged
from app.api.releases import shelf
from app.entity import Entity
from app.formats.json import encode
from app.models import COLLECTIONS
from app.query.parameters import NONE, read_parameters
from app.query.provenance import read_sources
from app.query.served import read_catalog, read_release
from app.releases.shelf import Frozen
from app.standards.datapackage import Resource, datapackage

router = APIRouter(tags=["Metadata"])

PATH = "/v1/datapackage.json"
DOCUMENTS = {"datapackage": (PATH, "数据包（Data Package）描述", "Data Package descriptor")}


@router.get(
    PATH,
    name="getDataPackage",
    **openapi.route(
        "Data Package",
        "Every collection's CSV file with its length, hash, columns, types, units and references (Data Package v2).",
        "DataPackage",
        [],
        (422, 503),
    ),
)
async def package(request: Request) -> Response:
    """The descriptor of the release that is served."""
    read_parameters(NONE, given(request))
    catalog, release, sources = await snapshot(
        request, lambda found: (read_catalog(found), read_release(found), read_sources(found))
    )
    frozen = shelf(request).find(release["id"])
    resources = [_resource(request, slug, entity, frozen) for slug, entity in COLLECTIONS.items()]
    document: dict[str, Any] = datapackage(catalog, release, sources, resources, homepage=address(request, "/"))
    links = {"about": address(request, f"/v1/releases/{release['id']}"), "license": catalog["license"]["url"]}
    headers = {"Link": link_header(links)}
    return tagged(request, Response(encode(document), headers=headers, media_type="application/json"), LIVING)


def _resource(request: Request, slug: str, entity: type[Entity], frozen: Frozen | None) -> Resource:
    """The file of the release, which never changes; where none lies ready, the one that is made when asked for."""
    name = f"{slug}.csv"
    file = frozen.file(name) if frozen else None
    if frozen is None or file is None:
        return Resource(entity, address(request, f"/v1/{name}"))
    return Resource(entity, address(request, f"/v1/releases/{frozen.edition.id}/files/{name}"), file.bytes, file.sha256)
