"""What surrounds a record: the records above it, those that refer to it or to one below it, and the whole tree."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from app.entity import Cited, Entity
from app.models import SUBJECTS, Figure
from app.models.mention import Mention
from app.portal.cells import Cell, Record, format_name
from app.portal.page import Context, Page
from app.portal.series import ORDER_IN_TIME
from app.portal.table import MAX_SORTED, RELATED_ROWS, read_records, read_summary
from app.read.dataset import read_release
from app.read.page import read_page, read_record
from app.request.parameters import MAX_LIST_VALUES
from app.request.records import RecordRequest, read_page_request
from app.request.relations import Referrer, referrers

PARENT = "parent_id"  # the column of the record above, in collections that are trees
SOURCE = "source_id"  # the column of the source, in all collections of cited records
MAX_LEVELS = 12  # of a tree above a record, or below its topmost ones
MAX_BRANCHES = 300  # records of a collection that is shown as a tree
MAX_MENTIONS = 100  # of a record, among which its page looks for other names
FIGURE_ROWS = 50  # on the page of a record that figures refer to


class Branch(NamedTuple):
    """A record of a tree, the number of figures of it and of all records below it, and those right below it."""

    name: Cell
    figures: int
    below: list["Branch"]


def read_ancestors(connection: Connection, entity: type[Entity], record: Record) -> list[Record]:
    """Read the records above a record, the topmost first."""
    above: list[Record] = []
    while (parent := (above[-1] if above else record).get(PARENT)) and len(above) < MAX_LEVELS:
        above.append(msgspec.json.decode(read_record(connection, RecordRequest({}, entity, None, ()), parent)))
    return above[::-1]


def read_aliases(connection: Connection, entity: type[Entity], record: Record) -> list[Record]:
    """Read the mentions that name a record by other words than its names, the first of each, with their sources."""
    if entity not in SUBJECTS:
        return []
    subject = [("subject_kind", entity.collection.singular), ("subject_id", record["id"])]
    query = [*subject, ("include", "source"), *_in_order(Mention), ("limit", str(MAX_MENTIONS))]
    names, aliases = {record["name_zh"], record["name_en"]}, dict[str, Record]()
    for mention in read_records(connection, Mention, query)[0]:
        if mention["as_named"] not in names:
            aliases.setdefault(mention["as_named"], mention)
    return [*aliases.values()]


def read_related(connection: Connection, page: Page, entity: type[Entity], record: Record) -> Iterator[Context]:
    """Yield a table for each way in which records refer to this record or to one below it.

    All records of an article refer to their source: of those that are no figures, the table has no rows.
    """
    record_id = record["id"]
    subtree = _read_subtree(connection, entity, record_id)
    for referrer in referrers(entity):
        ids = [record_id] if referrer.entity is entity else subtree
        if referrer.vocabulary:
            if referrer.vocabulary != record["vocabulary"]:
                continue
            ids = [record["slug"]]
        query = [*referrer.query, _filter(referrer.key, ids)]
        query += _order_of(connection, referrer)
        limit = FIGURE_ROWS if referrer.entity is Figure else 0 if referrer.key == SOURCE else RELATED_ROWS
        table = read_summary(connection, page, referrer.entity, query, limit, (referrer.key, record_id))
        if table["total"]:
            yield {**table, "key": referrer.key, "title": referrer.title, "includes_below": len(ids) > 1}


def read_tree(connection: Connection, page: Page, entity: type[Entity], limit: int = MAX_BRANCHES) -> list[Branch]:
    """Read a collection as a tree: its topmost records, those with others below them first.

    Empty unless most records are below another, or if they are more than `limit` or in too many levels for a page.
    """
    if PARENT not in entity.columns():
        return []
    records, total = read_records(connection, entity, [*_in_order(entity), ("limit", str(limit))])
    if total > limit:
        return []
    below: dict[str | None, list[Record]] = defaultdict(list)
    for record in records:
        below[record[PARENT]].append(record)
    if 2 * len(below[None]) >= total or _is_deep(below):
        return []
    figures = _count_figures(connection, entity)

    def branches(parent: str | None) -> Iterator[Branch]:
        for record in below[parent]:
            inner = list(branches(record["id"]))
            yield Branch(
                format_name(page, entity, record), figures[record["id"]] + sum(each.figures for each in inner), inner
            )

    return sorted(branches(None), key=lambda each: not each.below)


def _is_deep(below: dict[str | None, list[Record]]) -> bool:
    """Return whether a tree has more levels than a page leads up: each takes some of Python's stack."""
    level = below[None]
    for _ in range(MAX_LEVELS):
        level = [inner for record in level for inner in below[record["id"]]]
    return bool(level)


def _read_subtree(connection: Connection, entity: type[Entity], record_id: str) -> list[str]:
    """Read the ids of a record and all below it, or its own alone if they are more than a filter takes."""
    ids = level = [record_id]
    while level and PARENT in entity.columns():
        query = [_filter(PARENT, level), ("limit", str(MAX_LIST_VALUES))]
        records, total = read_records(connection, entity, query)
        level = [record["id"] for record in records]
        ids = ids + level
        if total > len(level) or len(ids) > MAX_LIST_VALUES:
            return [record_id]
    return ids


def _count_figures(connection: Connection, entity: type[Entity]) -> Counter[str]:
    """Count the figures that refer to each record, by the first of the ways in which they do."""
    ways: Iterator[Referrer] = (each for each in referrers(entity) if each.entity is Figure)
    if (way := next(ways, None)) is None:
        return Counter()
    request = read_page_request(Figure, [*way.query, ("facet", way.key), ("limit", "0")])
    return Counter({each.value: each.count for each in read_page(connection, request).facets[way.key]})


def _filter(key: str, ids: list[str]) -> tuple[str, str]:
    return (key, ids[0]) if len(ids) == 1 else (f"{key}__in", ",".join(ids))


def _order_of(connection: Connection, referrer: Referrer) -> list[tuple[str, str]]:
    """Return the order of a table of records that refer to one, if it is another than that of their collection."""
    if referrer.key == SOURCE:
        return _in_order(referrer.entity)  # an index has that order
    is_series = referrer.entity is Figure and referrer.key == "indicator_id"
    if is_series and read_release(connection)["counts"][Figure.collection.slug] <= MAX_SORTED:
        return [("sort", ",".join(ORDER_IN_TIME))]
    return []


def _in_order(entity: type[Entity]) -> list[tuple[str, str]]:
    """Return the parameter that sorts records as their sources name them."""
    return [("sort", ",".join(entity.order_in_source))] if issubclass(entity, Cited) else []
