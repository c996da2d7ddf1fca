"""Run a request on a snapshot: one SELECT for the page, one COUNT, one for each facet and each related entity."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection, Row

from app.entity import SLUG, Column, Words
from app.errors import Fault, InvalidQuery, NotFound
from app.query import plan
from app.query.cursor import Cursor, cut
from app.query.index import require_index
from app.query.relations import Link, Relation
from app.query.request import PageRequest, RecordRequest

MAX_RELATED = 10_000  # records that one answer includes; more are asked for at their own address

Related = dict[str, list[str]]


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet, with its label where it has one, and how many records hold it."""

    value: Any
    label: Words | None
    count: int


@dataclass(frozen=True)
class Found:
    """A record's JSON as it was written at load, and the JSON of what was asked to be included in it."""

    record: str
    included: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """The answer to a page request."""

    records: list[Found]
    total: int
    next: Cursor | None
    prev: Cursor | None
    facets: dict[str, list[FacetValue]]


def read_record(connection: Connection, request: RecordRequest, record_id: str) -> Found:
    """Read one record. Raises NotFound."""
    row, links = None, tuple(link for relation in request.include for link in relation.links)
    if re.fullmatch(SLUG, record_id):  # nothing else can be an id, and some of it no database takes
        row = connection.execute(plan.record_statement(request.entity, links), {"id": record_id}).one_or_none()
    if row is None:
        collection = request.entity.collection
        raise NotFound(f"{collection.slug} hold no record {record_id[:100]!r}; /v1/{collection.slug} lists them")
    return include(connection, request, [row])[0]


def read_page(connection: Connection, request: PageRequest) -> Page:
    """Read a page of records with its exact total, its neighbours and its facets."""
    require_index(connection, request.filters)
    shape, values = plan.shape_of(request), plan.values_of(request)
    total = connection.execute(plan.count_statement(shape), values).scalar_one()
    rows = connection.execute(plan.page_statement(shape), values).all() if request.limit else []
    page = cut(rows, request.limit, request.cursor, lambda row: tuple(row[1 : 1 + len(request.sort)]))
    return Page(
        include(connection, request, page.rows),
        total,
        page.next,
        page.prev,
        {column.name: _facet(connection, shape, values, column) for column in request.facets},
    )


def include(
    connection: Connection, request: RecordRequest, rows: Sequence[Row[Any]], room: int = MAX_RELATED
) -> list[Found]:
    """Put the related records of all rows in their places: one SELECT for each entity that is followed.

    Raises InvalidQuery where they are more than there is `room` for.
    """
    found = [Found(row.record) for row in rows]
    number = 0
    for relation in request.include:
        for link in relation.links:
            keys = [getattr(row, f"join_{number}") for row in rows]
            related = _related(connection, relation, link, keys, room)
            room -= sum(map(len, related.values()))
            for item, key in zip(found, keys, strict=True):
                _put(item.included, relation, related.get(key, []))
            number += 1
    return found


def _related(connection: Connection, relation: Relation, link: Link, keys: list[Any], room: int) -> Related:
    wanted = sorted({key for key in keys if key is not None})
    related: Related = defaultdict(list)
    if wanted:
        rows = connection.execute(plan.related_statement(link), {"keys": wanted, "limit": room + 1}).all()
        if len(rows) > room:
            raise too_many(relation, link)
        for row in rows:
            related[row.key].append(row.record)
    return related


def too_many(relation: Relation, link: Link) -> InvalidQuery:
    """What to say where a relation would bring too many records."""
    address = f"/v1/{link.target.collection.slug}"
    return InvalidQuery(
        [Fault("include", f"{relation.name} would bring more than {MAX_RELATED} records; ask for them at {address}")]
    )


def _put(included: dict[str, str], relation: Relation, records: list[str]) -> None:
    if relation.many:
        included[relation.name] = f"[{','.join(records)}]"
    elif records or relation.name not in included:
        included[relation.name] = records[0] if records else "null"


def _facet(connection: Connection, shape: plan.Shape, values: dict[str, Any], column: Column) -> list[FacetValue]:
    rows = connection.execute(plan.facet_statement(shape, column), values)
    return [FacetValue(row.value, _label(column, row), row.records) for row in rows]


def _label(column: Column, row: Row[Any]) -> Words | None:
    """What people call a value: its vocabulary's label, or the name of the record referred to."""
    if column.vocabulary and row.value is not None:
        return column.vocabulary.label_of(row.value)
    return Words(row.name_zh, row.name_en) if row.name_zh is not None else None
