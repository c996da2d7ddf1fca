"""XLSX: typed cells under a frozen header, then a sheet with the data dictionary and one with the provenance."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count
from typing import Any

from app.entity import Column, Table
from app.entity.dictionary import ENTRIES, dictionary
from app.errors import Fault, InvalidQuery
from app.formats.cells import MAX_EXACT_INTEGER, flattener
from app.formats.format import Format, Options

CHUNK_BYTES = 1 << 18
MAX_ROWS = 1_048_575  # below the header
MAX_CELL_CHARS = 32_767  # UTF-16 units
MAX_WIDTH_CHARS = 60

# A fixed creation date, so that the same data give the same bytes.
CREATED = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - the format has no time zones


def encode(table: Table, options: Options) -> Iterator[bytes]:
    """Yield a workbook of one table."""
    return workbook([table], options)


def workbook(tables: Sequence[Table], options: Options) -> Iterator[bytes]:
    """Yield a workbook with a sheet for each table. Its first byte is ready when all rows have been read.

    Raises InvalidQuery where a text is longer than a cell can be.
    """
    import xlsxwriter

    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
        # With constant_memory, rows go to temporary files.
        with xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder}) as book:
            book.set_properties({"created": CREATED, "title": tables[0].title.en if len(tables) == 1 else ""})
            for table in tables:
                yield from _write_table(book, table, options)
            _write_texts(book, "dictionary", list(ENTRIES), dictionary(tables))
            _write_texts(book, "about", ["what", "value"], tables[0].provenance.items())
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _write_table(book: Any, table: Table, options: Options) -> Iterator[bytes]:
    """Write a table. Yields nothing after each batch, so that the caller can stop there."""
    labels, flatten, lines, last = options.labels(table), flattener(table.columns), count(1), 0
    batches = iter(table.rows)
    first = [*flatten(next(batches, []))]
    sheet = _add_sheet(book, table.name, labels, first)
    sheet.freeze_panes(1, 1)
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    writers = [_cell_writer(sheet, column, date) for column in table.columns]
    for batch in chain([first], map(flatten, batches)):
        for row, last in zip(batch, lines, strict=False):
            for number, value in enumerate(row):
                if value is not None:
                    writers[number](last, number, value)
        yield b""
    sheet.autofilter(0, 0, last, len(labels) - 1)


def _write_texts(book: Any, name: str, labels: list[str], rows: Iterable[Sequence[str]]) -> None:
    rows = list(rows)
    sheet = _add_sheet(book, name, labels, rows)
    for line, row in enumerate(rows, 1):
        for number, text in enumerate(row):
            sheet.write_string(line, number, text)


def _add_sheet(book: Any, name: str, labels: list[str], first: Sequence[Sequence[Any]]) -> Any:
    """Add a sheet with a header; its columns are as wide as the rows of `first` need."""
    sheet, bold = book.add_worksheet(name[:31]), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for number, label in enumerate(labels):
        sheet.set_column(number, number, _width([label, *(row[number] for row in first)]))
        sheet.write_string(0, number, label, bold)
    return sheet


def _width(texts: Iterable[Any]) -> int:
    """Return a column's width in characters; in GB 18030, a Chinese character counts for two."""
    needed = (len(str(text).encode("gb18030")) for text in texts if text is not None)
    return min(max(needed) + 2, MAX_WIDTH_CHARS)


def _cell_writer(sheet: Any, column: Column, date: Any) -> Callable[[int, int, Any], object]:
    """Return the function that writes a cell of the column. No text becomes a formula or a link."""
    if column.scalar in {int, float}:
        return lambda row, number, value: _write_number(sheet, row, number, value)
    if column.scalar is dt.date:
        return lambda row, number, value: sheet.write_datetime(row, number, value, date)

    def write_text(row: int, number: int, value: str) -> None:
        if sheet.write_string(row, number, value):
            detail = (
                f"A text is longer than {MAX_CELL_CHARS} characters, the most that a cell holds. Use csv or parquet."
            )
            raise InvalidQuery([Fault(column.name, detail)])

    return write_text


def _write_number(sheet: Any, row: int, number: int, value: float) -> None:
    if isinstance(value, int) and abs(value) > MAX_EXACT_INTEGER:
        sheet.write_string(row, number, str(value))  # as a double it would lose digits
    else:
        sheet.write_number(row, number, _Exact(value) if isinstance(value, float) else value)


class _Exact(float):
    """A double that xlsxwriter writes with all of its 17 digits instead of 16."""

    def __format__(self, _spec: str, /) -> str:
        return repr(float(self))


FORMAT = Format(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    encode,
    options=("lang",),
    max_rows=MAX_ROWS,
    buffered=True,
)
