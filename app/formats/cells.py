"""Values as flat files hold them: what CSV and XLSX have in common."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, get_type_hints

import msgspec

from app.entity import Column

EXACT = 2**53  # up to here every whole number is a double of its own

Row = Sequence[Any]
Write = Callable[[Any], Any]
Convert = Callable[[Iterable[Row]], Iterator[list[Any]]]


def flat(columns: Sequence[Column]) -> Convert:
    """What makes rows flat: whole numbers without a fraction, lists as one text."""
    return converter(columns, writer)


def converter(columns: Sequence[Column], writer_of: Callable[[Column], Write | None]) -> Convert:
    """A function that writes the values of a batch of rows, column by column, as `writer_of` says; null stays null."""
    writers = [(number, writer) for number, column in enumerate(columns) if (writer := writer_of(column))]

    def convert(batch: Iterable[Row]) -> Iterator[list[Any]]:
        for row in batch:
            cells = list(row)
            for number, write in writers:
                if cells[number] is not None:
                    cells[number] = write(cells[number])
            yield cells

    return convert


def writer(column: Column) -> Write | None:
    """What makes a value of that column flat, None where it is."""
    if column.scalar is float:
        return whole
    if column.is_list:
        return "|".join if column.items is str else partial(_objects, tuple(get_type_hints(column.items)))
    return None


def whole(number: float) -> float | int:
    """The same number, as JSON shows it: 980 and not 980.0."""
    return int(number) if abs(number) < EXACT and number == int(number) else number


def _objects(keys: tuple[str, ...], objects: list[dict[str, Any]]) -> str:
    """Each object in JSON, its keys in the declared order, which not every database keeps."""
    return "|".join(msgspec.json.encode({key: each[key] for key in keys}).decode() for each in objects)
