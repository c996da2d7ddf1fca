"""Records as a table: headings that sort it, rows, and its pages."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from app.entity import Cited, Column, Entity
from app.http.addresses import QueryItems
from app.models.derived_figure import DerivedFigure
from app.portal.cells import (
    DEFAULT_COLUMNS,
    Cell,
    Record,
    column_title,
    default_columns,
    format_field,
    format_name,
    includes,
)
from app.portal.page import Context, Page
from app.read.dataset import read_release
from app.read.nouns import read_nouns
from app.read.page import read_page
from app.request.controls import SEARCH
from app.request.records import PageRequest, read_page_request
from app.request.relations import reachable, relations

RELATED_ROWS = 12  # of another collection on a record's page
# Records of a collection that is sorted by default. Of more, ids alone are in order under any filter.
MAX_SORTED = 10_000
POSITION = ("offset", "cursor")


class Heading(NamedTuple):
    """A column: its title and description, `aria-sort`, the URL that sorts by it, and the CSS class of its cells."""

    title: str
    about: str
    sorted: str | None
    url: str | None
    style: str | None


def read_records(connection: Connection, entity: type[Entity], query: QueryItems) -> tuple[list[Record], int]:
    """Read a page of records, and how many match. Raises InvalidQuery."""
    page = read_page(connection, read_page_request(entity, query))
    return [msgspec.json.decode(record) for record in page.records], page.total


def add_nouns(connection: Connection, entity: type[Entity], records: Sequence[Record]) -> None:
    """Add what the figures of a quotient count to its record, as `nouns`: of the numerator and of the denominator."""
    if entity is DerivedFigure and records:
        keys = ("numerator_id", "denominator_id")
        nouns = read_nouns(connection, {record[key] for record in records for key in keys})
        for record in records:
            record["nouns"] = [nouns.get(record[key]) for key in keys]


def read_summary(
    connection: Connection,
    page: Page,
    entity: type[Entity],
    query: QueryItems,
    limit: int = RELATED_ROWS,
    about: tuple[str, str] | None = None,
) -> Context:
    """Read the first records that match as a table, with the URL of all of them.

    It has the default columns; values that all rows have alike are `shared` instead. `about` is the column that refers
    to the record on whose page the table is, and that record's id: the column is shown if rows refer to others, too.
    """
    key, own_id = about or (None, None)
    names = list(default_columns(entity))
    included = includes(entity, [*names, key] if key else names)
    sort = default_sort(entity, query, read_release(connection)["counts"][entity.collection.slug])
    records, total = read_records(connection, entity, [*query, *sort, *included, ("limit", str(limit))])
    add_nouns(connection, entity, records)
    if key and any(record[key] != own_id for record in records):
        names = names if key in names else [*names[: DEFAULT_COLUMNS - 1], key]
    elif key:
        names = [name for name in names if name != key]
    alike = [name for name in names if name != key and _is_alike(page, entity, name, records)]
    names = [name for name in names if name not in alike]
    return {
        "collection": entity.collection,
        "total": total,
        "headings": headings(page, entity, names),
        "rows": rows(page, entity, names, records),
        "shared": [(_short_title(page, entity, name), format_field(page, entity, name, records[0])) for name in alike],
        "url": page.url(f"/{entity.collection.slug}", query),
    }


def default_sort(entity: type[Entity], query: QueryItems, total: int) -> QueryItems:
    """Return the `sort` that a table adds to its query, if any, where the collection has `total` records.

    Cited records are in the order of their source, others with a theme are grouped by it. Hits stay in that of their
    rank, and a cursor in that of the query that it comes from.
    """
    columns = entity.order_in_source if issubclass(entity, Cited) else ("theme",)
    is_sorted = total > MAX_SORTED or {"sort", "cursor", SEARCH} & dict(query).keys()
    return [] if is_sorted or not entity.columns().keys() >= set(columns) else [("sort", ",".join(columns))]


def _is_alike(page: Page, entity: type[Entity], name: str, records: list[Record]) -> bool:
    """Return whether several records show one value in a column that is no amount."""
    if len(records) < 2 or reachable(entity)[name].is_quantity:
        return False
    first, *others = (format_field(page, entity, name, record) for record in records)
    return all(each == first for each in others)


def rows(page: Page, entity: type[Entity], names: Iterable[str], records: Iterable[Record]) -> list[list[Cell]]:
    """Return records as rows: the name, then the named columns."""
    return [
        [format_name(page, entity, record), *(format_field(page, entity, name, record) for name in names)]
        for record in records
    ]


def headings(
    page: Page, entity: type[Entity], names: Iterable[str], request: PageRequest | None = None
) -> list[Heading]:
    """Return the headings of the name and the named columns. With a request, they link to its table sorted by them."""
    columns = reachable(entity)
    name = columns[f"name_{page.language}"]
    first = _heading(page, name, request, page.language.say("名称", "Name"))
    return [first, *(_heading(page, columns[name], request, _short_title(page, entity, name)) for name in names)]


def _short_title(page: Page, entity: type[Entity], name: str) -> str:
    """Return a column's title: for a related record's, its title there if no own column has the same one."""
    relation, _, key = name.rpartition(".")
    title = column_title(page, reachable(entity)[name])
    if not relation:
        return title
    short = column_title(page, relations(entity)[relation].links[0].target.columns()[key])
    return title if any(short == column_title(page, own) for own in entity.columns().values()) else short


def _heading(page: Page, column: Column, request: PageRequest | None, title: str) -> Heading:
    about = page.language.localize(column.declared.about)
    style = "date" if column.kind == "date" else "number" if column.is_quantity else None
    if column.declared.unit_in:
        style = "number units"  # the numbers stand one below the other, each before its unit
    if request is None or column.is_list or "." in column.name:
        return Heading(title, about, None, None, style)
    key = request.sort[0] if "sort" in request.parameters and request.sort[0].column is column else None
    order = ("descending" if key.descending else "ascending") if key else None
    # Amounts sort from the largest at first, all else from the smallest.
    descending = order == "ascending" or (order is None and column.is_quantity)
    url = url_with(page, "sort", f"-{column.name}" if descending else column.name)
    return Heading(title, about, order, url, style)


def url_with(page: Page, name: str, value: Any) -> str:
    """Return the page's URL with one parameter changed, or removed if the value is empty, and without a position."""
    others = [each for each in page.query if each[0] not in {name, *POSITION}]
    return page.url(page.path, [*others, *([(name, str(value))] if value else [])])


def is_zero_limit(name: str, text: str) -> bool:
    """Return whether a parameter asks for the count alone, of which no page can be made."""
    return name == "limit" and not text.strip().strip("0")


def pagination(page: Page, offset: int, limit: int, count: int, total: int) -> Context:
    """Return the numbers of the first and last of `count` records, and the URLs of the pages before and after.

    Past the end, the page before is the last one.
    """
    end = -(-total // limit) * limit
    return {
        "first": offset + 1 if count else 0,
        "last": offset + count if count else 0,
        "previous": url_with(page, "offset", max(min(offset, end) - limit, 0)) if offset and total else None,
        "next": url_with(page, "offset", offset + count) if count and offset + count < total else None,
    }
