"""Pages and records: one SELECT for the page, one for its count, one for each facet and each included entity."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from app.db import require_thread
from app.entity import SLUG, Bilingual, Column
from app.errors import Fault, InvalidQuery, NotFound
from app.formats import json
from app.nearest import quote_chinese
from app.read.cache import is_known, memoize
from app.read.index import require_index
from app.read.release import require_release
from app.read.terms import read_terms, require_terms
from app.request.conditions import exclude_column
from app.request.cursor import Cursor, paginate
from app.request.records import FileRequest, PageRequest, RecordRequest
from app.request.relations import Link, Record, Relation
from app.sentence import Sentence
from app.sql import statements
from app.sql.conditions import shapes_of, values_of
from app.sql.prepared import Rows, fetch, fetch_values

MAX_RELATED = 10_000  # records that one answer includes
MAX_IN_PLACE_US = 20_000  # that a page may take the event loop besides reading its rows, as estimated from:
CONDITION_US = 50  # to compile a condition of a statement
KEY_US, RELATED_US, COMPUTED_US = 0.3, 2, 60  # to copy a key, add a related record, compute evidence, for each record

Related = dict[str, list[bytes]]


@dataclass(frozen=True)
class FacetValue:
    """A value of a facet, its label if it has one, and the number of records with it."""

    value: Any
    label: Bilingual | None
    count: int


@dataclass(frozen=True)
class Page:
    """The serialized records of a page, their exact total, and the cursors of the neighbouring pages."""

    records: list[bytes]
    total: int
    next: Cursor | None
    prev: Cursor | None
    facets: dict[str, list[FacetValue]]


def read_record(connection: Connection, request: RecordRequest, record_id: str) -> bytes:
    """Return one record as JSON. Raises NotFound."""
    rows: Rows = []
    if re.fullmatch(SLUG, record_id):  # PostgreSQL rejects some texts that are no slugs
        rows = fetch(connection, statements.record_statement(request.entity, request.links), {"id": record_id})
    if not rows:
        collection = request.entity.collection
        noun = collection.singular.replace("-", " ")
        raise NotFound(
            Sentence(
                f"{collection.title.zh}中没有标识为{quote_chinese(record_id[:100])}的记录。",
                f"No {noun} has the id {record_id[:100]!r}. GET /v1/{collection.slug} lists them.",
            )
        )
    return records(connection, request, rows)[0]


def read_page(connection: Connection, request: PageRequest) -> Page:
    """Return a page with its exact total, its neighbours and its facets. Raises ReleaseChanged."""
    if _estimate_us(request) > MAX_IN_PLACE_US:
        require_thread(connection)
    release = require_release(connection, request.cursor)
    require_index(connection, request.filters)
    require_terms(connection, request.entity, request.filters, request.parameters)
    rows, counted = _read_rows(connection, request) if request.limit else ([], None)
    page = paginate(rows, request.limit, request.cursor, release, lambda row: _keys(request, row))
    facets = {column.name: read_facet(connection, request, column) for column in request.facets}
    total = count(connection, request, counted or _known_total(request, rows, facets))
    return Page(records(connection, request, page.rows), total, page.next, page.prev, facets)


def _read_rows(connection: Connection, request: PageRequest) -> tuple[Rows, int | None]:
    """Return the rows of a page, one more if there is a next page, and perhaps the total.

    The rows are records alone if nothing else is needed.
    """
    shape, values = statements.shape_of(request), statements.values_of(request)
    # SQLite gives rows faster than it joins them.
    if request.links or statements.is_ranked(request.sort) or connection.dialect.name == "sqlite":
        return fetch(connection, statements.page_statement(shape), values), None
    counted = not request.facets and not is_known(connection, (request.entity, request.filters))
    lines, total = fetch(connection, statements.lines_statement(shape, counted), values)[0]
    return [(record,) for record in lines.split(b"\n")] if lines else [], total


def _keys(request: PageRequest, row: Sequence[Any]) -> tuple[Any, ...]:
    """Return the sort keys of a row: those selected with it, otherwise those in its record."""
    if row[1:]:
        return tuple(row[1 : 1 + len(request.sort)])
    record = json.decode(row[0])
    return tuple(record.get(key.column.name) for key in request.sort)


def _estimate_us(request: PageRequest) -> float:
    """Return the most processor time that a page takes besides reading its rows, with every statement to compile."""
    conditions = len(request.filters) * (2 + len(request.facets))
    computed = sum(relation.compute is not None for relation in request.joined)
    record_us = len(request.keys) * KEY_US + len(request.links) * RELATED_US + computed * COMPUTED_US
    return conditions * CONDITION_US + request.limit * record_us


def _known_total(request: PageRequest, rows: Rows, facets: dict[str, list[FacetValue]]) -> int | None:
    """Return the total if the page holds all matching records, or a facet has counted them."""
    if len(rows) <= request.limit and request.limit and not request.cursor and not request.offset:
        return len(rows)
    for column in request.facets:
        if exclude_column(request.filters, column) == request.filters:
            return sum(value.count for value in facets[column.name])
    return None


def count(connection: Connection, request: PageRequest | FileRequest, known: int | None = None) -> int:
    """Return the number of matching records on all pages, counted unless `known`."""

    def compute() -> int:
        if known is not None:
            return known
        shape, values = statements.shape_of(request), statements.values_of(request)
        return int(fetch(connection, statements.count_statement(shape), values)[0][0])

    return memoize(connection, (request.entity, request.filters), compute)


def records(connection: Connection, request: RecordRequest, rows: Rows, room: int = MAX_RELATED) -> list[bytes]:
    """Return the records of the rows as JSON, with the requested fields, labels and related records.

    A row starts with its record and ends with the columns that the request's links join by. Each link takes one
    SELECT. Raises InvalidQuery if there are more than `room` related records.
    """
    texts = [row[0] for row in rows]
    if not (request.keys or request.include):
        return texts
    related = _read_related(connection, request.joined, rows, room)
    if request.keys:
        keys = request.labelled_keys(read_terms(connection)) if request.labels else request.keys
        texts = [*map(json.selector(keys), texts, related)]
    names = [relation.name for relation in request.include]
    return [json.include(text, each, names) for text, each in zip(texts, related, strict=True)] if names else texts


def _read_related(
    connection: Connection, relations: Iterable[Relation], rows: Rows, room: int
) -> list[dict[str, bytes]]:
    """Return the related records of each row as JSON, by the relation's name."""
    by_row: list[dict[str, bytes]] = [{} for _ in rows]
    links = [(relation, link) for relation in relations for link in relation.links]
    for index, (relation, link) in enumerate(links, -len(links)):
        keys = [row[index] for row in rows]
        related = _follow(connection, relation, link, keys, room)
        room -= sum(map(len, related.values())) if relation.many else 0
        if relation.compute:
            for each, document in zip(by_row, _compute(relation.compute, rows, keys, related), strict=True):
                each[relation.name] = document
            continue
        for each, key in zip(by_row, keys, strict=True):
            matches = related.get(key, [])
            if relation.many:
                each[relation.name] = json.array(matches)
            elif matches or relation.name not in each:  # of several links, at most one leads to a record
                each[relation.name] = matches[0] if matches else b"null"
    return by_row


def _compute(
    compute: Callable[[Record, Record], Record], rows: Rows, keys: list[Any], related: Related
) -> Iterator[bytes]:
    """Yield what follows from each row's record and its related one, as JSON."""
    parsed = {key: json.decode(matches[0]) for key, matches in related.items()}
    for row, key in zip(rows, keys, strict=True):
        yield json.encode(compute(json.decode(row[0]), parsed[key]))


def _follow(connection: Connection, relation: Relation, link: Link, keys: list[Any], room: int) -> Related:
    related: Related = defaultdict(list)
    if distinct := sorted({key for key in keys if key is not None}):
        room = room if relation.many else len(distinct)
        rows = fetch(connection, statements.related_statement(link), {"keys": distinct, "limit": room + 1})
        if len(rows) > room:
            raise too_many_related(relation, link)
        for key, record in rows:
            related[key].append(record)
    return related


def too_many_related(relation: Relation, link: Link) -> InvalidQuery:
    """Return the error for a relation with more related records than one answer includes."""
    detail = f"{relation.name} would include more than {MAX_RELATED} records. Use '/v1/{link.target.collection.slug}'."
    return InvalidQuery([Fault("include", detail)])


def read_facet(connection: Connection, request: PageRequest, column: Column) -> list[FacetValue]:
    """Return the values of a column with their counts, without the column's own filters."""
    filters = exclude_column(request.filters, column)

    def compute() -> list[FacetValue]:
        statement = statements.facet_statement(request.entity, shapes_of(filters), column)
        rows = fetch_values(connection, statement, values_of(filters))
        labels = column.labels(read_terms(connection))
        return [FacetValue(value, labels.get(value) or _name(*names), records) for value, records, *names in rows]

    return memoize(connection, (request.entity, filters, column), compute)


def _name(name_zh: str | None, name_en: str) -> Bilingual | None:
    """Return the name of a referenced record."""
    return Bilingual(name_zh, name_en) if name_zh is not None else None
