"""The collections: pages of records and single records, one pair of routes for each entity."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api import aggregates, openapi
from app.api.answers import TABULAR, Links, address, answer, given, own_address, records_signposts, snapshot, wanted
from app.api.files import collection_file, named_format
from app.api.paging import facet, page_links
from app.entity import Entity
from app.formats import JSON, json
from app.read.page import read_page, read_record
from app.request.records import read_page_request, read_record_request


def routes(entity: type[Entity], beside: Mapping[str, str]) -> APIRouter:
    """The routes of one entity's collection; `beside` are the addresses below a record that its links name."""
    router = APIRouter(tags=[entity.collection.title.en])
    path = f"/v1/{entity.collection.slug}"

    async def page(request: Request) -> Response:
        form = wanted(request.scope, TABULAR)
        if form is not JSON:  # no other format has a place for what a page tells beside its records
            return await collection_file(request, entity, form)
        asked = read_page_request(entity, given(request))
        found = await snapshot(request, lambda connection: read_page(connection, asked))
        return answer(
            request,
            json.array(found.records),
            page_links(request, path, asked, found),
            form.media_type,
            records_signposts(request),
            meta={"total": found.total, "limit": asked.limit},
            **({"facets": {name: facet(values) for name, values in found.facets.items()}} if found.facets else {}),
        )

    async def file(request: Request) -> Response:
        return await collection_file(request, entity, named_format(request, path))

    async def record(request: Request) -> Response:
        record_id = request.path_params["id"]
        asked = read_record_request(entity, given(request))
        form = wanted(request.scope)
        found = await snapshot(request, lambda connection: read_record(connection, asked, record_id))
        here = f"{path}/{record_id}"
        links: Links = {
            "self": own_address(request),
            "canonical": address(request, here, asked.query_string()),
            "collection": address(request, path),
            **{name: address(request, here + below) for name, below in beside.items()},
        }
        return answer(request, found, links, form.media_type, records_signposts(request))

    plural = entity.collection.slug.title().replace("-", "")
    router.add_api_route(path, page, name=f"list{plural}", **openapi.page(entity))
    router.add_api_route(f"{path}.{{extension}}", file, name=f"download{plural}", **openapi.file(entity))
    aggregates.add_routes(router, entity)  # before the records, one of which would else be sought under that name
    router.add_api_route(f"{path}/{{id}}", record, name=f"get{entity.__name__}", **openapi.record(entity))
    return router
