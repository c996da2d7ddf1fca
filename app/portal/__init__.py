"""The site: each page shows one response of the API, in Chinese or English, and links to it."""

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.gateway.static_files import StaticFiles
from app.http.languages import LANGUAGES
from app.portal import charts, collection, docs, evidence, guides, home, record, search, vega
from app.portal.assets import FILES, VersionedFiles
from app.portal.page import page_router
from app.portal.problem import problem_page, wants_page

# The last two serve every collection. Their paths match all others too, so they come last.
ROUTERS = (
    home.router,
    docs.router,
    guides.router,
    charts.router,
    evidence.router,
    search.router,
    collection.router,
    record.router,
)

# The paths of all pages below `/zh` and `/en`.
PAGES = [route.path for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def add_pages(app: FastAPI) -> None:
    """Add the pages and their assets. `/` is the home page in the language that the browser prefers."""
    root = page_router()
    root.add_api_route("/", home.home)
    root.add_api_route("/static/vega.js", vega.vega)
    app.include_router(root, include_in_schema=False)
    app.mount("/static/guides", StaticFiles(directory=guides.FOLDER))
    app.mount("/static", VersionedFiles(directory=FILES))
    for language in LANGUAGES:
        for router in ROUTERS:
            app.include_router(router, prefix=f"/{language}", include_in_schema=False)


__all__ = ["PAGES", "add_pages", "problem_page", "wants_page"]
