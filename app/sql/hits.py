"""The statements of a search over all collections: how many hits, which ones, and their records."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.entity import Entity
from app.models.search_index import ENTRIES, ROOM
from app.sql import MAX_SHAPES
from app.sql.search import SearchShape


@lru_cache(MAX_SHAPES)
def count_statement(shape: SearchShape) -> sa.Select[Any]:
    """SELECT how many records of each collection are found."""
    found = shape.numbers().subquery()
    # Written out: as a value it would be bound twice, and PostgreSQL could not know that both are the same.
    place = (found.c.rowid // sa.literal_column(str(ROOM), sa.BigInteger)).label("place")
    return sa.select(place, sa.func.count().label("records")).group_by(place)


@lru_cache(MAX_SHAPES)
def hits_statement(shape: SearchShape, cursor: bool, backwards: bool) -> sa.Select[Any]:
    """SELECT a page of what is found."""
    found = shape.ranked_from(cursor=cursor, backwards=backwards)
    order = [key.desc() if backwards else key.asc() for key in (found.c.rank, found.c.number)]
    page = sa.select(found).order_by(*order).limit(sa.bindparam("limit", type_=sa.Integer))
    return _with_entries(page.offset(sa.bindparam("offset", type_=sa.Integer)).subquery(), backwards=backwards)


@lru_cache(MAX_SHAPES)
def best_statement(shape: SearchShape) -> sa.Select[Any]:
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


@lru_cache(MAX_SHAPES)
def records_statement(entities: tuple[type[Entity], ...]) -> sa.CompoundSelect[Any]:
    """SELECT records of several collections by their ids."""
    return sa.union_all(
        *(
            sa.select(
                sa.literal(entity.collection.slug).label("collection"), entity.table().c.id, entity.table().c.record
            ).where(entity.table().c.id.in_(sa.bindparam(f"{entity.collection.slug} ids", expanding=True)))
            for entity in entities
        )
    )
