"""`/sitemap.xml`: the addresses for crawlers."""

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api.dependencies import NO_QUERY, Snapshot
from app.api.documents import dataset_of
from app.api.envelope import with_content_etag
from app.gateway.route import ReleaseRoute
from app.models import COLLECTIONS
from app.standards import sitemap
from app.standards.dataset import Dataset

router = APIRouter(include_in_schema=False, route_class=ReleaseRoute)


@router.get("/sitemap.xml", dependencies=[NO_QUERY])
async def get_sitemap(request: Request, snapshot: Snapshot) -> Response:
    """Return the sitemap."""
    dataset, ids = await snapshot.read(_read, request)
    return with_content_etag(Response(sitemap.sitemap(dataset, ids), media_type="application/xml"))


def _read(connection: Connection, request: Request) -> tuple[Dataset, dict[str, list[str]]]:
    """Return the dataset and the ids of its records by collection; no ids if they exceed a sitemap."""
    dataset = dataset_of(connection, request)
    if sum(dataset.release["counts"].values()) > sitemap.MAX_URLS:
        return dataset, {}
    tables = {slug: entity.table().c for slug, entity in COLLECTIONS.items()}
    ids = {slug: list(connection.scalars(sa.select(table.id).order_by(table.id))) for slug, table in tables.items()}
    return dataset, ids
