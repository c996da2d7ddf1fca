"""The statements for pages, files, records, facets and related records, one for each shape of a request."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.entity import Column, Entity
from app.models.search_index import ENTRIES
from app.request.conditions import RANK
from app.request.records import FileRequest, PageRequest, SortKey
from app.request.relations import Link
from app.sql import conditions
from app.sql.conditions import FilterShape, Shapes, where
from app.sql.memo import cached_by_shape
from app.sql.prepared import VARIES, Among, Bytes, Lines
from app.sql.search import SearchShape, cursor_values

MAX_ROWS = 2**31 - 1  # a limit that no table reaches
LIMIT = sa.bindparam("limit", type_=sa.Integer)
OFFSET = sa.bindparam("offset", type_=sa.Integer)


class Shape(NamedTuple):
    """The part of a page or file request that its SQL depends on."""

    entity: type[Entity]
    filters: Shapes
    sort: tuple[SortKey, ...]
    links: tuple[Link, ...]
    backwards: bool
    nulls: tuple[bool, ...] | None  # which keys of the cursor are null; None without a cursor
    offset: bool


def shape_of(request: PageRequest | FileRequest) -> Shape:
    """Return the shape of a request."""
    cursor = request.cursor if isinstance(request, PageRequest) else None
    return Shape(
        request.entity,
        conditions.shapes_of(request.filters),
        request.sort,
        request.links,
        cursor is not None and cursor.backwards,
        tuple(key is None for key in cursor.keys) if cursor else None,
        bool(request.offset),
    )


def values_of(request: PageRequest | FileRequest) -> dict[str, Any]:
    """Return the bind values of a request: filters by their parameters' names, cursor, limit and offset."""
    values = conditions.values_of(request.filters)
    if isinstance(request, PageRequest):
        if request.cursor:
            values |= {f"key {number}": key for number, key in enumerate(request.cursor.keys) if key is not None}
            if is_ranked(request.sort):
                rank, record_id = request.cursor.keys
                values |= cursor_values(request.cursor._replace(keys=(rank, request.entity.collection.slug, record_id)))
        values["limit"] = request.limit + 1  # one more row shows whether there is a next page
    else:
        values["limit"] = MAX_ROWS if request.limit is None else request.limit
    offset = request.offset or 0
    return values | ({"offset": offset} if offset else {}) | {"reach": values["limit"] + offset}


@cached_by_shape
def page_statement(shape: Shape) -> sa.Select[Any]:
    """SELECT the serialized records of a page, its sort keys, and the columns that related records are joined by."""
    if search := _only_search(shape):
        return _ranked_statement(shape, search)
    return _page(shape, Bytes(shape.entity.table().c.record))


@cached_by_shape
def lines_statement(shape: Shape, counted: bool) -> sa.Select[Any]:
    """SELECT the serialized records of a page as the lines of one value, on PostgreSQL faster than as rows.

    If `counted` and there is a next page, the number of matching records on all pages follows, otherwise null.
    """
    page = _page(shape, shape.entity.table().c.record.label("record")).subquery("page")
    total = sa.case((sa.func.count() == LIMIT, count_statement(shape).scalar_subquery())) if counted else sa.null()
    return sa.select(Lines(page.c.record), total).execution_options(**_planning(shape))


def _planning(shape: Shape) -> dict[str, bool]:
    """Return the execution option of a page that no index serves.

    PostgreSQL's plan for any values reads in the order of the page until it is full, which for a rare value is never.
    """
    leading = {name for index in shape.entity.table().indexes for name in index.columns.keys()[:1]}
    equal = {each.column.name for each in shape.filters if isinstance(each, FilterShape) and not each.operator.suffix}
    return {VARIES: True} if shape.filters and leading.isdisjoint(equal) else {}


def _page(shape: Shape, record: sa.ColumnElement[Any]) -> sa.Select[Any]:
    keys = [_sort_column(key, shape.filters).label(f"key_{number}") for number, key in enumerate(shape.sort)]
    statement = sa.select(record, *keys, *(link.local for link in shape.links)).where(*where(shape.filters))
    if shape.nulls is not None:
        statement = statement.where(_after_cursor(shape))
    # By label, so that an expression is evaluated once.
    pairs = zip(shape.sort, keys, strict=True)
    order = (order_by(key, backwards=shape.backwards, column=label) for key, label in pairs)
    return _limited(statement.order_by(*order), shape)


@cached_by_shape
def related_count_statement(shape: Shape, link: Link) -> sa.Select[Any]:
    """SELECT the number of records that a link brings into the first `rows` results, counted up to `limit`."""
    results = sa.select(link.local).where(*where(shape.filters))
    results = results.order_by(
        *(order_by(key, backwards=False, column=_sort_column(key, shape.filters)) for key in shape.sort)
    )
    results = results.limit(sa.bindparam("rows", type_=sa.Integer))
    results = results.offset(OFFSET) if shape.offset else results
    related = sa.select(sa.literal(1).label("one")).where(link.remote.in_(results)).limit(LIMIT)
    return sa.select(sa.func.count()).select_from(related.subquery())


@cached_by_shape
def count_statement(shape: Shape) -> sa.Select[Any]:
    """SELECT the number of matching records on all pages."""
    if len(shape.filters) == 1 and isinstance(shape.filters[0], SearchShape):
        return sa.select(sa.func.count()).select_from(shape.filters[0].numbers().subquery())
    return sa.select(sa.func.count()).select_from(shape.entity.table()).where(*where(shape.filters))


@cached_by_shape
def facet_statement(entity: type[Entity], filters: Shapes, column: Column) -> sa.Select[Any]:
    """SELECT each value of a column with its count, most frequent first, and the names of a referenced record."""
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
    order = counted.c.records.desc(), counted.c.value.asc().nulls_last()
    return sa.select(counted.c.value, counted.c.records, *names).select_from(source).order_by(*order)


@cached_by_shape
def related_statement(link: Link) -> sa.Select[Any]:
    """SELECT the related records of a page, at most `limit`, each after the key that joins it."""
    table = link.target.table().c
    statement = sa.select(link.remote, Bytes(table.record)).where(Among(link.remote, "keys"))
    return statement.order_by(table.id).limit(LIMIT)


@cached_by_shape
def record_statement(entity: type[Entity], links: tuple[Link, ...]) -> sa.Select[Any]:
    """SELECT one record by its id, then the columns that related records are joined by."""
    table = entity.table().c
    return sa.select(Bytes(table.record), *(link.local for link in links)).where(table.id == sa.bindparam("id"))


def is_ranked(sort: tuple[SortKey, ...]) -> bool:
    """Whether records are sorted by the rank of a search."""
    return [key.column.name for key in sort] == [RANK.name, "id"]


def order_by(key: SortKey, *, backwards: bool, column: sa.ColumnElement[Any] | None = None) -> sa.ColumnElement[Any]:
    """Return the ORDER BY of a key, or of the column selected as it; nulls come last when reading forwards."""
    column = key.column.sql if column is None else column
    order = column.desc() if key.descending != backwards else column.asc()
    if not key.column.nullable:
        return order
    return order.nulls_first() if backwards else order.nulls_last()


def _only_search(shape: Shape) -> SearchShape | None:
    """Return the search of a ranked page that has no other filters."""
    (*others, last) = shape.filters or (None,)
    return last if is_ranked(shape.sort) and not others and isinstance(last, SearchShape) else None


def _ranked_statement(shape: Shape, search: SearchShape) -> sa.Select[Any]:
    """SELECT a ranked page from the search index, reading no more of each rank than the page may need."""
    table, backwards = shape.entity.table(), shape.backwards
    hits = search.ranked_page(cursor=shape.nulls is not None, backwards=backwards)
    keys = [hits.c.rank.label("key_0"), table.c.id.label("key_1")]
    statement = sa.select(Bytes(table.c.record), *keys, *(link.local for link in shape.links)).select_from(hits)
    statement = statement.join(ENTRIES, ENTRIES.c.number == hits.c.number).join(table, table.c.id == ENTRIES.c.id)
    order = (key.desc() if backwards else key.asc() for key in (hits.c.rank, hits.c.number))
    return _limited(statement.order_by(*order), shape)


def _limited(statement: sa.Select[Any], shape: Shape) -> sa.Select[Any]:
    statement = statement.limit(LIMIT)
    return statement.offset(OFFSET) if shape.offset else statement


def _sort_column(key: SortKey, filters: Shapes) -> sa.ColumnElement[Any]:
    """Return the column of a sort key; the rank of a result depends on the search."""
    if key.column is not RANK:
        return key.column.sql
    return next(shape for shape in filters if isinstance(shape, SearchShape)).rank


def _after_cursor(shape: Shape) -> sa.ColumnElement[bool]:
    """Return the condition on rows after the cursor: past it at one key, equal at all keys before."""
    equal: list[sa.ColumnElement[bool]] = []
    alternatives = []
    for number, (key, null) in enumerate(zip(shape.sort, shape.nulls or (), strict=True)):
        column = _sort_column(key, shape.filters)
        value = sa.bindparam(f"key {number}", type_=column.type)
        if (past := _past(key, column, value, null, shape.backwards)) is not None:
            alternatives.append(sa.and_(*equal, past))
        equal.append(column.is_(None) if null else column == value)
    return sa.or_(*alternatives)


def _past(
    key: SortKey, column: sa.ColumnElement[Any], value: Any, null: bool, backwards: bool
) -> sa.ColumnElement[bool] | None:
    if null:  # nulls come last: nothing follows them, and everything else precedes them
        return column.is_not(None) if backwards else None
    past = column < value if key.descending != backwards else column > value
    return sa.or_(past, column.is_(None)) if key.column.nullable and not backwards else past
