"""The routes of the API. Endpoints share `dependencies`, `envelope`, `paging` and `files`; `openapi` documents them."""

from fastapi import APIRouter, FastAPI

from app.api import (
    charts,
    citation,
    collections,
    docs,
    documents,
    evidence,
    feeds,
    health,
    index,
    metadata,
    releases,
    search,
    suggestions,
)
from app.api import sitemap as sitemap_routes
from app.models import COLLECTIONS, Figure


def add_routes(app: FastAPI) -> None:
    """Add every route of the API. Routes are tried in order, so those of most requests come first, without a router."""
    files = APIRouter()
    for entity in sorted(COLLECTIONS.values(), key=lambda entity: entity is not Figure):
        collections.add_collection(app.router, files, entity, evidence.SUBRESOURCES.get(entity, {}))
    for router in (search.router, evidence.router, index.router, releases.single_form_router, releases.router):
        app.include_router(router)
    # Before the files of collections, whose pattern matches `/v1/figures.csv-metadata.json` and `….atom` too.
    app.include_router(documents.document_router(metadata.DOCUMENTS))
    app.include_router(feeds.router)
    app.include_router(files)
    for router in (
        charts.router,
        suggestions.router,
        citation.router,
        sitemap_routes.router,
        health.router,
        docs.router,
    ):
        app.include_router(router)


__all__ = ["add_routes"]
