"""Search in all collections, with the matching text of each hit."""

from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.http.redirects import redirect
from app.portal.page import Context, Page, RequestedPage, page_router, render_page
from app.portal.table import is_zero_limit, pagination
from app.read.search import read_hits
from app.read.suggestions import suggest
from app.request.controls import SEARCH
from app.request.search import read_search_request

PATH = "/search"
API_ONLY = ("format", "highlights")  # parameters that change no page

router = page_router()


@router.get(PATH)
async def search(page: RequestedPage) -> Response:
    """Show the hits of a search, or examples without a query. Redirects to the normalized query."""
    query = [
        (name, text.strip())
        for name, text in page.query
        if text.strip() and name not in API_ONLY and not is_zero_limit(name, text)
    ]
    if query != page.query:
        return redirect(page.url(PATH, query), 303)
    if SEARCH not in dict(query):
        return await render_page(page, "search", lambda _: {"query": "", "api": None})
    return await render_page(page, "search", lambda connection: read_search(connection, page))


def read_search(connection: Connection, page: Page) -> Context:
    """Read the hits, their number in each collection, and suggestions if there is none. Raises InvalidQuery."""
    request = read_search_request(page.query)
    hits = read_hits(connection, request)
    return {
        "query": request.parameters[SEARCH],
        "chosen": request.parameters.get("collection"),
        "total": hits.total,
        **pagination(page, request.offset or 0, request.limit, len(hits.hits), hits.total),
        "hits": hits.hits,
        "counts": hits.counts,
        "suggestions": [] if hits.total else suggest(connection, request.search),
        "others": [each for each in request.parameters.items() if each[0] != SEARCH],
        "api": page.api_url(PATH, page.query),
    }
