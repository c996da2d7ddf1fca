"""/v1: collections, documents and health. Handlers read like a sentence; what they share is `answers`."""

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from app.api import (
    charts,
    citation,
    collections,
    docs,
    documents,
    evidence,
    health,
    index,
    metadata,
    releases,
    search,
    sitemap,
)
from app.models import COLLECTIONS

# Asked when things are wrong: they wait for nothing that they do not tell of.
HEALTH = {"/healthz", "/readyz", "/metrics"}


def add_routes(app: FastAPI) -> list[APIRoute]:
    """Add every route of the API, hot ones first, and return them."""
    routers: list[APIRouter] = [
        collections.routes(entity, evidence.LINKS.get(entity, {})) for entity in COLLECTIONS.values()
    ]
    described = documents.routes(metadata.DOCUMENTS)
    routers.insert(0, described)  # before the collections' files, one of which would else be sought under that name
    routers += [search.router, evidence.router, charts.router, citation.router, index.router, releases.router]
    routers += [sitemap.router, health.router, docs.router]
    for router in routers:
        app.include_router(router)
    docs.mount_files(app)
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


__all__ = ["HEALTH", "add_routes"]
