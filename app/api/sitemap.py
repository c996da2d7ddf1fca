"""`/sitemap.xml`: every address that a crawler may want."""

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api.answers import LIVING, given, snapshot, tagged
from app.api.releases import shelf
from app.http.context import context
from app.models import COLLECTIONS
from app.releases.dataset import read_dataset
from app.request.parameters import NO_PARAMETERS, read_parameters
from app.standards import sitemap
from app.standards.dataset import Dataset

router = APIRouter(include_in_schema=False)


@router.get("/sitemap.xml")
async def read_sitemap(request: Request) -> Response:
    """The sitemap."""
    read_parameters(NO_PARAMETERS, given(request))
    base_url = context(request.scope).base_url

    def read(connection: Connection) -> tuple[Dataset, dict[str, list[str]]]:
        dataset = read_dataset(connection, shelf(request), base_url)
        return dataset, _ids(connection) if sum(dataset.release["counts"].values()) <= sitemap.MAX_URLS else {}

    dataset, ids = await snapshot(request, read)
    return tagged(request, Response(sitemap.sitemap(dataset, ids), media_type="application/xml"), LIVING)


def _ids(connection: Connection) -> dict[str, list[str]]:
    """The ids of all records, by collection."""
    tables = {slug: entity.table().c for slug, entity in COLLECTIONS.items()}
    return {slug: list(connection.scalars(sa.select(table.id).order_by(table.id))) for slug, table in tables.items()}
