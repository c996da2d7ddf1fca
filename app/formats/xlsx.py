"""XLSX: an Excel table of typed cells under a frozen header, then sheets with the dictionary and the provenance."""

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, count
from typing import IO, Any

from app.entity import Column, Table
from app.entity.dictionary import ENTRIES, dictionary
from app.errors import Fault, InvalidQuery
from app.formats.cells import MAX_EXACT_INTEGER, flattener
from app.formats.format import Format, Options

CHUNK_BYTES = 1 << 18
MAX_ROWS = 1_048_575  # below the header
MAX_CELL_CHARS = 32_767  # UTF-16 units
MAX_WIDTH_CHARS = 60
FILTER_CHARS = 3  # the width of a filter's button in a header

INTEGER, DECIMAL, DATE = "#,##0", "#,##0.###", "yyyy-mm-dd"
MAX_DECIMALS = 3  # that DECIMAL shows
LINE_END = re.compile(r"\r\n?")

# A fixed creation date, so that the same data give the same bytes.
CREATED = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - the format has no time zones

Formats = Mapping[str, Any]  # xlsxwriter's formats by their codes


def encode(table: Table, options: Options) -> Iterator[bytes]:
    """Yield a workbook of one table."""
    return workbook([table], options)


def workbook(tables: Sequence[Table], options: Options) -> Iterator[bytes]:
    """Yield a workbook with a sheet for each table. Its first byte is ready when all rows have been read.

    Raises InvalidQuery where a text is longer than a cell can be.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
        with _book(file, folder) as book:
            book.set_properties({"created": CREATED, "title": tables[0].title.en if len(tables) == 1 else ""})
            formats = {code: book.add_format({"num_format": code}) for code in (INTEGER, DECIMAL, DATE)}
            for table in tables:
                yield from _write_table(book, table, options, formats)
            _write_texts(book, "dictionary", list(ENTRIES), dictionary(tables))
            _write_texts(book, "about", ["what", "value"], tables[0].provenance.items())
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


@contextmanager
def _book(file: IO[bytes], folder: str) -> Iterator[Any]:
    """Yield a workbook whose rows go to temporary files, and write it if nothing failed and its reader has not left.

    xlsxwriter's own context would pack the rows of a workbook that nobody wants.
    """
    import xlsxwriter

    book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
    try:
        yield book
    except BaseException:
        for sheet in book.worksheets():
            sheet.row_data_fh.close()
        raise
    book.close()


def _write_table(book: Any, table: Table, options: Options, formats: Formats) -> Iterator[bytes]:
    """Write a table. Yields nothing after each batch, so that the caller can stop there."""
    header, flatten, lines, last = options.header(table), flattener(table.columns), count(1), 0
    batches = iter(table.rows)
    first = [*flatten(next(batches, []))]
    sheet = book.add_worksheet(table.name[:31])
    extend = _add_excel_table(sheet, table.name.replace("-", "_"), header)
    _write_header(book, sheet, header, first)
    sheet.freeze_panes(1, 1)
    writers = [_cell_writer(sheet, column, formats) for column in table.columns]
    for batch in chain([first], map(flatten, batches)):
        for row, last in zip(batch, lines, strict=False):
            for number, value in enumerate(row):
                if value is not None:
                    writers[number](last, number, value)
        yield b""
    extend(last)


def _add_excel_table(sheet: Any, name: str, header: list[str]) -> Callable[[int], None]:
    """Add an Excel table that has one row, and return the function that extends it to the last one.

    Without records it keeps an empty row: Excel has no table without rows, and a query of this one still finds it.
    xlsxwriter refuses tables together with constant_memory, since it writes their headers to rows that may be written
    already (here none is), and it remembers every cell of a table to find overlaps.
    """
    from xlsxwriter.utility import xl_range

    sheet.constant_memory = False
    columns = [{"header": title} for title in header]
    failed = sheet.add_table(
        0, 0, 1, len(header) - 1, {"name": name, "columns": columns, "style": "Table Style Light 1"}
    )
    assert not failed  # noqa: S101 - names of collections and titles are fit for it
    sheet.constant_memory = True

    def extend(last: int) -> None:
        cells = xl_range(0, 0, max(last, 1), len(header) - 1)
        sheet.tables[0].update(range=cells, a_range=cells, autofilter=cells)

    return extend


def _write_texts(book: Any, name: str, header: list[str], rows: Iterable[Sequence[str]]) -> None:
    rows, sheet = list(rows), book.add_worksheet(name)
    _write_header(book, sheet, header, rows)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows, 1):
        for number, text in enumerate(row):
            _write_text(sheet, line, number, text)


def _write_header(book: Any, sheet: Any, header: list[str], first: Sequence[Sequence[Any]]) -> None:
    """Write the header; columns are as wide as the rows of `first` need."""
    bold = book.add_format({"bold": True})
    for number, title in enumerate(header):
        sheet.set_column(number, number, _width(title, (row[number] for row in first)))
        sheet.write_string(0, number, title, bold)


def _width(title: str, cells: Iterable[Any]) -> int:
    """Return a column's width in characters; in GB 18030, a Chinese character counts for two."""
    texts = (f"{cell:,}" if isinstance(cell, int | float) else str(cell) for cell in cells if cell is not None)
    needed = (len(text.encode("gb18030")) for text in (title + FILTER_CHARS * " ", *texts))
    return min(max(needed) + 1, MAX_WIDTH_CHARS)


def _cell_writer(sheet: Any, column: Column, formats: Formats) -> Callable[[int, int, Any], object]:
    """Return the function that writes a cell of the column. No text becomes a formula or a link."""
    if column.scalar in {int, float}:
        return lambda row, number, value: _write_number(sheet, row, number, value, formats)
    if column.scalar is dt.date:
        return lambda row, number, value: sheet.write_datetime(row, number, value, formats[DATE])

    def write_text(row: int, number: int, value: str) -> None:
        if _write_text(sheet, row, number, value):
            detail = (
                f"A text is longer than {MAX_CELL_CHARS} characters, the most that a cell holds. Use csv or parquet."
            )
            raise InvalidQuery([Fault(column.name, detail)])

    return write_text


def _write_text(sheet: Any, row: int, number: int, text: str) -> Any:
    """Write a text with the line ends that cells have; return what tells that it is too long."""
    return sheet.write_string(row, number, LINE_END.sub("\n", text) if "\r" in text else text)


def _write_number(sheet: Any, row: int, number: int, value: float, formats: Formats) -> None:
    if not isinstance(value, int):
        # A number that DECIMAL would round, or show in hundreds of digits, is shown as it is.
        is_plain = abs(value) < MAX_EXACT_INTEGER and value == round(value, MAX_DECIMALS)
        sheet.write_number(row, number, _Exact(value), formats[DECIMAL] if is_plain else None)
    elif abs(value) > MAX_EXACT_INTEGER:
        sheet.write_string(row, number, str(value))  # as a double it would lose digits
    else:
        sheet.write_number(row, number, value, formats[INTEGER])


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
    readable=True,
)
