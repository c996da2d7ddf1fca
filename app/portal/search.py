"""Search in all collections, with the matching text of each hit."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.engine import Connection

from app.models import COLLECTIONS
from app.portal.language import tag_of
from app.portal.page import Context, Page, RequestedPage, render_page
from app.portal.table import pagination
from app.read.search import Found, read_hits
from app.read.suggestions import suggest
from app.request.controls import SEARCH
from app.request.search import read_search_request

PATH = "/search"
API_ONLY = (("limit", "0"), ("format", "json"), ("highlights", "true"))  # parameters that change no page

router = APIRouter()


@router.get(PATH)
async def search(page: RequestedPage) -> Response:
    """Show the hits of a search, or examples without a query. Redirects to the normalized query."""
    query = [(name, text.strip()) for name, text in page.query if text.strip() and (name, text) not in API_ONLY]
    if query != page.query:
        return RedirectResponse(page.url(PATH, query), 303)
    if SEARCH not in dict(query):
        return await render_page(page, "search", lambda _: {"query": "", "api": None})
    return await render_page(page, "search", lambda connection: read_search(connection, page))


def read_search(connection: Connection, page: Page) -> Context:
    """Read the hits, their number in each collection, and suggestions if there is none. Raises InvalidQuery."""
    request = read_search_request(page.query)
    hits = read_hits(connection, request)
    query, chosen = request.given[SEARCH], dict(page.query).get("collection")
    return {
        "query": query,
        "total": hits.total,
        **pagination(page, request.offset or 0, request.limit, len(hits.found), hits.total),
        "hits": [_hit(page, hit) for hit in hits.found],
        "counts": [
            (
                page.language.localize(COLLECTIONS[slug].collection.title),
                count,
                slug == chosen,
                page.url(PATH, [(SEARCH, query), ("collection", slug)]),
            )
            for slug, count in hits.counts.items()
        ],
        "everywhere": page.url(PATH, [(SEARCH, query)]) if chosen else None,
        "suggestions": [
            (each.q, tag_of(each.q), each.total, page.url(PATH, {**request.given, SEARCH: each.q}.items()))
            for each in ([] if hits.total else suggest(connection, request.search))
        ],
        "api": page.api_url(PATH, page.query),
    }


def _hit(page: Page, found: Found) -> Context:
    column = found.entity.columns().get(found.hit.field)
    text, start, end = found.hit.text, found.hit.start, found.hit.end
    return {
        "name": page.language.say(found.name_zh, found.name_en),
        "other_name": page.language.say(found.name_en, found.name_zh),
        "collection": page.language.localize(found.entity.collection.title),
        "url": page.url(f"/{found.entity.collection.slug}/{found.id}"),
        "field": page.language.localize(column.declared.title) if column else found.hit.field,
        "before": text[:start],
        "match": text[start:end],
        "after": text[end:],
        "language": tag_of(text),
    }
