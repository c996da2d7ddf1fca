"""Conversion of values into flat cells, shared by CSV and XLSX."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, get_type_hints

import msgspec

from app.entity import Column

MAX_EXACT_INTEGER = 2**53  # up to here, a double represents every integer exactly

Row = Sequence[Any]
Write = Callable[[Any], Any]
Convert = Callable[[Iterable[Row]], Iterator[list[Any]]]


def flattener(columns: Sequence[Column]) -> Convert:
    """Return a converter of rows: 980.0 becomes 980, a list becomes one text."""
    return converter(columns, flat_writer)


def converter(columns: Sequence[Column], writer_of: Callable[[Column], Write | None]) -> Convert:
    """Return a function that applies `writer_of(column)` to the cells of each row. Null stays null."""
    writers = [(number, write) for number, column in enumerate(columns) if (write := writer_of(column))]

    def convert(batch: Iterable[Row]) -> Iterator[list[Any]]:
        for row in batch:
            cells = list(row)
            for number, write in writers:
                if cells[number] is not None:
                    cells[number] = write(cells[number])
            yield cells

    return convert


def flat_writer(column: Column) -> Write | None:
    """Return the function that flattens a value of the column, or None if its values are flat."""
    if column.scalar is float:
        return _without_fraction
    if column.is_list:
        return "|".join if column.items is str else partial(_join_objects, tuple(get_type_hints(column.items)))
    return None


def _without_fraction(number: float) -> float | int:
    return int(number) if abs(number) < MAX_EXACT_INTEGER and number == int(number) else number


def _join_objects(keys: tuple[str, ...], objects: list[dict[str, Any]]) -> str:
    """Join objects as JSON, their keys in the declared order: JSONB does not preserve it."""
    return "|".join(msgspec.json.encode({key: each[key] for key in keys if key in each}).decode() for each in objects)
