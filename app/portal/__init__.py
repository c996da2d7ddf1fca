"""The site: each page shows one response of the API, in Chinese or English, and links to it."""

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from app.gateway.static_files import StaticFiles
from app.http.headers import REVALIDATE, VARY_BY_LANGUAGE
from app.http.languages import LANGUAGES
from app.http.redirects import redirect
from app.models import COLLECTIONS
from app.portal import (
    about,
    aliases,
    card,
    charts,
    collection,
    docs,
    evidence,
    frames,
    guides,
    home,
    oembed,
    reader,
    record,
    search,
    vega,
)
from app.portal.assets import FOLDERS, VEGA
from app.portal.page import Page, page_router
from app.portal.problem import problem_page, wants_page

# The last two serve every collection. Their paths match all others too, so they come last.
ROUTERS = (
    home.router,
    docs.router,
    guides.router,
    reader.router,
    about.router,
    charts.router,
    evidence.router,
    search.router,
    collection.router,
    record.router,
)

# The paths of all pages below `/zh` and `/en`.
PAGES = [route.path for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]

# The first steps of these paths: `data`, `docs`, `charts`, `figures` …
NAMES = list(dict.fromkeys([path.split("/")[1] for path in PAGES if path[1:2] not in {"", "{"}] + [*COLLECTIONS]))


def add_pages(app: FastAPI) -> None:
    """Add the pages and their assets. `/` is the home page in the language that the browser prefers."""
    root = page_router()
    root.add_api_route("/", home.home)
    root.add_api_route(f"/static/{VEGA}", vega.vega)
    app.include_router(root, include_in_schema=False)
    for path, folder in FOLDERS.items():
        app.mount(path, StaticFiles(folder))
    app.include_router(oembed.router, include_in_schema=False)
    app.include_router(aliases.router, include_in_schema=False)
    for language in LANGUAGES:
        for router in (card.router, frames.router, *ROUTERS):  # a card's path matches those of records
            app.include_router(router, prefix=f"/{language}", include_in_schema=False)
    app.state.page_names = NAMES
    app.add_api_route("/{path:path}", add_language, include_in_schema=False)  # what nothing else has answered


async def add_language(request: Request, path: str) -> Response:
    """Redirect from a page's address without its language, or with one in capitals. Raises HTTPException elsewhere."""
    first, page = path.partition("/")[0], Page(request)
    if first != first.lower() in LANGUAGES:
        lower = page.url(path.removeprefix(first), page.query, first.lower())
        return redirect(lower, 308, {"Cache-Control": REVALIDATE})
    if first in NAMES:
        negotiated = {"Cache-Control": REVALIDATE, "Vary": VARY_BY_LANGUAGE}
        return redirect(page.url(f"/{path}", page.query), 307, negotiated)
    raise HTTPException(404)


__all__ = ["PAGES", "add_pages", "problem_page", "wants_page"]
