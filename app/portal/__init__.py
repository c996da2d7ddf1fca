"""HTML pages. For now one: what this is, and where to look."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from starlette.staticfiles import StaticFiles

from app.http.context import context
from app.models import COLLECTIONS
from app.query.served import Served, read_catalog, read_release

HERE = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"

router = APIRouter(include_in_schema=False)
templates = Jinja2Templates(directory=HERE / "templates")


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """What this is, the collections with their counts, and how to call the API."""
    about = context(request.scope)
    served: Served = request.app.state.served
    about.state, (release, catalog) = await served.read(lambda found: (read_release(found), read_catalog(found)))
    page: dict[str, Any] = {
        "catalog": catalog,
        "release": release,
        "collections": [entity.collection for entity in COLLECTIONS.values()],
        "base": about.base_url,
    }
    return templates.TemplateResponse(request, "home.html", page, headers={"Content-Security-Policy": POLICY})


def add_pages(app: FastAPI) -> None:
    """Add the pages and what they look like."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
