"""Hits in all collections, best first: one SELECT that ranks, one that counts, one that brings their records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy.engine import Connection, Row

from app.entity import Entity
from app.models import COLLECTIONS
from app.read.index import require_index
from app.request.conditions import Search
from app.request.cursor import Cursor, cut
from app.request.search import SearchRequest
from app.search import Highlight, Highlighter, Hit
from app.sql import hits
from app.sql.search import position, search_shape, search_values


@dataclass(frozen=True)
class SearchHit:
    """A record that was found: its two names, and where in it."""

    entity: type[Entity]
    id: str
    name_zh: str
    name_en: str
    hit: Hit
    highlights: list[Highlight] | None  # None where they are not asked for


@dataclass(frozen=True)
class Hits:
    """The answer to a search: a page of it, how many there are in each collection, and the neighbours."""

    hits: list[SearchHit]
    counts: Mapping[str, int]
    total: int
    next: Cursor | None = None
    prev: Cursor | None = None


def read_hits(connection: Connection, request: SearchRequest) -> Hits:
    """Read a page of hits with their exact number in each collection."""
    search = request.search
    require_index(connection, [search])
    counts = count_hits(connection, replace(search, entities=()) if search.entities else search)
    slugs = [entity.collection.slug for entity in search.entities] or list(counts)
    total = sum(counts.get(slug, 0) for slug in slugs)
    if request.per_collection:
        return Hits(_located(connection, request, _best_of_each(connection, request)), counts, total)
    rows = ranked_page(connection, request) if request.limit and total else []
    page = cut(rows, request.limit, request.cursor, lambda row: (row.rank, row.collection, row.id))
    return Hits(_located(connection, request, page.rows), counts, total, page.next, page.prev)


def read_first(connection: Connection, search: Search) -> list[SearchHit]:
    """The best hit of a search, if it finds anything."""
    return read_hits(connection, SearchRequest({}, search, None, False, 1, None, None, "")).hits


def count_hits(connection: Connection, search: Search) -> dict[str, int]:
    """How many records of each collection a search finds, the most first; of none where it finds none."""
    slugs = list(COLLECTIONS)
    rows = connection.execute(hits.count_statement(search_shape(search)), search_values(search)).all()
    return {slugs[row.place]: row.records for row in sorted(rows, key=lambda row: (-row.records, row.place))}


def ranked_page(connection: Connection, request: SearchRequest) -> Sequence[Row[Any]]:
    """Where the records of a page stand, best first, and one more if there is a next page."""
    search, offset, most = request.search, request.offset or 0, request.limit + 1
    values = (
        search_values(search) | position(request.cursor) | {"limit": most, "offset": offset, "reach": offset + most}
    )
    backwards = request.cursor is not None and request.cursor.backwards
    return connection.execute(
        hits.hits_statement(search_shape(search), request.cursor is not None, backwards), values
    ).all()


def _best_of_each(connection: Connection, request: SearchRequest) -> list[Row[Any]]:
    """The best hits of each collection, the collection with the best of all first."""
    values = search_values(request.search) | {"most": request.per_collection}
    rows = connection.execute(hits.best_statement(search_shape(request.search)), values).all()
    first = {row.collection: (row.rank, row.number) for row in reversed(rows)}
    return sorted(rows, key=lambda row: (first[row.collection], row.rank, row.number))


def _located(connection: Connection, request: SearchRequest, rows: Sequence[Row[Any]]) -> list[SearchHit]:
    """The hits with their records' names, and where in them they are."""
    query = request.search.query
    records = _records(connection, rows)
    located = []
    for row in rows:
        entity, record = COLLECTIONS[row.collection], records[row.collection, row.id]
        highlighter = Highlighter(query, entity.columns().values(), record, row.syllables)
        every = highlighter.highlights() if request.highlights else None
        located.append(SearchHit(entity, row.id, record["name_zh"], record["name_en"], highlighter.first_hit(), every))
    return located


def _records(connection: Connection, rows: Sequence[Row[Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row.collection, []).append(row.id)
    if not ids:
        return {}
    statement = hits.records_statement(tuple(COLLECTIONS[slug] for slug in sorted(ids)))
    found = connection.execute(statement, {f"{slug} ids": each for slug, each in ids.items()})
    return {(row.collection, row.id): msgspec.json.decode(row.record) for row in found}
