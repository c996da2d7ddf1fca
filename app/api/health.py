"""`/healthz`, `/readyz` and `/metrics`: for whoever keeps the service running. Their answers are not for keeping."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app.api.answers import served
from app.db.write_guard import is_guarded
from app.errors import Unavailable
from app.gateway.cache import ResponseCache
from app.migrate import newest, revision, wrong_schema
from app.models import ENTITIES
from app.read.index import NOT_INDEXED

router = APIRouter(include_in_schema=False)
PATIENCE = 3.0  # seconds; whoever asks for health gives up soon
NO_STORE = {"Cache-Control": "no-store"}


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """The process is alive; it asks nobody else."""
    return JSONResponse({"status": "alive"}, headers=NO_STORE)


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """The database is reachable, its schema current, a release loaded, and indexed. Raises Unavailable."""
    found = await served(request).database.read(revision, PATIENCE)
    if found != newest():
        raise Unavailable(wrong_schema(found))
    if not await served(request).database.read(lambda connection: is_guarded(connection, ENTITIES), PATIENCE):
        raise Unavailable("The database does not guard its records against changes. Run `shanhai migrate`.")
    state = await served(request).current(PATIENCE)
    if not await served(request).searchable(PATIENCE):
        raise Unavailable(NOT_INDEXED)
    ready = {"status": "ready", "database": "reachable", "schema": found, "release": state.release}
    return JSONResponse(ready, headers=NO_STORE)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """What this worker told clients, for Prometheus."""
    from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest  # needed only where somebody watches

    from app.api.metrics import registry

    kept: ResponseCache = request.app.gateway.kept
    return Response(
        generate_latest(registry(kept, await served(request).state())),
        headers={**NO_STORE, "Content-Type": CONTENT_TYPE_LATEST},
    )
