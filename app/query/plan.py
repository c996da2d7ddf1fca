"""Statements, built once for each shape of a request and then only bound to its values."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.entity import Column, Entity
from app.query.operators import Operator
from app.query.relations import Link
from app.query.request import FileRequest, Filter, PageRequest, SortKey

SHAPES = 1024  # statements kept; each is small, and clients repeat few shapes
EVERYTHING = 2**31 - 1  # a limit that no table reaches

Filters = tuple[tuple[Column, Operator], ...]


class Shape(NamedTuple):
    """What of a page request decides its statement; its values are bound to it later."""

    entity: type[Entity]
    filters: Filters
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
        filter_shape(request.filters),
        request.sort,
        tuple(link for relation in request.include for link in relation.links),
        cursor is not None and cursor.backwards,
        tuple(key is None for key in cursor.keys) if cursor else None,
        bool(request.offset),
    )


def values_of(request: PageRequest | FileRequest) -> dict[str, Any]:
    """The values to bind: each filter's under its parameter's name, then position and size."""
    values = filter_values(request.filters)
    if isinstance(request, PageRequest):
        if request.cursor:
            values |= {f"key {number}": key for number, key in enumerate(request.cursor.keys) if key is not None}
        values["limit"] = request.limit + 1  # one more than the page holds tells whether there is a next page
    else:
        values["limit"] = EVERYTHING if request.limit is None else request.limit
    return values | ({"offset": request.offset} if request.offset else {})


def filter_shape(filters: Iterable[Filter]) -> Filters:
    """What of filters decides their conditions."""
    return tuple((item.column, item.operator) for item in filters)


def filter_values(filters: Iterable[Filter]) -> dict[str, Any]:
    """The values that the conditions of filters are bound to."""
    return {item.operator.parameter(item.column): item.operator.bind(item.value) for item in filters}


@lru_cache(SHAPES)
def page_statement(shape: Shape) -> sa.Select[Any]:
    """SELECT the ready-made records of a page, with the sort keys and what `include` joins by."""
    table = shape.entity.table()
    keys = [key.column.sql.label(f"key_{number}") for number, key in enumerate(shape.sort)]
    joins = [link.local.label(f"join_{number}") for number, link in enumerate(shape.links)]
    statement = sa.select(table.c.record, *keys, *joins).where(*conditions(shape.filters))
    if shape.nulls is not None:
        statement = statement.where(_beyond(shape))
    statement = statement.order_by(*(ordering(key, backwards=shape.backwards) for key in shape.sort))
    statement = statement.limit(sa.bindparam("limit", type_=sa.Integer))
    return statement.offset(sa.bindparam("offset", type_=sa.Integer)) if shape.offset else statement


@lru_cache(SHAPES)
def values_statement(shape: Shape, columns: tuple[Column, ...]) -> sa.Select[Any]:
    """SELECT the columns of every record that matches, as values."""
    statement = sa.select(*(column.sql for column in columns)).where(*conditions(shape.filters))
    statement = statement.order_by(*(ordering(key, backwards=False) for key in shape.sort))
    statement = statement.limit(sa.bindparam("limit", type_=sa.Integer))
    return statement.offset(sa.bindparam("offset", type_=sa.Integer)) if shape.offset else statement


@lru_cache(SHAPES)
def related_count_statement(shape: Shape, link: Link) -> sa.Select[Any]:
    """SELECT how many records a link would bring into the `rows` first that match, counted up to `limit`."""
    matching = sa.select(link.local).where(*conditions(shape.filters))
    matching = matching.order_by(*(ordering(key, backwards=False) for key in shape.sort))
    matching = matching.limit(sa.bindparam("rows", type_=sa.Integer))
    if shape.offset:
        matching = matching.offset(sa.bindparam("offset", type_=sa.Integer))
    found = sa.select(sa.literal(1).label("one")).where(link.remote.in_(matching))
    return sa.select(sa.func.count()).select_from(found.limit(sa.bindparam("limit", type_=sa.Integer)).subquery())


@lru_cache(SHAPES)
def count_statement(shape: Shape) -> sa.Select[Any]:
    """SELECT how many records match, whatever the page."""
    return sa.select(sa.func.count()).select_from(shape.entity.table()).where(*conditions(shape.filters))


@lru_cache(SHAPES)
def facet_statement(shape: Shape, column: Column) -> sa.Select[Any]:
    """SELECT each value of a column with its count, the column's own filters left out, most frequent first.

    A reference comes with the names of the record referred to, null where it is no reference.
    """
    others = shape._replace(filters=tuple(item for item in shape.filters if item[0].name != column.name))
    counted = (
        sa.select(column.sql.label("value"), sa.func.count().label("records"))
        .where(*conditions(others.filters))
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


@lru_cache(SHAPES)
def related_statement(link: Link) -> sa.Select[Any]:
    """SELECT the related records of a page's rows, at most `limit`."""
    return (
        sa.select(link.remote.label("key"), link.target.table().c.record)
        .where(link.remote.in_(sa.bindparam("keys", expanding=True)))
        .order_by(link.target.table().c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )


@lru_cache(SHAPES)
def record_statement(entity: type[Entity], links: tuple[Link, ...]) -> sa.Select[Any]:
    """SELECT one record by its id."""
    table = entity.table()
    joins = [link.local.label(f"join_{number}") for number, link in enumerate(links)]
    return sa.select(table.c.record, *joins).where(table.c.id == sa.bindparam("id"))


def conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What a row must satisfy to match the filters."""
    return [
        operator.condition(
            column.sql,
            sa.bindparam(
                operator.parameter(column), type_=_bound_type(column, operator), expanding=operator.takes == "many"
            ),
        )
        for column, operator in filters
    ]


def _bound_type(column: Column, operator: Operator) -> sa.types.TypeEngine[Any]:
    return sa.Boolean() if operator.takes == "truth" else column.sql.type


def ordering(key: SortKey, *, backwards: bool) -> sa.ColumnElement[Any]:
    """How rows are ordered by one key: nulls last, reading forwards."""
    order = key.column.sql.desc() if key.descending != backwards else key.column.sql.asc()
    if not key.column.nullable:
        return order
    return order.nulls_first() if backwards else order.nulls_last()


def _beyond(shape: Shape) -> sa.ColumnElement[bool]:
    """The rows behind the cursor in reading direction: past it at one key, level with it at all keys before."""
    level: list[sa.ColumnElement[bool]] = []
    ways = []
    for number, (key, null) in enumerate(zip(shape.sort, shape.nulls or (), strict=True)):
        column, bound = key.column.sql, sa.bindparam(f"key {number}", type_=key.column.sql.type)
        if (past := _past(key, null, shape.backwards, bound)) is not None:
            ways.append(sa.and_(*level, past))
        level.append(column.is_(None) if null else column == bound)
    return sa.or_(*ways)


def _past(key: SortKey, null: bool, backwards: bool, bound: Any) -> sa.ColumnElement[bool] | None:
    column = key.column.sql
    if null:  # nulls stand last: nothing is past them, and everything else before them
        return column.is_not(None) if backwards else None
    past = column < bound if key.descending != backwards else column > bound
    return sa.or_(past, column.is_(None)) if key.column.nullable and not backwards else past
