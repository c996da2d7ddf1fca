"""CSV (RFC 4180): UTF-8, comma, CRLF, a header; null is an empty cell and an empty text is `""`."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from app.entity import Table
from app.formats.cells import flat
from app.formats.format import Format, Options

END = "\r\n"


def encode(table: Table, options: Options) -> Iterator[bytes]:
    """The header, then a line for each record."""
    flatten, text = flat(table.columns), io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=END)
    if options.bom:
        text.write("\N{BYTE ORDER MARK}")
    writer.writerow(options.labels(table))
    yield _taken(text)
    for batch in table.rows:
        for cells in flatten(batch):
            if "" in cells:
                text.write(_line(cells))
            else:
                writer.writerow(cells)
        yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    taken = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return taken


def _line(cells: list[Any]) -> str:
    """A line that tells null from an empty text, which the writer of the standard library cannot before Python 3.12."""
    return ",".join(map(_cell, cells)) + END


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    quoted = text == "" or any(character in text for character in ',"\r\n')
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if quoted else text


FORMAT = Format("csv", "text/csv; charset=utf-8; header=present", encode, takes=("bom", "lang"))
