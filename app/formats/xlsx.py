"""XLSX: typed cells under a frozen header, then a sheet that explains the columns and one that says where from."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count
from typing import Any

from app.entity import Column, Table
from app.entity.dictionary import ENTRIES, dictionary
from app.errors import Fault, InvalidQuery
from app.formats.cells import EXACT, flat
from app.formats.format import Format, Options

PIECE = 1 << 18  # bytes
MAX_ROWS = 1_048_575  # below the header
MAX_TEXT = 32_767  # UTF-16 units in a cell
WIDEST = 60  # characters

# Every workbook says that it was made when Excel's calendar of files begins: the same data are the same bytes.
MADE = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - the format knows no zones


def encode(table: Table, options: Options) -> Iterator[bytes]:
    """A workbook of one table."""
    return workbook([table], options)


def workbook(tables: Sequence[Table], options: Options) -> Iterator[bytes]:
    """A workbook with a sheet for each table; nothing of it is there before all of it is.

    Raises InvalidQuery where a text is longer than a cell can be: nothing is cut short unnoticed.
    """
    import xlsxwriter

    # Its temporary files hold the rows, so that memory does not grow with them.
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        try:
            book.set_properties({"created": MADE, "title": tables[0].title.en if len(tables) == 1 else ""})
            for table in tables:
                yield from _sheet(book, table, options)
            _plain_sheet(book, "dictionary", list(ENTRIES), dictionary(tables))
            _plain_sheet(book, "about", ["what", "value"], tables[0].provenance.items())
            book.close()
        finally:
            for sheet in book.worksheets():
                sheet._opt_close()  # noqa: SLF001 - the only way out of a workbook that is not to be finished
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _sheet(book: Any, table: Table, options: Options) -> Iterator[bytes]:
    """Write a table; yield nothing after each batch, so that whoever no longer wants the file can stop here."""
    labels, flatten, lines, last = options.labels(table), flat(table.columns), count(1), 0
    batches = iter(table.rows)
    first = [*flatten(next(batches, []))]
    sheet = _headed(book, table.name, labels, first)
    sheet.freeze_panes(1, 1)
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    writers = [_writer(sheet, column, date) for column in table.columns]
    for batch in chain([first], map(flatten, batches)):
        for row, last in zip(batch, lines, strict=False):
            for number, value in enumerate(row):
                if value is not None:
                    writers[number](last, number, value)
        yield b""
    sheet.autofilter(0, 0, last, len(labels) - 1)


def _headed(book: Any, name: str, labels: list[str], first: Sequence[Sequence[Any]]) -> Any:
    sheet, bold = book.add_worksheet(name[:31]), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for number, label in enumerate(labels):
        sheet.set_column(number, number, _width([label, *(row[number] for row in first)]))
        sheet.write_string(0, number, label, bold)
    return sheet


def _width(texts: Iterable[Any]) -> int:
    """What the first cells of a column take: a Chinese character as much as two letters, a long text a part of it."""
    needed = (len(str(text).encode("gb18030")) for text in texts if text is not None)
    return min(max(needed) + 2, WIDEST)


def _plain_sheet(book: Any, name: str, labels: list[str], rows: Iterable[Sequence[str]]) -> None:
    rows = list(rows)
    sheet = _headed(book, name, labels, rows)
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row):
            sheet.write_string(number, place, text)


def _writer(sheet: Any, column: Column, date: Any) -> Callable[[int, int, Any], object]:
    """How a column's values are put into cells: never as a formula or a link, whatever a text looks like."""
    if column.scalar in {int, float}:
        return lambda row, place, value: _number(sheet, row, place, value)
    if column.scalar is dt.date:
        return lambda row, place, value: sheet.write_datetime(row, place, value, date)

    def text(row: int, place: int, value: str) -> None:
        if sheet.write_string(row, place, value):
            detail = f"holds a text of more than {MAX_TEXT} characters, the most that a cell takes; use csv or parquet"
            raise InvalidQuery([Fault(column.name, detail)])

    return text


def _number(sheet: Any, row: int, place: int, value: float) -> None:
    if isinstance(value, int) and abs(value) > EXACT:
        sheet.write_string(row, place, str(value))  # as a number it would lose digits
    else:
        sheet.write_number(row, place, _Exact(value) if isinstance(value, float) else value)


class _Exact(float):
    """A double that is written with all its digits: the writer asks for sixteen, a few numbers need seventeen."""

    def __format__(self, _digits: str, /) -> str:
        return repr(float(self))


FORMAT = Format(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    encode,
    options=("lang",),
    max_rows=MAX_ROWS,
    buffered=True,
)
