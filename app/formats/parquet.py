"""Parquet: typed from the declaration, never guessed from rows; written in row groups, so that memory stays flat."""

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, get_type_hints

from app.entity import Column, Table
from app.formats.format import Format, Options

GROUP = 65_536  # rows of one row group
CHUNK = 2_000  # rows that become Arrow's at once; where they end, pages may: another number would make other bytes


class Outlet(io.RawIOBase):
    """A file to be written from one end and taken away at the other."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, piece: Any) -> int:
        """Keep the bytes until they are taken."""
        self._pieces.append(bytes(piece))
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def encode(table: Table, _options: Options) -> Iterator[bytes]:
    """The file: a row group for each 65,536 records, descriptions of the columns and the provenance in its metadata."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    schema = arrow_schema(table)
    outlet = Outlet()
    with pq.ParquetWriter(outlet, schema, compression="zstd") as writer:
        waiting, rows = schema.empty_table(), chain.from_iterable(table.rows)
        while chunk := [*islice(rows, CHUNK)]:
            waiting = pa.concat_tables([waiting, _arrow_table(pa, schema, chunk)])
            if len(waiting) >= GROUP:
                writer.write_table(waiting.slice(0, GROUP))
                waiting = waiting.slice(GROUP)
                yield outlet.taken()
        if len(waiting):
            writer.write_table(waiting)
    yield outlet.taken()


def arrow_schema(table: Table) -> Any:
    """The schema that the declaration gives."""
    import pyarrow as pa

    fields = [
        pa.field(column.name, _type(pa, column), nullable=column.nullable, metadata=_told(column))
        for column in table.columns
    ]
    return pa.schema(fields, metadata=dict(table.provenance))


def _type(pa: Any, column: Column) -> Any:
    if column.is_list:
        return pa.list_(_item(pa, column.items))
    scalars = {str: pa.string(), int: pa.int64(), float: pa.float64(), dt.date: pa.date32()}
    return scalars[column.scalar]


def _item(pa: Any, items: Any) -> Any:
    scalars = {str: pa.string(), int: pa.int64()}
    if items in scalars:
        return scalars[items]
    return pa.struct([pa.field(name, scalars[hint], nullable=False) for name, hint in get_type_hints(items).items()])


def _told(column: Column) -> dict[str, str]:
    told = {"description": column.declared.about.en, "description_zh": column.declared.about.zh}
    unit = column.declared.unit or column.declared.unit_in
    return told | ({"unit": unit} if unit else {})


def _arrow_table(pa: Any, schema: Any, rows: Sequence[Sequence[Any]]) -> Any:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(cells, type=field.type) for cells, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


FORMAT = Format("parquet", "application/vnd.apache.parquet", encode)
