"""The collections: pages, records, files and aggregates. Every route of every entity is generated here."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from app.api import openapi
from app.api.dependencies import ChosenFormat, FileFormat, Snapshot, format_of
from app.api.envelope import JsonRoute, Links, TabularRoute, envelope, own_url, record_signposts, url_of
from app.api.files import collection_file, table_response
from app.api.paging import facet, page_links
from app.entity import Entity
from app.formats import JSON
from app.http.context import context_of
from app.read.aggregate import read_aggregate
from app.read.page import read_page, read_record
from app.request.aggregate import AggregateRequest, read_aggregate_request
from app.request.records import (
    FileRequest,
    PageRequest,
    RecordRequest,
    read_file_request,
    read_page_request,
    read_record_request,
)
from app.standards.signposting import Signpost


def add_collection(records: APIRouter, files: APIRouter, entity: type[Entity], subresources: Mapping[str, str]) -> None:
    """Add the routes of an entity's collection: its records and aggregates to one router, its files to another.

    `subresources` are the paths below a record that its links name.
    """
    tag, path = entity.collection.title.en, f"/v1/{entity.collection.slug}"
    plural = entity.collection.slug.title().replace("-", "")
    RecordId = Annotated[str, Path(alias="id", **openapi.record_id(entity))]  # noqa: N806 - a type
    PageOrFile = Annotated[PageRequest | FileRequest, Depends(_page_or_file_request(entity))]  # noqa: N806
    File = Annotated[FileRequest, Depends(_file_request(entity))]  # noqa: N806
    Record = Annotated[RecordRequest, Depends(_record_request(entity))]  # noqa: N806
    Aggregate = Annotated[AggregateRequest, Depends(_aggregate_request(entity))]  # noqa: N806

    async def list_records(request: Request, query: PageOrFile, snapshot: Snapshot) -> Response:
        """Return a page as JSON; in any other format, which has no place for links, all matching records."""
        if isinstance(query, FileRequest):
            return await collection_file(request, query)
        page = await snapshot.read(read_page, query)
        facets = {name: facet(values) for name, values in page.facets.items()}
        return envelope(
            request,
            page.records,
            page_links(request, path, query, page),
            record_signposts(request),
            meta={"total": page.total, "limit": query.limit},
            **({"facets": facets} if facets else {}),
        )

    async def download_records(request: Request, query: File, _: FileFormat) -> Response:
        """Return all matching records in the format that the extension names."""
        return await collection_file(request, query)

    async def aggregate_records(request: Request, query: Aggregate, form: ChosenFormat) -> Response:
        """Return groups of records with their measures, in any format."""
        is_download = "extension" in request.path_params
        canonical = f"{path}/aggregate" if form is JSON else f"{path}/aggregate.{form.name}"
        links: Links = {
            "self": own_url(request),
            "canonical": url_of(request, canonical, query.query_string()),
            "collection": url_of(request, path),
        }
        # Grouping may take long, so the export threads do it.
        return await table_response(
            request,
            form,
            query,
            lambda connection: read_aggregate(connection, query),
            links,
            is_download=is_download or form is not JSON,
        )

    async def download_aggregate(request: Request, query: Aggregate, form: FileFormat) -> Response:
        """Return the aggregate in the format that the extension names."""
        return await aggregate_records(request, query, form)

    async def get_record(request: Request, record_id: RecordId, query: Record, snapshot: Snapshot) -> Response:
        """Return one record."""
        record = await snapshot.read(read_record, query, record_id)
        links: Links = {
            "self": own_url(request),
            "canonical": url_of(request, f"{path}/{record_id}", query.query_string()),
            "collection": url_of(request, path),
            **{name: url_of(request, f"{path}/{record_id}{below}") for name, below in subresources.items()},
        }
        cited = Signpost(url_of(request, f"{path}/{record_id}"), "cite-as")
        return envelope(request, record, links, [cited, *record_signposts(request)])

    def add(router: APIRouter, path: str, endpoint: Callable[..., Any], name: str, **documented: Any) -> None:
        route_class = JsonRoute if endpoint is get_record else TabularRoute
        router.add_api_route(path, endpoint, name=name, tags=[tag], route_class_override=route_class, **documented)

    undocumented = {"include_in_schema": False}  # the document has an operation for each format instead
    add(records, path, list_records, f"list{plural}", **openapi.page(entity))
    aggregate = undocumented if entity.briefly_documented else openapi.aggregate(entity)
    add(records, f"{path}/aggregate", aggregate_records, f"aggregate{plural}", **aggregate)
    add(records, f"{path}/aggregate.{{extension}}", download_aggregate, f"download{plural}Aggregate", **undocumented)
    # For those who expect the extension that files have; links and OpenAPI name the address without it.
    add(records, f"{path}/{{id}}.{{extension}}", get_record, f"get{entity.__name__}File", include_in_schema=False)
    add(records, f"{path}/{{id}}", get_record, f"get{entity.__name__}", **openapi.record(entity))
    add(files, f"{path}.{{extension}}", download_records, f"download{plural}", **undocumented)


def _page_or_file_request(entity: type[Entity]) -> Callable[..., Awaitable[PageRequest | FileRequest]]:
    async def read_query(request: Request) -> PageRequest | FileRequest:
        context = context_of(request.scope)
        form = format_of(context)
        if form is JSON:
            return read_page_request(entity, context.parameters)
        return read_file_request(entity, context.parameters, form)

    return read_query


def _file_request(entity: type[Entity]) -> Callable[..., Awaitable[FileRequest]]:
    async def read_query(request: Request, form: ChosenFormat) -> FileRequest:
        return read_file_request(entity, context_of(request.scope).parameters, form)

    return read_query


def _record_request(entity: type[Entity]) -> Callable[..., Awaitable[RecordRequest]]:
    async def read_query(request: Request) -> RecordRequest:
        return read_record_request(entity, context_of(request.scope).parameters)

    return read_query


def _aggregate_request(entity: type[Entity]) -> Callable[..., Awaitable[AggregateRequest]]:
    async def read_query(request: Request, form: ChosenFormat) -> AggregateRequest:
        return read_aggregate_request(entity, context_of(request.scope).parameters, form)

    return read_query
