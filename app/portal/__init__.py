"""The site: every page is one answer of the API, shown to people in their language; each tells which answer it is."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from app.gateway.route import ReleaseRoute
from app.http.languages import LANGUAGES
from app.portal import charts, docs, evidence, home, search, vega
from app.portal.assets import FILES, Versioned
from app.portal.collection import collection
from app.portal.page import asked
from app.portal.problem import problem_page, wants_page
from app.portal.record import record

# Below `/zh` and `/en`; the more particular first.
PAGES: dict[str, Callable[[Request], Awaitable[Response]]] = {
    "": home.home,
    "/data": docs.data,
    "/charts": charts.charts,
    "/charts/{id}": charts.chart,
    "/evidence": evidence.evidence,
    "/search": search.search,
    "/docs": docs.start,
    "/docs/queries": docs.queries,
    "/docs/dictionary": docs.fields,
    "/docs/conformance": docs.standards,
    "/releases": docs.releases,
    "/sources/{id}/evidence": evidence.source_map,
    "/{collection}": collection,
    "/{collection}/{id}": record,
}


async def _without_slash(request: Request) -> Response:
    page = asked(request)
    return RedirectResponse(page.at(page.path.rstrip("/"), page.given), 308)


def add_pages(app: FastAPI) -> None:
    """Add the pages and what they look like."""
    router = APIRouter(include_in_schema=False, route_class=ReleaseRoute)
    router.add_api_route("/", home.root)
    router.add_api_route("/static/vega.js", vega.vega)
    for language in LANGUAGES:
        for path, answer in PAGES.items():
            router.add_api_route(f"/{language}{path}", answer)
        router.add_api_route(f"/{language}/{{rest:path}}/", _without_slash)
        router.add_api_route(f"/{language}/", _without_slash)
    app.include_router(router)
    app.mount("/static", Versioned(directory=FILES))


__all__ = ["add_pages", "problem_page", "wants_page"]
