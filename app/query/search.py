"""Hits in all collections, best first: one SELECT that ranks, one that counts, one that brings their records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from app.entity import Entity
from app.models import COLLECTIONS
from app.models.search_index import ENTRIES, ROOM
from app.query.cursor import Cursor, cut
from app.query.index import require_index
from app.query.plan import SHAPES
from app.query.search_request import SearchRequest
from app.query.searching import Search, SearchShape, position
from app.search import Highlight, Hit, Places


@dataclass(frozen=True)
class Found:
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

    found: list[Found]
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


def read_first(connection: Connection, search: Search) -> list[Found]:
    """The best hit of a search, if it finds anything."""
    return read_hits(connection, SearchRequest({}, search, None, False, 1, None, None, "")).found


def count_hits(connection: Connection, search: Search) -> dict[str, int]:
    """How many records of each collection a search finds, the most first; of none where it finds none."""
    slugs = list(COLLECTIONS)
    rows = connection.execute(_count_statement(search.shape), search.values).all()
    return {slugs[row.place]: row.records for row in sorted(rows, key=lambda row: (-row.records, row.place))}


def ranked_page(connection: Connection, request: SearchRequest) -> Sequence[Row[Any]]:
    """Where the records of a page stand, best first, and one more if there is a next page."""
    search, offset, most = request.search, request.offset or 0, request.limit + 1
    values = search.values | position(request.cursor) | {"limit": most, "offset": offset, "reach": offset + most}
    backwards = request.cursor is not None and request.cursor.backwards
    return connection.execute(_hits_statement(search.shape, request.cursor is not None, backwards), values).all()


def _best_of_each(connection: Connection, request: SearchRequest) -> list[Row[Any]]:
    """The best hits of each collection, the collection with the best of all first."""
    values = request.search.values | {"most": request.per_collection}
    rows = connection.execute(_best_statement(request.search.shape), values).all()
    first = {row.collection: (row.rank, row.number) for row in reversed(rows)}
    return sorted(rows, key=lambda row: (first[row.collection], row.rank, row.number))


def _located(connection: Connection, request: SearchRequest, rows: Sequence[Row[Any]]) -> list[Found]:
    """The hits with their records' names, and where in them they are."""
    query = request.search.query
    records = _records(connection, rows)
    located = []
    for row in rows:
        entity, record = COLLECTIONS[row.collection], records[row.collection, row.id]
        places = Places(query, entity.columns().values(), record, row.syllables)
        every = places.every() if request.highlights else None
        located.append(Found(entity, row.id, record["name_zh"], record["name_en"], places.first(), every))
    return located


def _records(connection: Connection, rows: Sequence[Row[Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row.collection, []).append(row.id)
    if not ids:
        return {}
    statement = _records_statement(tuple(COLLECTIONS[slug] for slug in sorted(ids)))
    found = connection.execute(statement, {f"{slug} ids": each for slug, each in ids.items()})
    return {(row.collection, row.id): msgspec.json.decode(row.record) for row in found}


@lru_cache(SHAPES)
def _count_statement(shape: SearchShape) -> sa.Select[Any]:
    """SELECT how many records of each collection are found."""
    found = shape.numbers().subquery()
    # Written out: as a value it would be bound twice, and PostgreSQL could not know that both are the same.
    place = (found.c.rowid // sa.literal_column(str(ROOM), sa.BigInteger)).label("place")
    return sa.select(place, sa.func.count().label("records")).group_by(place)


@lru_cache(SHAPES)
def _hits_statement(shape: SearchShape, cursor: bool, backwards: bool) -> sa.Select[Any]:
    """SELECT a page of what is found."""
    found = shape.ranked_from(cursor=cursor, backwards=backwards)
    order = [key.desc() if backwards else key.asc() for key in (found.c.rank, found.c.number)]
    page = sa.select(found).order_by(*order).limit(sa.bindparam("limit", type_=sa.Integer))
    return _with_entries(page.offset(sa.bindparam("offset", type_=sa.Integer)).subquery(), backwards=backwards)


@lru_cache(SHAPES)
def _best_statement(shape: SearchShape) -> sa.Select[Any]:
    """SELECT the best of what is found in each collection."""
    found = shape.ranked()
    place = sa.func.row_number().over(partition_by=found.c.number // ROOM, order_by=(found.c.rank, found.c.number))
    placed = sa.select(found, place.label("place")).subquery()
    best = sa.select(placed.c.rank, placed.c.number).where(placed.c.place <= sa.bindparam("most", type_=sa.Integer))
    return _with_entries(best.subquery(), backwards=False)


def _with_entries(found: sa.Subquery, *, backwards: bool) -> sa.Select[Any]:
    statement = sa.select(found.c.rank, found.c.number, ENTRIES.c.collection, ENTRIES.c.id, ENTRIES.c.syllables)
    order = [key.desc() if backwards else key.asc() for key in (found.c.rank, found.c.number)]
    return statement.join(found, found.c.number == ENTRIES.c.number).order_by(*order)


@lru_cache(SHAPES)
def _records_statement(entities: tuple[type[Entity], ...]) -> sa.CompoundSelect[Any]:
    """SELECT records of several collections by their ids."""
    return sa.union_all(
        *(
            sa.select(
                sa.literal(entity.collection.slug).label("collection"), entity.table().c.id, entity.table().c.record
            ).where(entity.table().c.id.in_(sa.bindparam(f"{entity.collection.slug} ids", expanding=True)))
            for entity in entities
        )
    )
