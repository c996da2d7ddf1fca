"""The statements of a search over all collections: counts, hits and their records."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.entity import Entity
from app.models.search_index import ENTRIES, ROOM
from app.sql import MAX_SHAPES
from app.sql.prepared import Among
from app.sql.search import SearchShape


@lru_cache(MAX_SHAPES)
def count_statement(shape: SearchShape) -> sa.Select[Any]:
    """SELECT the number of results in each collection, by the collection's index."""
    numbers = shape.numbers().subquery()
    # A literal: bound twice, PostgreSQL could not tell that SELECT and GROUP BY have the same expression.
    index = (numbers.c.rowid // sa.literal_column(str(ROOM), sa.BigInteger)).label("collection_index")
    return sa.select(index, sa.func.count().label("records")).group_by(index)


@lru_cache(MAX_SHAPES)
def hits_statement(shape: SearchShape, cursor: bool, backwards: bool) -> sa.Select[Any]:
    """SELECT a page of hits."""
    ranked = shape.ranked_page(cursor=cursor, backwards=backwards)
    page = sa.select(ranked).order_by(*_order(ranked, backwards)).limit(sa.bindparam("limit", type_=sa.Integer))
    return _with_entries(page.offset(sa.bindparam("offset", type_=sa.Integer)).subquery(), backwards)


@lru_cache(MAX_SHAPES)
def best_statement(shape: SearchShape) -> sa.Select[Any]:
    """SELECT the best hits of each collection, at most `per_collection`."""
    ranked = shape.ranked()
    row_number = sa.func.row_number().over(partition_by=ranked.c.number // ROOM, order_by=_order(ranked))
    numbered = sa.select(ranked, row_number.label("row_number")).subquery()
    limit = sa.bindparam("per_collection", type_=sa.Integer)
    best = sa.select(numbered.c.rank, numbered.c.number).where(numbered.c.row_number <= limit)
    return _with_entries(best.subquery())


def _with_entries(hits: sa.Subquery, backwards: bool = False) -> sa.Select[Any]:
    entry = (ENTRIES.c.collection, ENTRIES.c.id, ENTRIES.c.text, ENTRIES.c.syllables)
    statement = sa.select(hits.c.rank, hits.c.number, *entry)
    return statement.join(hits, hits.c.number == ENTRIES.c.number).order_by(*_order(hits, backwards))


def _order(hits: sa.Subquery, backwards: bool = False) -> list[sa.ColumnElement[Any]]:
    return [key.desc() if backwards else key.asc() for key in (hits.c.rank, hits.c.number)]


@lru_cache(MAX_SHAPES)
def records_statement(entities: tuple[type[Entity], ...]) -> sa.CompoundSelect[Any]:
    """SELECT records of several collections by their ids."""
    selects = []
    for entity in entities:
        slug, table = entity.collection.slug, entity.table().c
        select = sa.select(sa.literal(slug).label("collection"), table.id, table.record)
        selects.append(select.where(Among(table.id, f"{slug} ids")))
    return sa.union_all(*selects)
