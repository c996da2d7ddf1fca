"""What pages of any kind tell beside their data: where they stand, their neighbours, and counts by value."""

from collections.abc import Iterable

from fastapi import Request

from app.api.answers import Links, address, own_address
from app.read.page import FacetValue, Page
from app.read.search import Hits
from app.request.records import PageRequest
from app.request.search import SearchRequest


def page_links(request: Request, path: str, asked: PageRequest | SearchRequest, found: Page | Hits) -> Links:
    """Where this page stands, and its neighbours: by offset for who came by offset, by cursor for everyone else."""
    if asked.offset is not None:
        onward, here = asked.offset + asked.limit, min(asked.offset, found.total)
        back, before = max(here - asked.limit, 0), min(here, asked.limit)
        shorter = {"limit": before} if before < asked.limit else {}  # the first page ends where this one begins
        forward = asked.query_string(offset=onward) if onward < found.total and asked.limit else None
        backward = asked.query_string(offset=back, **shorter) if before else None
        canonical = asked.query_string(offset=asked.offset)
    else:
        forward = asked.query_string(cursor=found.next.encode(asked.order)) if found.next else None
        backward = asked.query_string(cursor=found.prev.encode(asked.order)) if found.prev else None
        canonical = asked.query_string(cursor=asked.cursor and asked.cursor.encode(asked.order))
    return {
        "self": own_address(request),
        "next": None if forward is None else address(request, path, forward),
        "prev": None if backward is None else address(request, path, backward),
        "canonical": address(request, path, canonical),
    }


def facet(values: Iterable[FacetValue]) -> list[dict[str, object]]:
    """The values of a facet, as they are told."""
    return [
        {
            "value": value.value,
            "label_zh": value.label.zh if value.label else None,
            "label_en": value.label.en if value.label else None,
            "count": value.count,
        }
        for value in values
    ]
