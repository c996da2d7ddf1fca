"""`/v1/openapi.json`, and `/docs`: Swagger UI, whose files come from a package, so that it works offline."""

from pathlib import Path

import fastapi_offline
from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from app.api.dependencies import NO_QUERY, Context
from app.contact import email
from app.formats import JSON
from app.formats.json import encode
from app.gateway.route import ReleaseRoute
from app.gateway.static_files import StaticFiles
from app.http.headers import html_headers

HERE = Path(__file__).parent
SWAGGER_UI = Path(fastapi_offline.__file__).parent / "static"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False, route_class=ReleaseRoute)


@router.get("/v1/openapi.json", dependencies=[NO_QUERY])
async def openapi(request: Request) -> Response:
    """Return the OpenAPI document, with the publisher's contact if there is one."""
    document = await to_thread.run_sync(request.app.openapi)  # the first call takes a second
    if contact := request.app.state.reader.contact:
        entry = {"email": address} if (address := email(contact)) else {"url": contact}
        document = {**document, "info": {**document["info"], "contact": entry}}
    return Response(await to_thread.run_sync(encode, document), media_type=JSON.media_type)


@router.get("/docs")
async def docs(context: Context) -> HTMLResponse:
    """Return the page of the reader."""
    return HTMLResponse((HERE / "reader.html").read_text("utf-8"), headers=html_headers(context.base_url, POLICY))


def mount_files(app: FastAPI) -> None:
    """Serve the scripts and styles of the reader: the package's and ours."""
    app.mount("/docs/reader", StaticFiles(directory=SWAGGER_UI))
    app.mount("/docs/own", StaticFiles(directory=HERE / "static"))
