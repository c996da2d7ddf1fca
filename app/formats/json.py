"""JSON: records are joined as they were written at load; nothing is parsed unless keys are picked out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from app.entity import Column, Table
from app.formats.format import Format, Options

encode = msgspec.json.encode


def record(written: bytes, fields: tuple[str, ...] | None = None, included: Mapping[str, bytes] | None = None) -> bytes:
    """One record: as written at load, or only its `fields`, with the JSON of related records put inside."""
    if fields:
        written = encode(_selection(fields).decode(written))
    return _join(written, included) if included else written


def document(data: bytes, **members: Any) -> bytes:
    """The envelope around `data`, which is JSON already: `{"data": …, "meta": …, "links": …}`."""
    return b"".join((b'{"data":', data, b",", encode(members)[1:]))  # half of what to format them takes


def array(records: Iterable[bytes]) -> bytes:
    """A list of records."""
    return b"[%b]" % b",".join(records)


@lru_cache(1024)
def reader(columns: tuple[Column, ...]) -> Callable[[Iterable[bytes]], Iterator[tuple[Any, ...]]]:
    """What reads records back into the values of their columns, each of its declared type."""
    names = {f"f{number}": column for number, column in enumerate(columns)}
    fields = [(name, _type(column), *((None,) if column.nullable else ())) for name, column in names.items()]
    rename = {name: column.name for name, column in names.items()}
    record = msgspec.defstruct("Record", fields, rename=rename, kw_only=True, gc=False)
    decode = msgspec.json.Decoder(record).decode
    return lambda written: map(msgspec.structs.astuple, map(decode, written))


def _type(column: Column) -> Any:
    scalar: Any = list.__class_getitem__(column.items) if column.is_list else column.scalar
    return scalar | None if column.nullable else scalar


def encode_table(table: Table, _options: Options) -> Iterator[bytes]:
    """The envelope around all records of a table."""
    head, tail = document(b"[\n]", meta=table.meta, links=table.links).split(b"\n")
    yield head
    separator = b""
    for batch in table.written:
        if batch:
            yield separator + b",".join(batch)
            separator = b","
    yield tail


FORMAT = Format("json", "application/json", encode_table, nested=True, rank=0)


@lru_cache(1024)
def _selection(fields: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    """A decoder that keeps the fields' own bytes, in the order asked for, and passes over everything else."""
    names = [(f"f{number}", msgspec.Raw) for number in range(len(fields))]
    rename = {f"f{number}": name for number, name in enumerate(fields)}
    return msgspec.json.Decoder(msgspec.defstruct("Selection", names, rename=rename))


def _join(written: bytes, included: Mapping[str, bytes]) -> bytes:
    inside = b",".join(b'"%b":%b' % (name.encode(), related) for name, related in included.items())
    return b"%b,%b}" % (written[:-1], inside)
