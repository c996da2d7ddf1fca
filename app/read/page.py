"""Run a request on a snapshot: one SELECT for the page, one COUNT, one for each facet and each related entity."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection, Row

from app.entity import SLUG, Bilingual, Column
from app.errors import Fault, InvalidQuery, NotFound
from app.formats import json
from app.read.cache import memoize
from app.read.index import require_index
from app.request.conditions import without
from app.request.cursor import Cursor, cut
from app.request.records import FileRequest, PageRequest, RecordRequest
from app.request.relations import Link, Relation
from app.sql import statements
from app.sql.conditions import shapes_of, values_of
from app.sql.prepared import Rows, fetch

MAX_RELATED = 10_000  # records that one answer includes; more are asked for at their own address

Related = dict[str, list[bytes]]


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet, with its label where it has one, and how many records hold it."""

    value: Any
    label: Bilingual | None
    count: int


@dataclass(frozen=True)
class Page:
    """The answer to a page request."""

    records: list[bytes]
    total: int
    next: Cursor | None
    prev: Cursor | None
    facets: dict[str, list[FacetValue]]


def read_record(connection: Connection, request: RecordRequest, record_id: str) -> bytes:
    """Read one record: its JSON. Raises NotFound."""
    rows: Rows = []
    links = tuple(link for relation in request.include for link in relation.links)
    if re.fullmatch(SLUG, record_id):  # nothing else can be an id, and some of it no database takes
        rows = fetch(connection, statements.record_statement(request.entity, links), {"id": record_id})
    if not rows:
        collection = request.entity.collection
        raise NotFound(f"{collection.slug} hold no record {record_id[:100]!r}; /v1/{collection.slug} lists them")
    return records(connection, request, rows)[0]


def read_page(connection: Connection, request: PageRequest) -> Page:
    """Read a page of records with its exact total, its neighbours and its facets."""
    require_index(connection, request.filters)
    shape, values = statements.shape_of(request), statements.values_of(request)
    rows = fetch(connection, statements.page_statement(shape), values) if request.limit else []
    page = cut(rows, request.limit, request.cursor, lambda row: tuple(row[1 : 1 + len(request.sort)]))
    facets = {column.name: facet(connection, request, column) for column in request.facets}
    return Page(
        records(connection, request, page.rows),
        count(connection, request, _shown(request, rows, facets)),
        page.next,
        page.prev,
        facets,
    )


def _shown(request: PageRequest, rows: Rows, facets: dict[str, list[FacetValue]]) -> int | None:
    """How many records match, where the page holds them all or a facet has counted the very same."""
    if len(rows) <= request.limit and request.limit and not request.cursor and not request.offset:
        return len(rows)
    alike = (column for column in request.facets if without(request.filters, column) == request.filters)
    return next((sum(value.count for value in facets[column.name]) for column in alike), None)


def count(connection: Connection, request: PageRequest | FileRequest, shown: int | None = None) -> int:
    """How many records match, whatever the page; counted unless what was read has `shown` it."""

    def find() -> int:
        if shown is not None:
            return shown
        shape, values = statements.shape_of(request), statements.values_of(request)
        return int(fetch(connection, statements.count_statement(shape), values)[0][0])

    return memoize(connection, (request.entity, request.filters), find)


def records(connection: Connection, request: RecordRequest, rows: Rows, room: int = MAX_RELATED) -> list[bytes]:
    """The JSON of the rows' records, as it was written at load, or what of it and besides it was asked for.

    A row begins with its record and ends with what each link of `include` joins by; each entity that is followed takes
    one SELECT. Raises InvalidQuery where related records are more than there is `room` for.
    """
    if request.include:
        related = _included(connection, request, rows, room)
        return [json.record(row[0], request.fields, each) for row, each in zip(rows, related, strict=True)]
    if request.fields:
        return [json.record(row[0], request.fields) for row in rows]
    return [row[0] for row in rows]


def _included(connection: Connection, request: RecordRequest, rows: Rows, room: int) -> list[dict[str, bytes]]:
    included: list[dict[str, bytes]] = [{} for _ in rows]
    links = [(relation, link) for relation in request.include for link in relation.links]
    for place, (relation, link) in enumerate(links, -len(links)):
        keys = [row[place] for row in rows]
        related = _related(connection, relation, link, keys, room)
        room -= sum(map(len, related.values()))
        for item, key in zip(included, keys, strict=True):
            _put(item, relation, related.get(key, []))
    return included


def _related(connection: Connection, relation: Relation, link: Link, keys: list[Any], room: int) -> Related:
    wanted = sorted({key for key in keys if key is not None})
    related: Related = defaultdict(list)
    if wanted:
        rows = fetch(connection, statements.related_statement(link), {"keys": wanted, "limit": room + 1})
        if len(rows) > room:
            raise too_many(relation, link)
        for key, record in rows:
            related[key].append(record)
    return related


def too_many(relation: Relation, link: Link) -> InvalidQuery:
    """What to say where a relation would bring too many records."""
    address = f"/v1/{link.target.collection.slug}"
    return InvalidQuery(
        [Fault("include", f"{relation.name} would bring more than {MAX_RELATED} records; ask for them at {address}")]
    )


def _put(included: dict[str, bytes], relation: Relation, records: list[bytes]) -> None:
    if relation.many:
        included[relation.name] = json.array(records)
    elif records or relation.name not in included:
        included[relation.name] = records[0] if records else b"null"


def facet(connection: Connection, request: PageRequest, column: Column) -> list[FacetValue]:
    """Each value of a column, with how many records hold it of those that match, its own filters left out."""
    others = without(request.filters, column)

    def find() -> list[FacetValue]:
        rows = connection.execute(
            statements.facet_statement(request.entity, shapes_of(others), column), values_of(others)
        )
        return [FacetValue(row.value, _label(column, row), row.records) for row in rows]

    return memoize(connection, (request.entity, others, column), find)


def _label(column: Column, row: Row[Any]) -> Bilingual | None:
    """What people call a value: its vocabulary's label, or the name of the record referred to."""
    if column.vocabulary and row.value is not None:
        return column.vocabulary.label_of(row.value)
    return Bilingual(row.name_zh, row.name_en) if row.name_zh is not None else None
