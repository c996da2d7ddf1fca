"""`/healthz`, `/readyz`, `/readyz/deep` and `/metrics`, for operators. Not cached."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app.db.write_guard import NOT_GUARDED, is_guarded
from app.errors import Unavailable
from app.migrate import readable_revision
from app.models import ENTITIES
from app.read.index import NOT_INDEXED

READYZ_TIMEOUT_S = 3.0
NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """Report that the process is alive; reads nothing."""
    return JSONResponse({"status": "alive"}, headers=NO_STORE)


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Report that the database answers, its schema can be read, and a release is loaded. Raises Unavailable."""
    return JSONResponse(await ready(request), headers=NO_STORE)


async def ready(request: Request) -> dict[str, str]:
    """Return the report of `/readyz`. Raises Unavailable."""
    reader = request.app.state.reader
    schema = await reader.database.read(readable_revision, READYZ_TIMEOUT_S)
    if not await reader.database.read(partial(is_guarded, entities=ENTITIES), READYZ_TIMEOUT_S):
        raise Unavailable(NOT_GUARDED)
    state = await reader.current(READYZ_TIMEOUT_S)
    if not await reader.is_searchable(READYZ_TIMEOUT_S):
        raise Unavailable(NOT_INDEXED)
    return {"status": "ready", "database": "reachable", "schema": schema, "release": state.release}


@router.get("/readyz/deep")
async def readyz_deep(request: Request) -> JSONResponse:
    """Report what `/readyz` does, and when all that is stored was last read and found undamaged. Raises Unavailable."""
    report = await ready(request)
    checked_at = await request.app.state.integrity_check.run(report["release"])
    return JSONResponse({**report, "checked_at": checked_at.isoformat(timespec="seconds")}, headers=NO_STORE)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Report what all workers have counted, for Prometheus."""
    from prometheus_client.exposition import CONTENT_TYPE_LATEST  # loaded on first use

    from app.api.metrics import SharedMeasures

    state = request.app.state
    text = SharedMeasures(request.app, state.metrics_folder).text(await state.reader.release())
    return Response(text, headers={**NO_STORE, "Content-Type": CONTENT_TYPE_LATEST})
