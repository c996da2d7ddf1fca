"""Parquet: typed from the declaration, written in row groups so that memory stays flat."""

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, get_args, get_type_hints

from app.entity import Column, Table
from app.formats.format import Format, Options

ROW_GROUP_ROWS = 65_536
CHUNK_ROWS = 2_000  # rows converted to Arrow at a time; page boundaries, and so the file's bytes, depend on it


def encode(table: Table, _options: Options) -> Iterator[bytes]:
    """Yield the file, with descriptions of the columns and the provenance in its metadata."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    schema, sink = arrow_schema(table), io.BytesIO()
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        pending, rows = schema.empty_table(), chain.from_iterable(table.rows)
        while chunk := [*islice(rows, CHUNK_ROWS)]:
            pending = pa.concat_tables([pending, _arrow_table(pa, schema, chunk)])
            if len(pending) >= ROW_GROUP_ROWS:
                writer.write_table(pending.slice(0, ROW_GROUP_ROWS))
                pending = pending.slice(ROW_GROUP_ROWS)
                yield _drain(sink)
        if len(pending):
            writer.write_table(pending)
    yield _drain(sink)


def _drain(sink: io.BytesIO) -> bytes:
    """Return what was written and empty the buffer. Arrow counts the file's position itself."""
    content = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return content


def arrow_schema(table: Table) -> Any:
    """Return the Arrow schema of the declared columns."""
    import pyarrow as pa

    fields = [
        pa.field(column.name, _type(pa, column), nullable=column.nullable, metadata=_metadata(column))
        for column in table.columns
    ]
    return pa.schema(fields, metadata=dict(table.provenance))


def _type(pa: Any, column: Column) -> Any:
    scalars = {str: pa.string(), int: pa.int64(), float: pa.float64(), dt.date: pa.date32()}
    if not column.is_list:
        return scalars[column.scalar]
    if column.items in scalars:
        return pa.list_(scalars[column.items])

    def of(hint: Any) -> Any:
        return scalars[hint] if hint in scalars else pa.list_(of(*get_args(hint)))

    required, keys = column.items.__required_keys__, get_type_hints(column.items).items()
    return pa.list_(pa.struct([pa.field(name, of(hint), nullable=name not in required) for name, hint in keys]))


def _metadata(column: Column) -> dict[str, str]:
    unit = column.declared.unit or column.declared.unit_in
    description = {"description": column.declared.about.en, "description_zh": column.declared.about.zh}
    return description | ({"unit": unit} if unit else {})


def _arrow_table(pa: Any, schema: Any, rows: Sequence[Sequence[Any]]) -> Any:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(cells, type=field.type) for cells, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


FORMAT = Format("parquet", "application/vnd.apache.parquet", encode)
