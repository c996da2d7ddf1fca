"""The links and facets of a page."""

from collections.abc import Iterable

from fastapi import Request

from app.api.envelope import Links, own_url, url_of
from app.read.page import FacetValue, Page
from app.read.search import Hits
from app.request.records import PageRequest
from app.request.search import SearchRequest


def page_links(request: Request, path: str, query: PageRequest | SearchRequest, page: Page | Hits) -> Links:
    """Return the links to this page and its neighbours: by offset if the request has one, else by cursor."""
    if query.offset is not None:
        following, position = query.offset + query.limit, min(query.offset, page.total)
        previous, size = max(position - query.limit, 0), min(position, query.limit)
        shorter = {"limit": size} if size < query.limit else {}  # the first page ends where this one begins
        forward = query.query_string(offset=following) if following < page.total and query.limit else None
        backward = query.query_string(offset=previous, **shorter) if size else None
        canonical = query.query_string(offset=query.offset)
    else:
        forward = query.query_string(cursor=page.next.encode(query.order)) if page.next else None
        backward = query.query_string(cursor=page.prev.encode(query.order)) if page.prev else None
        canonical = query.query_string(cursor=query.cursor and query.cursor.encode(query.order))
    return {
        "self": own_url(request),
        "next": None if forward is None else url_of(request, path, forward),
        "prev": None if backward is None else url_of(request, path, backward),
        "canonical": url_of(request, path, canonical),
    }


def facet(values: Iterable[FacetValue]) -> list[dict[str, object]]:
    """Return the values of a facet as JSON has them."""
    return [
        {
            "value": value.value,
            "label_zh": value.label.zh if value.label else None,
            "label_en": value.label.en if value.label else None,
            "count": value.count,
        }
        for value in values
    ]
