"""/v1: collections, documents and health. Handlers read like a sentence; what they share is `answers`."""

from fastapi import APIRouter, FastAPI

from app.api import citation, collections, evidence, health, index, package, reader, releases, search
from app.models import COLLECTIONS

HEALTH = {"/healthz", "/readyz"}  # asked when things are wrong: they wait for nothing that they do not tell of


def add_routes(app: FastAPI) -> None:
    """Add every route of the API: hot ones first."""
    routers: list[APIRouter] = [
        collections.routes(entity, evidence.LINKS.get(entity, {})) for entity in COLLECTIONS.values()
    ]
    documents = (search.router, evidence.router, citation.router, index.router, package.router, releases.router)
    for router in (*routers, *documents, health.router, reader.router):
        app.include_router(router)
    reader.mount_files(app)


__all__ = ["HEALTH", "add_routes"]
