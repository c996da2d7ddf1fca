"""Records as a table: its headings, by which it can be sorted, and its rows."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from app.entity import Column, Entity
from app.http.addresses import Given
from app.portal.cells import Cell, cell, label, name_of, references, usual_columns
from app.portal.page import Page, Told
from app.read.page import read_page
from app.request.records import PageRequest, read_page_request

FEW = 12  # records of another collection that a page shows
POSITION = ("offset", "cursor")


class Heading(NamedTuple):
    """A column: what it is called, what it means, how it is sorted now, and the address that sorts by it."""

    title: str
    about: str
    sorted: str | None
    address: str | None
    numeric: bool


class Row(NamedTuple):
    """A record: its name, and its values in the other columns."""

    name: Cell
    cells: list[Cell]


def rows(page: Page, entity: type[Entity], names: Iterable[str], records: Iterable[bytes]) -> list[Row]:
    """Records as rows, with their names first."""
    columns = [entity.columns()[name] for name in names]
    decoded = (msgspec.json.decode(record) for record in records)
    return [
        Row(name_of(page, entity, record), [cell(page, entity, column, record) for column in columns])
        for record in decoded
    ]


def headings(
    page: Page, entity: type[Entity], names: Iterable[str], request: PageRequest | None = None
) -> list[Heading]:
    """The headings of such a table; those of a whole collection's, as it was asked for, sort it."""
    columns = entity.columns()
    shown = [columns[f"name_{page.language}"], *(columns[name] for name in names)]
    return [_heading(page, column, request) for column in shown]


def _heading(page: Page, column: Column, request: PageRequest | None) -> Heading:
    name = column.name
    title = page.language.say("名称", "Name") if name == f"name_{page.language}" else label(page, column)
    about = page.language.words(column.declared.about)
    if request is None or column.is_list:
        return Heading(title, about, None, None, column.is_quantity)
    first = request.sort[0] if "sort" in request.parameters else None
    now = ("descending" if first.descending else "ascending") if first and first.column is column else None
    # The largest amount is what people look for first; of all else, the beginning.
    downwards = now == "ascending" or (now is None and column.is_quantity)
    onward = changed(page, page.given, "sort", f"-{name}" if downwards else name)
    return Heading(title, about, now, onward, column.is_quantity)


def changed(page: Page, given: Given, name: str, text: str | None) -> str:
    """The page's address with one parameter changed or left out, from the first record on."""
    others = [each for each in given if each[0] not in {name, *POSITION}]
    return page.at(page.path, [*others, *([(name, text)] if text else [])])


def moved(page: Page, given: Given, offset: int) -> str:
    """The page's address from that record on."""
    others = [each for each in given if each[0] not in POSITION]
    return page.at(page.path, [*others, *([("offset", str(offset))] if offset else [])])


def turning(page: Page, given: Given, offset: int, limit: int, number: int, total: int) -> Told:
    """Where among all of them so many records stand, and where those before and behind them do.

    From past the end, what comes before is the last page.
    """
    end = -(-total // limit) * limit
    return {
        "first": offset + 1 if number else 0,
        "last": offset + number if number else 0,
        "previous": moved(page, given, max(min(offset, end) - limit, 0)) if offset and total else None,
        "next": moved(page, given, offset + number) if number and offset + number < total else None,
    }


def including(names: Iterable[str]) -> Given:
    """The parameter that brings related records."""
    told = ",".join(names)
    return [("include", told)] if told else []


def summary(connection: Connection, page: Page, entity: type[Entity], given: Given, most: int = FEW) -> Told:
    """The first records of a collection that match, as a table, and the address of all of them."""
    names = usual_columns(entity)
    inside = including(references(entity, names))
    found = read_page(connection, read_page_request(entity, [*given, *inside, ("limit", str(most))]))
    return {
        "collection": entity.collection,
        "total": found.total,
        "headings": headings(page, entity, names),
        "rows": rows(page, entity, names, found.records),
        "address": page.at(f"/{entity.collection.slug}", given),
    }
