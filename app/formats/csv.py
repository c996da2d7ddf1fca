"""CSV (RFC 4180): UTF-8, comma, CRLF, a header. Null is an empty cell, an empty text is `""`.

Before Python 3.12, `csv.writer` cannot write the two differently. It also takes three times as long: here a whole
column of a batch is scanned for special characters at once, and equal numbers are formatted once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from app.entity import Column, Table
from app.formats.cells import flat_writer
from app.formats.format import Format, Options

END = "\r\n"
EMPTY = '""'


def encode(table: Table, options: Options) -> Iterator[bytes]:
    """Yield the header, then a line for each record."""
    # In a file of one column, a null would be a blank line, which readers skip.
    null = "" if len(table.columns) > 1 else EMPTY
    encoders = [_column_encoder(column, null) for column in table.columns]
    mark = "\N{BYTE ORDER MARK}" if options.bom else ""
    yield f"{mark}{','.join(map(_quote, options.header(table)))}{END}".encode()
    for batch in table.rows:
        columns = [encode_cells(cells) for encode_cells, cells in zip(encoders, zip(*batch, strict=True), strict=False)]
        yield "".join([",".join(line) + END for line in zip(*columns, strict=True)]).encode()


def _column_encoder(column: Column, null: str) -> Callable[[Sequence[Any]], Iterable[str]]:
    """Return a function that encodes the cells of a column."""
    write = flat_writer(column)
    if column.scalar in {str, list}:
        return lambda cells: _quote_all(
            [None if cell is None else write(cell) for cell in cells] if write else cells, null
        )

    @cache
    def text(value: Any) -> str:
        return null if value is None else str(write(value) if write else value)

    return lambda cells: map(text, cells)


def _quote_all(cells: Sequence[str | None], null: str) -> list[str]:
    if _is_special("".join(filter(None, cells))):
        return [null if cell is None else _quote(cell) for cell in cells]
    return [null if cell is None else cell or EMPTY for cell in cells]


def _quote(cell: str) -> str:
    return '"{}"'.format(cell.replace('"', '""')) if not cell or _is_special(cell) else cell


def _is_special(text: str) -> bool:
    return "," in text or '"' in text or "\r" in text or "\n" in text


FORMAT = Format("csv", "text/csv; header=present; charset=utf-8", encode, options=("bom", "lang"))
