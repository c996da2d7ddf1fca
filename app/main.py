"""`create_app()`: wiring and nothing else."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from app import __version__
from app.api import HEALTH, add_routes
from app.api.answers import variant
from app.api.openapi import shared_parameters
from app.api.schemas import components
from app.errors import NotFound, ShanhaiError, Unavailable
from app.gateway.cache import ResponseCache
from app.gateway.gateway import Gateway
from app.gateway.shortcut import Shortcut
from app.http.addresses import base_url
from app.http.languages import SPOKEN, spoken
from app.http.problems import problem_response
from app.lru import LruCache
from app.models import COLLECTIONS
from app.nearest import suggest_nearest
from app.portal import add_pages, problem_page, wants_page
from app.read.dataset import DatasetReader
from app.releases.store import ReleaseStore
from app.settings import Settings

DOCUMENTS = 8_000_000  # bytes of metadata documents and charts that are kept: some of them take long to make

log = logging.getLogger("shanhai")


class Shanhai(FastAPI):
    """The application, with the gateway around all of it: middleware would stand behind a slower door."""

    gateway: Gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let HTTP requests through the gateway; the life of the process is FastAPI's own."""
        if scope["type"] == "http":
            scope["app"] = self
            await self.gateway(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def route(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the routes, as FastAPI does."""
        await super().__call__(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, with the schemas that the entities' declarations give."""
        if not self.openapi_schema:
            document = super().openapi()
            shared = document.setdefault("components", {})
            shared["parameters"] = shared_parameters()
            shared.setdefault("schemas", {}).update(components())
            self.openapi_schema = document
        return self.openapi_schema


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application, reading the database that the settings name."""
    settings = settings or Settings()
    served = DatasetReader(settings.database, __version__, settings.contact)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        served.close()

    app = Shanhai(
        title="Shanhai Open Data",
        summary="The figures of China's East–West cooperation, each led back to the words it comes from.",
        description="东西部协作的数据，每个数值都可追溯到原词。\n\n`/v1` lists the collections and tells the release.",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # listFigures, not list_figures_v1_figures_get
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # asked for at every request, and used by nobody
    )
    app.state.served = served
    app.state.shelf = ReleaseStore(settings.releases)
    app.state.written = LruCache(DOCUMENTS, lambda key, body: len(repr(key)) + len(body))
    app.state.drawing = CapacityLimiter(1)
    routes = add_routes(app)
    add_pages(app)
    for error in (ShanhaiError, HTTPException, Exception):
        app.add_exception_handler(error, tell)
    app.gateway = Gateway(
        Shortcut(app.route, routes, tell),
        fresh=served.cached_release,
        current=served.release,
        base_url=partial(base_url, fixed=settings.base_url, trust_proxy=settings.trust_proxy),
        variant=told_apart,
        stateless=HEALTH,
        kept=ResponseCache(settings.cache_mb * 1_000_000, trust_proxy=settings.trust_proxy),
    )
    return app


def told_apart(scope: Scope) -> str:
    """What tells apart the answers of one address: the format, and where no language stands in it, the language."""
    return f"{variant(scope)} {spoken(scope)}" if scope["path"] in SPOKEN else variant(scope)


async def tell(request: Request, error: Exception) -> Response:
    """Any error as a problem document, or as a page where somebody looks at pages."""
    if isinstance(error, Unavailable):
        log.warning("%s: %s", error, error.inside)
    if isinstance(error, HTTPException):  # raised by routing and by static files, which know no domain
        path = request.url.path
        hint = suggest_nearest(path, [f"/v1/{slug}" for slug in COLLECTIONS], cutoff=0.8)
        error = NotFound(f"Nothing is at {path[:200]}.{hint} GET /v1 lists what there is.")
    if wants_page(request):
        return problem_page(request, error)
    return problem_response(request.scope, error)
