"""`/docs`: a reader of the OpenAPI document that asks nobody else; its files come from a package."""

from pathlib import Path

import fastapi_offline
from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from app.api.answers import given, served
from app.contact import email
from app.formats import JSON
from app.formats.json import encode
from app.request.parameters import NO_PARAMETERS, read_parameters

router = APIRouter(include_in_schema=False)
HERE = Path(__file__).parent
PACKAGE = Path(fastapi_offline.__file__).parent / "static"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
)


@router.get("/v1/openapi.json")
async def openapi(request: Request) -> Response:
    """The OpenAPI document."""
    read_parameters(NO_PARAMETERS, given(request))
    document = await to_thread.run_sync(request.app.openapi)  # the first call takes a second
    if contact := served(request).contact:
        way = {"email": address} if (address := email(contact)) else {"url": contact}
        document = {**document, "info": {**document["info"], "contact": way}}
    return Response(await to_thread.run_sync(encode, document), media_type=JSON.media_type)


@router.get("/docs")
async def docs() -> HTMLResponse:
    """The reader's page."""
    return HTMLResponse((HERE / "reader.html").read_text("utf-8"), headers={"Content-Security-Policy": POLICY})


def mount_files(app: FastAPI) -> None:
    """Serve the reader's script and style: the package's, and the line of our own that starts it."""
    app.mount("/docs/reader", StaticFiles(directory=PACKAGE))
    app.mount("/docs/own", StaticFiles(directory=HERE / "static"))
