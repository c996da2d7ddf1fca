"""`/v1/{collection}/aggregate`: records in groups, counted, added up and compared, in every format."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api import openapi
from app.api.answers import TABULAR, Links, address, given, own_address, wanted
from app.api.files import named_format, table_file
from app.entity import Entity, Table
from app.formats import JSON, Format
from app.read.aggregate import read_aggregate
from app.request.aggregate import read_aggregate_request


def add_routes(router: APIRouter, entity: type[Entity]) -> None:
    """Add the routes of one entity's aggregate: its address, and with an extension for each format."""
    collection = f"/v1/{entity.collection.slug}"
    path = f"{collection}/aggregate"

    async def aggregate(request: Request) -> Response:
        form = wanted(request.scope, TABULAR)
        return await answered(request, form, shown=form is JSON)

    async def file(request: Request) -> Response:
        return await answered(request, named_format(request, path))

    async def answered(request: Request, form: Format, *, shown: bool = False) -> Response:
        asked = read_aggregate_request(entity, given(request), form)
        links: Links = {
            "self": own_address(request),
            "canonical": address(request, path if form is JSON else f"{path}.{form.name}", asked.query_string()),
            "collection": address(request, collection),
        }

        def read(connection: Connection) -> Table:
            return read_aggregate(connection, asked)

        # Grouping may take long: it is done where files are made, away from the loop that answers everyone.
        return await table_file(request, form, asked, read, links, shown=shown)

    plural = entity.collection.slug.title().replace("-", "")
    router.add_api_route(path, aggregate, name=f"aggregate{plural}", **openapi.aggregate(entity))
    router.add_api_route(
        f"{path}.{{extension}}", file, name=f"download{plural}Aggregate", **openapi.aggregate(entity, as_file=True)
    )
