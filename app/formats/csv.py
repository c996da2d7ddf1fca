"""CSV (RFC 4180): UTF-8, comma, CRLF, a header; null is an empty cell and an empty text is `""`.

The writer of the standard library looks at every character of every cell. Here a whole column of a batch is looked
through at once for what wants quotes, and each number is put into digits once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from app.entity import Column, Table
from app.formats.cells import writer
from app.formats.format import Format, Options

END = "\r\n"
EMPTY = '""'

Cells = Sequence[Any]
Texts = Iterable[str | None]


def encode(table: Table, options: Options) -> Iterator[bytes]:
    """The header, then a line for each record."""
    # In a file of one column a null would be a blank line, which readers skip.
    null = "" if len(table.columns) > 1 else EMPTY
    texts = [_texts(column, null) for column in table.columns]
    mark = "\N{BYTE ORDER MARK}" if options.bom else ""
    yield f"{mark}{','.join(map(_text, options.labels(table)))}{END}".encode()
    for batch in table.rows:
        columns = (write(cells) for write, cells in zip(texts, zip(*batch, strict=True), strict=False))
        lines = map(",".join, zip(*columns, strict=True))
        yield "".join([line + END for line in lines]).encode()


def _texts(column: Column, null: str) -> Callable[[Cells], Texts]:
    """What puts many cells of a column into the texts that stand in lines."""
    write = writer(column)

    def written(cells: Cells) -> Texts:
        return _quoted(cells if write is None else [None if cell is None else write(cell) for cell in cells], null)

    def shown(cells: Cells) -> Texts:
        return map(_Shown(write, null).__getitem__, cells)

    return written if column.scalar in {str, list} else shown


class _Shown(dict[Any, str]):
    """How numbers or dates are shown, each found out once."""

    def __init__(self, write: Callable[[Any], Any] | None, null: str) -> None:
        super().__init__({None: null})
        self._write = write

    def __missing__(self, value: Any) -> str:
        shown = self[value] = str(self._write(value) if self._write else value)
        return shown


def _quoted(cells: Sequence[str | None], null: str) -> Sequence[str | None]:
    """Texts with quotes where they want them: hardly any does, so all are looked through at once."""
    if _marked("".join(filter(None, cells))):
        return [null if cell is None else _text(cell) for cell in cells]
    return cells if all(cells) else [null if cell is None else cell or EMPTY for cell in cells]


def _text(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if not cell or _marked(cell) else cell


def _marked(text: str) -> bool:
    return "," in text or '"' in text or "\r" in text or "\n" in text


FORMAT = Format("csv", "text/csv; charset=utf-8; header=present", encode, options=("bom", "lang"))
