"""Requests for feeds: what a feed follows, its language, and which part of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.entity import Bilingual, Entity
from app.http.addresses import QueryItems
from app.http.languages import CHINESE, LANGUAGES
from app.models import COLLECTIONS
from app.request.conditions import Search
from app.request.controls import OFFSET, SEARCH, page_parameters
from app.request.parameters import Parameters, by_name, choice, integer, read_parameters
from app.request.records import PageRequest, ParsedQuery, read_page_request, stated
from app.request.search import SearchRequest, search_parameters

MAX_ENTRIES = 100  # in one document
DEFAULT_ENTRIES = 50
MAX_FOLLOWED = 500  # records that the feed of a collection follows: a reader misses none that changes

LANGUAGE = choice("lang", Bilingual("名称的语言。", "Language of the names."), LANGUAGES, "language", default=CHINESE)
LIMIT = integer(
    "limit",
    Bilingual(f"条目数，1 到 {MAX_ENTRIES}。", f"Entries, 1 to {MAX_ENTRIES}."),
    1,
    MAX_ENTRIES,
    20,
    default=DEFAULT_ENTRIES,
)
OWN = by_name(LANGUAGE, LIMIT, OFFSET)


@dataclass(frozen=True)
class FeedRequest(ParsedQuery):
    """A part of a feed. `parameters` are what it follows, and its language."""

    language: str
    limit: int
    offset: int


@cache
def followed_parameters(entity: type[Entity]) -> Parameters:
    """Return the parameters of a collection's feed: the search and the filters of the collection."""
    known = page_parameters(entity)
    return {**{name: each for name, each in known.items() if each.operator or name == SEARCH}, **OWN}


@cache
def searched_parameters() -> Parameters:
    """Return the parameters of the feed of a search."""
    known = search_parameters()
    return {**{name: known[name] for name in (SEARCH, "collection")}, **OWN}


def followed(known: Parameters, query: QueryItems) -> QueryItems:
    """Return what of a query a feed with these parameters follows."""
    return [(name, text) for name, text in query if name in known and name not in OWN]


def read_collection_feed(entity: type[Entity], query: QueryItems) -> tuple[FeedRequest, PageRequest]:
    """Return the part of a collection's feed, and the request for all records that it follows. Raises InvalidQuery."""
    known = followed_parameters(entity)
    values = read_parameters(known, query)
    page = read_page_request(entity, [*followed(known, query), (LIMIT.name, str(MAX_FOLLOWED))])
    return _feed(known, query, values), page


def read_search_feed(query: QueryItems) -> tuple[FeedRequest, SearchRequest]:
    """Return the part of a search's feed, and the request for its hits. Raises InvalidQuery."""
    known = searched_parameters()
    values = read_parameters(known, query, required=[SEARCH])
    feed = _feed(known, query, values)
    search = Search(values[SEARCH], tuple(COLLECTIONS[slug] for slug in values.get("collection", ())))
    return feed, SearchRequest(feed.parameters, search, limit=feed.limit, offset=feed.offset)


def _feed(known: Parameters, query: QueryItems, values: Mapping[str, Any]) -> FeedRequest:
    return FeedRequest(
        stated(known, query, LIMIT.name, OFFSET.name),
        values.get(LANGUAGE.name, CHINESE),
        values.get(LIMIT.name, DEFAULT_ENTRIES),
        values.get(OFFSET.name, 0),
    )
