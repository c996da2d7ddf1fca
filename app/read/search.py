"""Hits in all collections, best first: one SELECT for the page, one for the counts, one for the records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.models import COLLECTIONS
from app.read.index import require_index
from app.read.release import require_release
from app.request.conditions import Search
from app.request.cursor import Cursor, paginate
from app.request.search import SearchRequest
from app.search import Highlight, Highlighter, Hit, RelatedText, Term, related_hit
from app.sql import hits
from app.sql.prepared import fetch
from app.sql.search import cursor_values, search_shape, search_values

Record = dict[str, Any]


class HitRow(NamedTuple):
    """A row of a page: the rank and number of a hit, and its entry in the index."""

    rank: int
    number: int
    collection: str
    id: str
    text: str
    syllables: str


@dataclass(frozen=True)
class RelatedHit:
    """A record by whose words another one is found, and the span of them."""

    entity: type[Entity]
    id: str
    record: Record
    hit: Hit


@dataclass(frozen=True)
class SearchHit:
    """A matching record and the best matching span, and all of them if requested.

    `related` are the records by whose words it is found, for words of the query that match none of its own.
    """

    entity: type[Entity]
    id: str
    record: Record
    hit: Hit
    related: list[RelatedHit]
    highlights: list[Highlight] | None

    @property
    def found_by(self) -> RelatedHit | None:
        """The record whose words alone match."""
        return next((each for each in self.related if each.hit is self.hit), None)


@dataclass(frozen=True)
class Hits:
    """A page of hits, the number of hits in each collection, and the cursors of the neighbouring pages."""

    hits: list[SearchHit]
    counts: Mapping[str, int]
    total: int
    next: Cursor | None = None
    prev: Cursor | None = None


def read_hits(connection: Connection, request: SearchRequest) -> Hits:
    """Return a page of hits with exact counts. Raises ReleaseChanged."""
    search, release = request.search, require_release(connection, request.cursor)
    require_index(connection, [search])
    counts = count_hits(connection, replace(search, entities=()))
    slugs = [entity.collection.slug for entity in search.entities] or list(counts)
    total = sum(counts.get(slug, 0) for slug in slugs)
    if request.per_collection:
        return Hits(_with_records(connection, request, _best_of_each(connection, request)), counts, total)
    rows = ranked_page(connection, request) if request.limit and total else []
    page = paginate(rows, request.limit, request.cursor, release, lambda row: (row.rank, row.collection, row.id))
    return Hits(_with_records(connection, request, page.rows), counts, total, page.next, page.prev)


def read_first(connection: Connection, search: Search) -> list[SearchHit]:
    """Return the best hit of a search, if it has any."""
    return read_hits(connection, SearchRequest({}, search, limit=1)).hits


def count_hits(connection: Connection, search: Search) -> dict[str, int]:
    """Return the number of hits in each collection that has any, the largest first."""
    slugs = list(COLLECTIONS)
    counts = fetch(connection, hits.count_statement(search_shape(search)), search_values(search))
    return {slugs[index]: records for index, records in sorted(counts, key=lambda count: (-count[1], count[0]))}


def ranked_page(connection: Connection, request: SearchRequest) -> Sequence[HitRow]:
    """Return the rows of a page, best first, and one more if there is a next page."""
    search, cursor, limit, offset = request.search, request.cursor, request.limit + 1, request.offset or 0
    values = search_values(search) | cursor_values(cursor)
    values |= {"limit": limit, "offset": offset, "reach": offset + limit}
    backwards = cursor is not None and cursor.backwards
    rows = fetch(connection, hits.hits_statement(search_shape(search), cursor is not None, backwards), values)
    return [HitRow(*row) for row in rows]


def _best_of_each(connection: Connection, request: SearchRequest) -> list[HitRow]:
    """Return the best hits of each collection, starting with the collection of the best hit."""
    values = search_values(request.search) | {"per_collection": request.per_collection}
    rows = [HitRow(*row) for row in fetch(connection, hits.best_statement(search_shape(request.search)), values)]
    first = {row.collection: (row.rank, row.number) for row in reversed(rows)}
    return sorted(rows, key=lambda row: (first[row.collection], row.rank, row.number))


def _with_records(connection: Connection, request: SearchRequest, rows: Sequence[HitRow]) -> list[SearchHit]:
    records = _read_records(connection, rows)
    query, page = request.search.query, []
    for row in rows:
        columns, record = COLLECTIONS[row.collection].columns().values(), records[row.collection, row.id]
        page.append((record, Highlighter(query, columns, record, row.text, row.syllables)))
    related = [list(highlighter.related()) for _, highlighter in page]
    others = _read_records(connection, [text for each in related for _, text in each])
    spans = cache(lambda term, text: _related_hit(term, text, others[text.collection, text.id]))  # many share one
    found = []
    for row, (record, highlighter), texts in zip(rows, page, related, strict=True):
        found_by = [spans(term, text) for term, text in texts]
        first = highlighter.first_hit() or (found_by[0].hit if found_by else highlighter.whole_name())
        highlights = highlighter.highlights(each.hit for each in found_by) if request.highlights else None
        found.append(SearchHit(COLLECTIONS[row.collection], row.id, record, first, found_by, highlights))
    return found


def _related_hit(term: Term, text: RelatedText, record: dict[str, Any]) -> RelatedHit:
    return RelatedHit(COLLECTIONS[text.collection], text.id, record, related_hit(term, text, record))


def _read_records(connection: Connection, rows: Sequence[HitRow | RelatedText]) -> dict[tuple[str, str], Record]:
    if not rows:
        return {}
    ids: dict[str, dict[str, None]] = {}
    for row in rows:
        ids.setdefault(row.collection, {})[row.id] = None
    statement = hits.records_statement(tuple(COLLECTIONS[slug] for slug in sorted(ids)))
    records = fetch(connection, statement, {f"{slug} ids": list(each) for slug, each in ids.items()})
    return {(slug, record_id): msgspec.json.decode(record) for slug, record_id, record in records}
