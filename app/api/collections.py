"""The collections: pages of records and single records, one pair of routes for each entity."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api import aggregates, openapi
from app.api.answers import TABULAR, Links, address, answer, own_address, snapshot, wanted
from app.api.files import collection_file, named_format
from app.entity import Entity
from app.formats import JSON, json
from app.query.read import FacetValue, Found, Page, read_page, read_record
from app.query.request import PageRequest, RecordRequest, read_page_request, read_record_request


def routes(entity: type[Entity], beside: Mapping[str, str]) -> APIRouter:
    """The routes of one entity's collection; `beside` are the addresses below a record that its links name."""
    router = APIRouter(tags=[entity.collection.title.en])
    path = f"/v1/{entity.collection.slug}"

    async def page(request: Request) -> Response:
        form = wanted(request.scope, TABULAR)
        if form is not JSON:  # no other format has a place for what a page tells beside its records
            return await collection_file(request, entity, form)
        asked = read_page_request(entity, request.query_params.multi_items())
        found = await snapshot(request, lambda connection: read_page(connection, asked))
        return answer(
            request,
            json.array(_record(asked, each) for each in found.records),
            _page_links(request, path, asked, found),
            form.media_type,
            meta={"total": found.total, "limit": asked.limit},
            **({"facets": {name: _facet(values) for name, values in found.facets.items()}} if found.facets else {}),
        )

    async def file(request: Request) -> Response:
        return await collection_file(request, entity, named_format(request, path))

    async def record(request: Request) -> Response:
        record_id = request.path_params["id"]
        asked = read_record_request(entity, request.query_params.multi_items())
        form = wanted(request.scope)
        found = await snapshot(request, lambda connection: read_record(connection, asked, record_id))
        here = f"{path}/{record_id}"
        links: Links = {
            "self": own_address(request),
            "canonical": address(request, here, asked.query_string()),
            "collection": address(request, path),
            **{name: address(request, here + below) for name, below in beside.items()},
        }
        return answer(request, _record(asked, found), links, form.media_type)

    plural = entity.collection.slug.title().replace("-", "")
    router.add_api_route(path, page, name=f"list{plural}", **openapi.page(entity))
    router.add_api_route(f"{path}.{{extension}}", file, name=f"download{plural}", **openapi.file(entity))
    aggregates.add_routes(router, entity)  # before the records, one of which would else be sought under that name
    router.add_api_route(f"{path}/{{id}}", record, name=f"get{entity.__name__}", **openapi.record(entity))
    return router


def _record(asked: RecordRequest, found: Found) -> str:
    return json.record(found.record, asked.fields, found.included)


def _facet(values: list[FacetValue]) -> list[dict[str, object]]:
    return [
        {
            "value": value.value,
            "label_zh": value.label.zh if value.label else None,
            "label_en": value.label.en if value.label else None,
            "count": value.count,
        }
        for value in values
    ]


def _page_links(request: Request, path: str, asked: PageRequest, found: Page) -> Links:
    """Where this page stands, and its neighbours: by offset for who came by offset, by cursor for everyone else."""
    if asked.offset is not None:
        onward, here = asked.offset + asked.limit, min(asked.offset, found.total)
        back, before = max(here - asked.limit, 0), min(here, asked.limit)
        shorter = {"limit": before} if before < asked.limit else {}  # the first page ends where this one begins
        forward = asked.query_string(offset=onward) if onward < found.total and asked.limit else None
        backward = asked.query_string(offset=back, **shorter) if before else None
        canonical = asked.query_string(offset=asked.offset)
    else:
        forward = asked.query_string(cursor=found.next.encode(asked.order)) if found.next else None
        backward = asked.query_string(cursor=found.prev.encode(asked.order)) if found.prev else None
        canonical = asked.query_string(cursor=asked.cursor and asked.cursor.encode(asked.order))
    return {
        "self": own_address(request),
        "next": None if forward is None else address(request, path, forward),
        "prev": None if backward is None else address(request, path, backward),
        "canonical": address(request, path, canonical),
    }
