"""Hits in all collections, with the place that was found."""

from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.engine import Connection

from app.http.addresses import Given
from app.models import COLLECTIONS
from app.portal.language import tag_of
from app.portal.page import Page, Told, asked, shown
from app.portal.table import turning
from app.read.search import SearchHit, read_hits
from app.read.suggestions import suggest
from app.request.controls import SEARCH
from app.request.search import read_search_request

PATH = "/search"
ANSWERING = (("limit", "0"), ("format", "json"), ("highlights", "true"))  # which change nothing that a page shows


async def search(request: Request) -> Response:
    """What a search finds; without a query, where to begin."""
    page = asked(request)
    plain = [(name, text.strip()) for name, text in page.given if text.strip() and (name, text) not in ANSWERING]
    if plain != page.given:
        return RedirectResponse(page.at(PATH, plain), 303)
    if SEARCH not in dict(plain):
        return await shown(page, "search", lambda _: {"query": "", "api": None})
    return await shown(page, "search", lambda connection: read_search(connection, page, plain))


def read_search(connection: Connection, page: Page, given: Given) -> Told:
    """What the page shows. Raises InvalidQuery."""
    asked_for = read_search_request(given)
    hits = read_hits(connection, asked_for)
    query = asked_for.parameters[SEARCH]
    chosen = dict(given).get("collection")
    return {
        "query": query,
        "total": hits.total,
        **turning(page, given, asked_for.offset or 0, asked_for.limit, len(hits.hits), hits.total),
        "hits": [_hit(page, found) for found in hits.hits],
        "counts": [
            (page.language.words(COLLECTIONS[slug].collection.title), count, slug == chosen,
             page.at(PATH, [(SEARCH, query), ("collection", slug)]), page.at(f"/{slug}", [(SEARCH, query)]))
            for slug, count in hits.counts.items()
        ],
        "everywhere": page.at(PATH, [(SEARCH, query)]) if chosen else None,
        "suggestions": [
            (each.q, tag_of(each.q), each.total, page.at(PATH, {**asked_for.parameters, SEARCH: each.q}.items()))
            for each in ([] if hits.total else suggest(connection, asked_for.search))
        ],
        "call": page.api(PATH, given),
        "api": page.api(PATH, given),
    }  # fmt: skip


def _hit(page: Page, found: SearchHit) -> dict[str, Any]:
    column = found.entity.columns().get(found.hit.field)
    text, start, end = found.hit.text, found.hit.start, found.hit.end
    return {
        "name": page.language.say(found.name_zh, found.name_en),
        "other": page.language.say(found.name_en, found.name_zh),
        "collection": page.language.words(found.entity.collection.title),
        "address": page.at(f"/{found.entity.collection.slug}/{found.id}"),
        "field": page.language.words(column.declared.title) if column else found.hit.field,
        "before": text[:start],
        "found": text[start:end],
        "after": text[end:],
        "language": tag_of(text),
    }
