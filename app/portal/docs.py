"""Documentation: getting started, the query guide, the data dictionary, conformance, downloads and releases."""

from collections import defaultdict

from fastapi.responses import HTMLResponse
from sqlalchemy.engine import Connection

from app.models import COLLECTIONS
from app.portal.page import Context, RequestedPage, page_router, render_page
from app.portal.samples import cards
from app.read.dataset import PublishedRelease, read_history
from app.releases.diff import compare
from app.releases.store import ReleaseStore
from app.request.controls import DEFAULT_LIMIT, MAX_LIMIT
from app.request.operators import OPERATORS
from app.request.relations import relations
from app.standards.conformance import Status, conformance
from app.standards.dictionary import dictionary

MAX_CHANGES = 50  # of each kind that a release shows

router = page_router()


@router.get("/data")
async def data(page: RequestedPage) -> HTMLResponse:
    """Show the collections and the files of the whole dataset."""

    def read(connection: Connection) -> Context:
        files = [file for file in page.read_dataset(connection).files if file.entity is None]
        return {"files": files, "api": page.api_url("")}

    return await render_page(page, "data", read)


@router.get("/docs")
async def start(page: RequestedPage) -> HTMLResponse:
    """Show how to get started."""
    call = page.api_url("/figures", [("unit", "CNY"), ("per__isnull", "true"), ("sort", "-value"), ("limit", "3")])
    cards_call = page.api_url("/figures", [("include", "subject"), ("sort", "paragraph,start"), ("limit", "6")])
    context = {
        "call": call,
        "cards": cards(cards_call, page.language),
        "table_call": page.api_url("/figures.csv"),
        "api": page.api_url(""),
    }
    return await render_page(page, "start", lambda _: context)


@router.get("/docs/queries")
async def queries(page: RequestedPage) -> HTMLResponse:
    """Show the query guide."""
    limits = {"usual": DEFAULT_LIMIT, "most": MAX_LIMIT}
    context = {"operators": OPERATORS, **limits, "api": page.api_url("/openapi.json")}
    return await render_page(page, "queries", lambda _: context)


@router.get("/docs/dictionary")
async def fields(page: RequestedPage) -> HTMLResponse:
    """Show the data dictionary."""
    api = page.api_url("/dictionary")

    def read(connection: Connection) -> Context:
        document = dictionary(page.read_dataset(connection))
        index = defaultdict(list)
        for collection in document["collections"]:
            for field in collection["fields"]:
                index[field["name"]].append(collection)
        included = {slug: relations(entity).values() for slug, entity in COLLECTIONS.items()}
        return {**document, "index": sorted(index.items()), "included": included, "api": api}

    return await render_page(page, "dictionary", read)


@router.get("/docs/conformance")
async def standards(page: RequestedPage) -> HTMLResponse:
    """Show how far best practices are met."""
    context = {"statuses": list(Status), "api": f"{page.base_url}/conformance"}
    return await render_page(
        page, "conformance", lambda connection: {**conformance(page.read_dataset(connection)), **context}
    )


@router.get("/releases")
async def releases(page: RequestedPage) -> HTMLResponse:
    """Show every release with its files and changes."""

    def read(connection: Connection) -> Context:
        history = [_release(page.release_store, each) for each in read_history(connection)]
        return {"history": history, "most": MAX_CHANGES, "api": page.api_url("/releases")}

    return await render_page(page, "releases", read)


def _release(store: ReleaseStore, release: PublishedRelease) -> Context:
    """Return a release with its files, and its changes if the files of the release before are available too."""
    frozen = store.find(release["id"])
    before = store.find(release["previous_id"]) if release["previous_id"] else None
    return {
        **release,
        "files": list(frozen.edition.files) if frozen else [],
        "diff": compare(before, frozen) if before and frozen else None,
    }
