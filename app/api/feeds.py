"""Atom feeds of collections and of searches: what a reader follows, with the day since which each record is as it is.

A collection's feed has the latest changes first; that of a search, the best hits. A feed is no format of `app/formats`:
it has days, links and an order that a table has not, and no aggregate is one.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException

from app.api.dependencies import Releases, Snapshot
from app.api.envelope import own_url, url_of, with_content_etag
from app.db.database import require_thread
from app.entity import Bilingual, Entity
from app.errors import Fault, InvalidQuery
from app.gateway.route import ReleaseRoute
from app.http.addresses import encoded
from app.http.context import context_of
from app.models import COLLECTIONS
from app.read.dataset import read_catalog, read_release
from app.read.page import read_page
from app.read.search import read_hits
from app.read.terms import read_terms
from app.releases.history import read_days
from app.releases.store import ReleaseStore
from app.request.controls import SEARCH
from app.request.feeds import (
    DEFAULT_ENTRIES,
    LANGUAGE,
    MAX_FOLLOWED,
    FeedRequest,
    read_collection_feed,
    read_search_feed,
)
from app.sentence import Sentence
from app.standards import opensearch
from app.standards.atom import MEDIA_TYPE, Entry, Feed, Link, Part, write
from app.standards.identifiers import Identifiers
from app.standards.record_feed import entry

Record = dict[str, Any]
Found = tuple[type[Entity], Record]

# Readers of feeds find the addresses in pages: neither needs OpenAPI.
router = APIRouter(include_in_schema=False, route_class=ReleaseRoute)


@router.get("/v1/search.atom")
async def get_search_feed(request: Request, snapshot: Snapshot, store: Releases) -> Response:
    """Return the best hits of a search as a feed."""
    feed, query = read_search_feed(context_of(request.scope).parameters)
    words = feed.parameters[SEARCH]

    def read(connection: Connection) -> Feed:
        require_thread(connection)
        hits = read_hits(connection, query)
        builder = FeedBuilder(request, connection, feed, "/search", Bilingual(f"检索：{words}", f"Search: {words}"))
        return builder.build(builder.entries(store, [(hit.entity, hit.record) for hit in hits.hits]), hits.total)

    return _response(await snapshot.read(read))


@router.get("/v1/{collection}.atom")
async def get_collection_feed(request: Request, collection: str, snapshot: Snapshot, store: Releases) -> Response:
    """Return the records of a collection that match as a feed, the latest changes first."""
    if collection not in COLLECTIONS:
        raise HTTPException(404)
    entity = COLLECTIONS[collection]
    feed, query = read_collection_feed(entity, context_of(request.scope).parameters)

    def read(connection: Connection) -> Feed:
        require_thread(connection)
        page = read_page(connection, query)
        if page.total > MAX_FOLLOWED:
            raise _too_many(page.total, collection)
        builder = FeedBuilder(request, connection, feed, f"/{collection}", _title(entity, feed))
        entries = builder.entries(store, [(entity, msgspec.json.decode(record)) for record in page.records])
        entries.sort(key=lambda each: each.updated, reverse=True)
        return builder.build(entries[feed.offset : feed.offset + feed.limit], page.total, entries)

    return _response(await snapshot.read(read))


class FeedBuilder:
    """Builds a part of a feed from the records in it."""

    def __init__(
        self, request: Request, connection: Connection, feed: FeedRequest, path: str, title: Bilingual
    ) -> None:
        self.request, self.connection, self.feed, self.path, self.title = request, connection, feed, path, title
        self.catalog = read_catalog(connection)
        base_url, is_public = context_of(request.scope).base_url, request.app.state.has_public_url
        self.ids = Identifiers(base_url, self.catalog["publisher"]["en"], is_public)

    def entries(self, store: ReleaseStore, found: list[Found]) -> list[Entry]:
        """Return the entries of records."""
        wanted: dict[type[Entity], list[str]] = {}
        for entity, record in found:
            wanted.setdefault(entity, []).append(record["id"])
        days, labels = read_days(self.connection, store, wanted), read_terms(self.connection)
        return [
            entry(entity, record, days[entity.collection.slug, record["id"]], self.ids, labels, self.feed.language)
            for entity, record in found
        ]

    def build(self, entries: Sequence[Entry], total: int, followed: Sequence[Entry] = ()) -> Feed:
        """Return the feed with these entries, of all that it follows if those are known."""
        language, path = self.feed.language, f"/v1{self.path}.atom"
        days = [each.updated for each in (*entries, *followed)] or [read_release(self.connection)["released_on"]]
        return Feed(
            self.ids.of(f"{path}?{self.feed.query_string(lang=language)}"),
            f"{getattr(self.title, language)} · {self.catalog['publisher'][language]}",
            self.catalog["title"][language],
            self.catalog["publisher"][language],
            self.catalog["rights"][language],
            opensearch.TAGS._asdict()[language],
            max(days),
            self._links(total),
            entries,
            Part(self.feed.offset, self.feed.limit, total),
        )

    def _links(self, total: int) -> list[Link]:
        offset, limit, language = self.feed.offset, self.feed.limit, self.feed.language
        followed = encoded((name, text) for name, text in self.feed.parameters.items() if name != LANGUAGE.name)
        links = [
            Link("self", own_url(self.request), MEDIA_TYPE),
            Link("alternate", url_of(self.request, f"/{language}{self.path}", followed), "text/html"),
            Link("search", url_of(self.request, opensearch.path_of(language)), opensearch.MEDIA_TYPE),
            Link("license", self.catalog["license"]["url"]),
            Link("first", self._url(0), MEDIA_TYPE),
        ]
        if offset:
            links.append(Link("previous", self._url(max(0, offset - limit)), MEDIA_TYPE))
        if offset + limit < total:
            links.append(Link("next", self._url(offset + limit), MEDIA_TYPE))
        return links

    def _url(self, offset: int) -> str:
        limit = None if self.feed.limit == DEFAULT_ENTRIES else self.feed.limit
        query = self.feed.query_string(lang=self.feed.language, limit=limit, offset=offset or None)
        return url_of(self.request, f"/v1{self.path}.atom", query)


def _title(entity: type[Entity], feed: FeedRequest) -> Bilingual:
    """Return the collection's title with the filters, by which a reader tells two subscriptions apart."""
    filters = ", ".join(f"{name}={text}" for name, text in feed.parameters.items() if name != LANGUAGE.name)
    title = entity.collection.title
    return Bilingual(f"{title.zh}（{filters}）", f"{title.en} ({filters})") if filters else title


def _too_many(total: int, slug: str) -> InvalidQuery:
    detail = Sentence(
        f"有 {total} 条记录符合，而订阅最多跟踪 {MAX_FOLLOWED} 条。请加上 /v1/{slug} 的筛选条件。",
        f"{total} records match, and a feed follows at most {MAX_FOLLOWED}. Add filters of '/v1/{slug}'.",
    )
    return InvalidQuery([Fault(SEARCH, detail)], limit="MAX_FOLLOWED")


def _response(feed: Feed) -> Response:
    return with_content_etag(Response(write(feed), media_type=f"{MEDIA_TYPE}; charset=utf-8"))
