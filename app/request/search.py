"""A request to search all collections, read and checked."""

from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated, Literal

import msgspec

from app.entity import SLUG
from app.errors import Fault, InvalidQuery
from app.formats import JSON
from app.http.addresses import Given, encoded
from app.models import COLLECTIONS
from app.request.conditions import Search
from app.request.controls import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    SEARCH,
    by_name,
    cursor_parameter,
    format_parameter,
    offset_parameter,
    search_parameter,
)
from app.request.cursor import Cursor
from app.request.parameters import (
    Parameter,
    Parameters,
    list_of,
    read_between,
    read_distinct,
    read_one_of,
    read_parameters,
    read_truth,
)
from app.request.records import PLACE, USUAL_LIMIT, Asked, read_position

MOST_OF_EACH = 20
_LEFT_OUT = {"cursor", "offset", "format"}  # of what an address goes on with
ID = Annotated[str, msgspec.Meta(pattern=f"^{SLUG}$")]  # as a cursor holds it


@dataclass(frozen=True)
class SearchRequest(Asked):
    """What is looked for, and which of the hits are asked for. `parameters` leaves out `cursor` and `offset`."""

    search: Search
    per_collection: int | None
    highlights: bool
    limit: int
    offset: int | None
    cursor: Cursor | None
    order: str


@cache
def search_parameters() -> Parameters:
    """Everything that the address of the search takes."""
    slugs = list(COLLECTIONS)
    collection = Parameter(
        "collection",
        "Only hits in these collections; a comma-separated list. The counts in `facets` are of all.",
        list_of(slugs),
        slugs[:2],
        partial(read_distinct, partial(read_one_of, slugs, "collection")),
    )
    per_collection = Parameter(
        "per_collection",
        f"At most so many hits of each collection, 1 to {MOST_OF_EACH}, the collections with the best hits first: for "
        "an overview, in place of `limit`, `offset` and `cursor`.",
        {"type": "integer", "minimum": 1, "maximum": MOST_OF_EACH},
        3,
        partial(read_between, 1, MOST_OF_EACH),
    )
    highlights = Parameter(
        "highlights",
        "Add to each hit every place of every word, by field: `highlights`.",
        {"type": "boolean", "default": False},
        True,
        read_truth,
    )
    limit = Parameter(
        "limit",
        f"Hits on a page, 0 to {MAX_LIMIT}; 0 for the counts alone.",
        {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        2,
        partial(read_between, 0, MAX_LIMIT),
    )
    wanted = search_parameter("What to look for in all collections", required=True)
    formats = format_parameter([JSON.name])
    return by_name(
        wanted, collection, per_collection, highlights, limit, offset_parameter(), cursor_parameter(), formats
    )


def read_search_request(given: Given) -> SearchRequest:
    """Read the query of a search's address. Raises InvalidQuery."""
    known = search_parameters()
    values = read_parameters(known, given)
    order = f"search?{encoded((name, text) for name, text in given if name in {SEARCH, 'collection'})}"
    cursor, faults = read_position(values, order, [PLACE, Literal[tuple(COLLECTIONS)], ID])
    faults += [
        Fault(name, "not together with per_collection; leave one of them out")
        for name in ("limit", "offset", "cursor")
        if name in values and "per_collection" in values
    ]
    if faults:
        raise InvalidQuery(faults)
    return SearchRequest(
        {name: text for name, text in given if name not in _LEFT_OUT and (name, text) != USUAL_LIMIT},
        Search(values[SEARCH], tuple(COLLECTIONS[slug] for slug in values.get("collection", ()))),
        values.get("per_collection"),
        values.get("highlights", False),
        values.get("limit", DEFAULT_LIMIT),
        values.get("offset"),
        cursor,
        order,
    )
