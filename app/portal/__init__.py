"""HTML pages. For now one: what this is, and where to look."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.staticfiles import StaticFiles

from app.formats.json import encode
from app.http.context import context
from app.http.headers import PAGE_POLICY
from app.models import COLLECTIONS
from app.query.served import Served
from app.releases.dataset import read_dataset
from app.releases.shelf import Shelf
from app.standards.schema_org import schema_org
from app.standards.signposting import landing, link_header, whole

if TYPE_CHECKING:
    from fastapi.templating import Jinja2Templates

HERE = Path(__file__).parent

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """What this is, the collections with their counts, and how to call the API."""
    about = context(request.scope)
    served: Served = request.app.state.served
    shelf: Shelf = request.app.state.shelf
    about.state, dataset = await served.read(lambda found: read_dataset(found, shelf, about.base_url))
    page: dict[str, Any] = {
        "catalog": dataset.catalog,
        "release": dataset.release,
        "schema": Markup(encode(schema_org(dataset)).decode().replace("<", "\\u003c")),  # noqa: S704 # no end tag in it
        "collections": [entity.collection for entity in COLLECTIONS.values()],
        "base": about.base_url,
    }
    headers = {
        "Content-Security-Policy": PAGE_POLICY,
        "Link": link_header(landing(dataset, whole(dataset), page=True)),
    }
    return _templates().TemplateResponse(request, "home.html", page, headers=headers)


@cache
def _templates() -> "Jinja2Templates":
    from fastapi.templating import Jinja2Templates  # most servers are asked for data long before a page

    return Jinja2Templates(directory=HERE / "templates")


def add_pages(app: FastAPI) -> None:
    """Add the pages and what they look like."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
