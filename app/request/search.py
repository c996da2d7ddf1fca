"""Requests for a search over all collections."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

import msgspec

from app.entity import SLUG, Bilingual
from app.errors import Fault, InvalidQuery
from app.formats import JSON
from app.http.addresses import QueryItems, encoded
from app.models import COLLECTIONS
from app.request.conditions import Search
from app.request.controls import (
    CURSOR,
    DEFAULT_LIMIT,
    MAX_LIMIT,
    OFFSET,
    SEARCH,
    format_parameter,
    search_parameter,
)
from app.request.cursor import Cursor
from app.request.parameters import Parameters, boolean, by_name, choices, integer, read_parameters
from app.request.records import ParsedQuery, RankKey, exclusive, read_cursor, stated

MAX_PER_COLLECTION = 20
SlugKey = Annotated[str, msgspec.Meta(pattern=f"^{SLUG}$")]  # a record's id, in a cursor


@dataclass(frozen=True)
class SearchRequest(ParsedQuery):
    """A page of a search's results, or with `per_collection` the best results of each collection."""

    search: Search
    per_collection: int | None = None
    highlights: bool = False
    limit: int = DEFAULT_LIMIT
    offset: int | None = None
    cursor: Cursor | None = None
    order: str = ""  # the query, to which cursors are bound


@cache
def search_parameters() -> Parameters:
    """Return the parameters of the search's address."""
    return by_name(
        search_parameter(Bilingual("在全部表中检索", "Search in all collections"), required=True),
        choices(
            "collection",
            Bilingual(
                "只要这些表中的结果；以逗号分隔的列表。`facets` 中仍是各表的计数。",
                "Only hits in these collections; a comma-separated list. The counts in `facets` are of all.",
            ),
            COLLECTIONS,
            "collection",
        ),
        integer(
            "per_collection",
            Bilingual(
                f"每张表最多返回的结果数，1 到 {MAX_PER_COLLECTION}，结果最相符的表在前：用于概览，代替 `limit`、"
                "`offset` 与 `cursor`。",
                f"Maximum number of hits of each collection, 1 to {MAX_PER_COLLECTION}, the collections with the best "
                "hits first: for an overview, in place of `limit`, `offset` and `cursor`.",
            ),
            1,
            MAX_PER_COLLECTION,
            3,
        ),
        boolean(
            "highlights",
            Bilingual(
                "每条结果附上 `highlights`：各字段中所有词的全部位置。",
                "Add `highlights` to each hit: all spans of all words, by field.",
            ),
        ),
        integer(
            "limit",
            Bilingual(
                f"每页结果数，0 到 {MAX_LIMIT}；取 0 则只要计数。",
                f"Hits on a page, 0 to {MAX_LIMIT}; 0 for the counts alone.",
            ),
            0,
            MAX_LIMIT,
            2,
            default=DEFAULT_LIMIT,
        ),
        OFFSET,
        CURSOR,
        format_parameter([JSON.name]),
    )


def read_search_request(query: QueryItems) -> SearchRequest:
    """Validate the query of a search's address. Raises InvalidQuery."""
    known = search_parameters()
    values = read_parameters(known, query, required=[SEARCH])
    order = f"search?{encoded((name, text) for name, text in query if name in {SEARCH, 'collection'})}"
    cursor, faults = read_cursor(values, order, [RankKey, Literal[tuple(COLLECTIONS)], SlugKey])
    faults += [
        Fault(name, exclusive(name, "per_collection"))
        for name in ("limit", "offset", "cursor")
        if name in values and "per_collection" in values and values[name] != known[name].schema.get("default")
    ]
    if faults:
        raise InvalidQuery(faults)
    return SearchRequest(
        parameters=stated(known, query, "cursor", "offset", "format"),
        search=Search(values[SEARCH], tuple(COLLECTIONS[slug] for slug in values.get("collection", ()))),
        per_collection=values.get("per_collection"),
        highlights=values.get("highlights", False),
        limit=values.get("limit", DEFAULT_LIMIT),
        offset=values.get("offset"),
        cursor=cursor,
        order=order,
    )
