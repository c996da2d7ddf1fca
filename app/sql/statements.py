"""Statements, built once for each shape of a request and then only bound to its values."""

from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.entity import Column, Entity
from app.models.search_index import ENTRIES
from app.request.conditions import RANK
from app.request.records import FileRequest, PageRequest, SortKey
from app.request.relations import Link
from app.sql import MAX_SHAPES, conditions
from app.sql.conditions import Shapes, where
from app.sql.prepared import Bytes
from app.sql.search import SearchShape, position

EVERYTHING = 2**31 - 1  # a limit that no table reaches


class Shape(NamedTuple):
    """What of a page request decides its statement; its values are bound to it later."""

    entity: type[Entity]
    filters: Shapes
    sort: tuple[SortKey, ...]
    links: tuple[Link, ...]
    backwards: bool
    nulls: tuple[bool, ...] | None  # which keys of the cursor are null; None where there is no cursor
    offset: bool


def shape_of(request: PageRequest | FileRequest) -> Shape:
    """The shape of a request."""
    cursor = request.cursor if isinstance(request, PageRequest) else None
    return Shape(
        request.entity,
        conditions.shapes_of(request.filters),
        request.sort,
        tuple(link for relation in request.include for link in relation.links),
        cursor is not None and cursor.backwards,
        tuple(key is None for key in cursor.keys) if cursor else None,
        bool(request.offset),
    )


def values_of(request: PageRequest | FileRequest) -> dict[str, Any]:
    """The values to bind: each filter's under its parameter's name, then position and size."""
    values = conditions.values_of(request.filters)
    if isinstance(request, PageRequest):
        if request.cursor:
            values |= {f"key {number}": key for number, key in enumerate(request.cursor.keys) if key is not None}
            if best_first(request.sort):
                rank, record_id = request.cursor.keys
                keys = (rank, request.entity.collection.slug, record_id)
                values |= position(request.cursor._replace(keys=keys))
        values["limit"] = request.limit + 1  # one more than the page holds tells whether there is a next page
    else:
        values["limit"] = EVERYTHING if request.limit is None else request.limit
    offset = request.offset or 0
    return values | ({"offset": offset} if offset else {}) | {"reach": values["limit"] + offset}


@lru_cache(MAX_SHAPES)
def page_statement(shape: Shape) -> sa.Select[Any]:
    """SELECT the ready-made records of a page, then the sort keys, then what `include` joins by."""
    if search := _mere_search(shape):
        return _best_statement(shape, search)
    table = shape.entity.table()
    keys = [_sql_of(key, shape.filters).label(f"key_{number}") for number, key in enumerate(shape.sort)]
    joins = [link.local for link in shape.links]
    statement = sa.select(Bytes(table.c.record), *keys, *joins).where(*where(shape.filters))
    if shape.nulls is not None:
        statement = statement.where(_beyond(shape))
    # By their labels, so that what takes work to find out is found out once.
    order = (ordering(key, backwards=shape.backwards, by=label) for key, label in zip(shape.sort, keys, strict=True))
    statement = statement.order_by(*order).limit(sa.bindparam("limit", type_=sa.Integer))
    return statement.offset(sa.bindparam("offset", type_=sa.Integer)) if shape.offset else statement


@lru_cache(MAX_SHAPES)
def related_count_statement(shape: Shape, link: Link) -> sa.Select[Any]:
    """SELECT how many records a link would bring into the `rows` first that match, counted up to `limit`."""
    matching = sa.select(link.local).where(*where(shape.filters))
    matching = matching.order_by(
        *(ordering(key, backwards=False, by=_sql_of(key, shape.filters)) for key in shape.sort)
    )
    matching = matching.limit(sa.bindparam("rows", type_=sa.Integer))
    if shape.offset:
        matching = matching.offset(sa.bindparam("offset", type_=sa.Integer))
    found = sa.select(sa.literal(1).label("one")).where(link.remote.in_(matching))
    return sa.select(sa.func.count()).select_from(found.limit(sa.bindparam("limit", type_=sa.Integer)).subquery())


@lru_cache(MAX_SHAPES)
def count_statement(shape: Shape) -> sa.Select[Any]:
    """SELECT how many records match, whatever the page."""
    if len(shape.filters) == 1 and isinstance(shape.filters[0], SearchShape):
        return sa.select(sa.func.count()).select_from(shape.filters[0].numbers().subquery())
    return sa.select(sa.func.count()).select_from(shape.entity.table()).where(*where(shape.filters))


@lru_cache(MAX_SHAPES)
def facet_statement(entity: type[Entity], filters: Shapes, column: Column) -> sa.Select[Any]:
    """SELECT each value of a column with its count, most frequent first.

    A reference comes with the names of the record referred to, null where it is no reference.
    """
    counted = (
        sa.select(column.sql.label("value"), sa.func.count().label("records"))
        .select_from(entity.table())
        .where(*where(filters))
        .group_by(column.sql)
        .subquery()
    )
    names: list[Any] = [sa.null().label("name_zh"), sa.null().label("name_en")]
    source: sa.FromClause = counted
    if column.declared.reference:
        target = SQLModel.metadata.tables[column.declared.reference.table].alias()
        names = [target.c.name_zh, target.c.name_en]
        source = counted.outerjoin(target, target.c.id == counted.c.value)
    return (
        sa.select(counted.c.value, counted.c.records, *names)
        .select_from(source)
        .order_by(counted.c.records.desc(), counted.c.value.asc().nulls_last())
    )


@lru_cache(MAX_SHAPES)
def related_statement(link: Link) -> sa.Select[Any]:
    """SELECT what the related records of a page's rows are joined by, and these, at most `limit`."""
    return (
        sa.select(link.remote, Bytes(link.target.table().c.record))
        .where(link.remote.in_(sa.bindparam("keys", expanding=True)))
        .order_by(link.target.table().c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )


@lru_cache(MAX_SHAPES)
def record_statement(entity: type[Entity], links: tuple[Link, ...]) -> sa.Select[Any]:
    """SELECT one record by its id, then what `include` joins by."""
    table = entity.table()
    return sa.select(Bytes(table.c.record), *(link.local for link in links)).where(table.c.id == sa.bindparam("id"))


def _mere_search(shape: Shape) -> SearchShape | None:
    """The search of a page of what is found, best first, if it is nothing more than that."""
    (*others, last) = shape.filters or (None,)
    return last if best_first(shape.sort) and not others and isinstance(last, SearchShape) else None


def best_first(sort: tuple[SortKey, ...]) -> bool:
    """Whether what a search finds is read best first."""
    return [key.column.name for key in sort] == [RANK.name, "id"]


def _best_statement(shape: Shape, search: SearchShape) -> sa.Select[Any]:
    """SELECT a page of what a search finds, best first: no more of it than the page may need."""
    table, backwards = shape.entity.table(), shape.backwards
    found = search.ranked_from(cursor=shape.nulls is not None, backwards=backwards)
    keys = [found.c.rank.label("key_0"), table.c.id.label("key_1")]
    joins = [link.local for link in shape.links]
    statement = sa.select(Bytes(table.c.record), *keys, *joins).select_from(found)
    statement = statement.join(ENTRIES, ENTRIES.c.number == found.c.number).join(table, table.c.id == ENTRIES.c.id)
    statement = statement.order_by(*(key.desc() if backwards else key.asc() for key in (found.c.rank, found.c.number)))
    statement = statement.limit(sa.bindparam("limit", type_=sa.Integer))
    return statement.offset(sa.bindparam("offset", type_=sa.Integer)) if shape.offset else statement


def ordering(key: SortKey, *, backwards: bool, by: sa.ColumnElement[Any] | None = None) -> sa.ColumnElement[Any]:
    """How rows are ordered by one key, or by what is selected as it: nulls last, reading forwards."""
    value = key.column.sql if by is None else by
    order = value.desc() if key.descending != backwards else value.asc()
    if not key.column.nullable:
        return order
    return order.nulls_first() if backwards else order.nulls_last()


def _sql_of(key: SortKey, filters: Shapes) -> sa.ColumnElement[Any]:
    """The SQL of a sort key; the rank of a hit depends on the search."""
    if key.column is not RANK:
        return key.column.sql
    return next(shape for shape in filters if isinstance(shape, SearchShape)).rank


def _beyond(shape: Shape) -> sa.ColumnElement[bool]:
    """The rows behind the cursor in reading direction: past it at one key, level with it at all keys before."""
    level: list[sa.ColumnElement[bool]] = []
    ways = []
    for number, (key, null) in enumerate(zip(shape.sort, shape.nulls or (), strict=True)):
        column = _sql_of(key, shape.filters)
        bound = sa.bindparam(f"key {number}", type_=column.type)
        if (past := _past(key, column, null, shape.backwards, bound)) is not None:
            ways.append(sa.and_(*level, past))
        level.append(column.is_(None) if null else column == bound)
    return sa.or_(*ways)


def _past(
    key: SortKey, column: sa.ColumnElement[Any], null: bool, backwards: bool, bound: Any
) -> sa.ColumnElement[bool] | None:
    if null:  # nulls stand last: nothing is past them, and everything else before them
        return column.is_not(None) if backwards else None
    past = column < bound if key.descending != backwards else column > bound
    return sa.or_(past, column.is_(None)) if key.column.nullable and not backwards else past
