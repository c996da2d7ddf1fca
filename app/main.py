"""`create_app()`: wiring and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from cachetools import LRUCache
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from app import __version__
from app.api import add_routes
from app.api.openapi.document import ABOUT, SUMMARY, TITLE, openapi_document
from app.charts.pictures import Pictures
from app.errors import HeadTooLarge, NotFound, ShanhaiError
from app.gateway.access_log import AccessLog
from app.gateway.cache import ResponseCache
from app.gateway.gateway import Gateway
from app.gateway.monitor import RequestMonitor
from app.gateway.rate_limit import RateLimiter
from app.http.addresses import base_url, client_of
from app.http.export_places import ExportPlaces
from app.http.problems import problem_response
from app.http.refusal_log import RefusalLog
from app.mcp.endpoint import add_mcp
from app.models import COLLECTIONS
from app.nearest import quote_chinese, suggest_nearest
from app.portal import add_pages, problem_page, wants_page
from app.read.dataset import DatasetReader
from app.read.integrity import IntegrityCheck
from app.releases.store import ReleaseStore
from app.sentence import Sentence
from app.settings import Settings

DOCUMENT_CACHE_BYTES = 8_000_000  # of metadata documents and charts, some of which take seconds to make


def create_app(
    settings: Settings | None = None, access_log: AccessLog | None = None, metrics_folder: Path | None = None
) -> Gateway:
    """Return the application, with the gateway around it: as middleware it would run behind routing's own stack.

    Workers share what they count in the folder; a single one needs none.
    """
    settings = settings or Settings()
    monitor = RequestMonitor(access_log, trust_proxy=settings.trust_proxy)
    traced = settings.opentelemetry
    reader = DatasetReader(settings.database, __version__, settings.contact, settings.page_timeout_s, settings.standbys)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, RequestMonitor]]:
        sharing = asyncio.create_task(_share_metrics(app, metrics_folder)) if metrics_folder else None
        yield {"monitor": monitor}  # for connections, which refuse some requests themselves
        if sharing:
            sharing.cancel()
            with suppress(asyncio.CancelledError):
                await sharing
        reader.close()
        monitor.flush()

    app = FastAPI(
        title=TITLE.en,
        summary=SUMMARY.en,
        description=ABOUT.en,
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # listFigures, not list_figures_v1_figures_get
        lifespan=lifespan,
        # Without it, it would still cost time in every request.
        telemetry={"tracing": traced, "metrics": traced, "logs": traced, "auto_configure": traced},
        exception_handlers=dict.fromkeys((ShanhaiError, HTTPException, Exception), handle_error),
    )
    app.openapi = partial(openapi_document, app)  # type: ignore[method-assign] # as FastAPI documents it
    app.state.reader = reader
    app.state.metrics_folder = metrics_folder
    app.state.load_failed = settings.load_failed
    app.state.integrity_check = IntegrityCheck(reader)
    app.state.release_store = ReleaseStore(settings.releases)
    app.state.has_public_url = bool(settings.base_url)
    app.state.documents = LRUCache(DOCUMENT_CACHE_BYTES, len)
    app.state.pictures = Pictures(app.state.documents)
    app.state.export_places = ExportPlaces()
    log = app.state.refusal_log = RefusalLog()
    app.state.export_timeout_s = settings.export_timeout_s
    client = app.state.client_of = partial(client_of, trust_proxy=settings.trust_proxy)
    rate_limiter = (
        RateLimiter(settings.rate_limit, settings.rate_limit_storage, client, log) if settings.rate_limit else None
    )
    add_routes(app)
    add_mcp(app)
    add_pages(app)
    gateway = app.state.gateway = Gateway(
        app,
        releases=reader,
        base_url=partial(
            base_url,
            fixed=settings.base_url,
            trust_proxy=settings.trust_proxy,
            allowed_hosts=settings.allowed_hosts,
        ),
        handle_error=handle_error,
        cache=ResponseCache(settings.cache_mb * 1_000_000, trust_proxy=settings.trust_proxy),
        max_parameters=settings.max_parameters,
        monitor=monitor,
        rate_limiter=rate_limiter,
    )
    return gateway


async def _share_metrics(app: FastAPI, folder: Path) -> None:
    from app.api.metrics import SharedMeasures  # which takes time to import

    await SharedMeasures(app, folder).keep_sharing()


async def handle_error(request: Request, error: Exception) -> Response:
    """Return an error as a problem document, or as a page if the client looks at pages."""
    if isinstance(error, ShanhaiError):
        request.app.state.refusal_log.refused(error)
    if isinstance(error, HTTPException):  # raised by routing and by static files
        path = request.url.path
        hint = suggest_nearest(path, [f"/v1/{slug}" for slug in COLLECTIONS], cutoff=0.8)
        nothing = Sentence(f"网址{quote_chinese(path[:200])}没有对应的内容。", f"There is nothing at {path[:200]!r}.")
        error = NotFound(nothing + hint + Sentence("", " GET /v1 lists what there is."))
    # A page would negotiate its language by fields that may be the ones too large.
    if not isinstance(error, HeadTooLarge) and wants_page(request):
        return problem_page(request, error)
    return problem_response(request.scope, error)
