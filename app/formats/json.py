"""JSON: the stored JSON of records is joined as it is; it is parsed only to select fields."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from app.entity import Column, Table
from app.formats.format import Format, Options

encode = msgspec.json.encode
_VALUES = msgspec.json.Decoder(dict[str, msgspec.Raw])


def record(
    stored: bytes, fields: tuple[str, ...] | None, included: Mapping[str, bytes], labels: Mapping[str, str | None]
) -> bytes:
    """Return the JSON of one record, optionally reduced to `fields`.

    `included` is the JSON of related records; each of `labels` is added after the field that it is the label of.
    """
    if labels:
        values = _VALUES.decode(stored)
        stored = encode(dict(_add_labels(((name, values[name]) for name in fields or values), labels)))
    elif fields:
        stored = encode(_selection(fields).decode(stored))
    if not included:
        return stored
    members = b",".join(b'"%b":%b' % (name.encode(), related) for name, related in included.items())
    return b"%b,%b}" % (stored[:-1], members)


def _add_labels(values: Iterable[tuple[str, Any]], labels: Mapping[str, str | None]) -> Iterator[tuple[str, Any]]:
    for name, value in values:
        yield name, value
        if name in labels:
            yield f"{name}_label", labels[name]


def document(data: bytes, **members: Any) -> bytes:
    """Return `{"data": …, "meta": …, "links": …}`, where `data` is JSON already."""
    return b"".join((b'{"data":', data, b",", encode(members)[1:]))  # twice as fast as formatting


def array(records: Iterable[bytes]) -> bytes:
    """Return a JSON array of records."""
    return b"[%b]" % b",".join(records)


@lru_cache(1024)
def reader(columns: tuple[Column, ...]) -> Callable[[Iterable[bytes]], Iterator[tuple[Any, ...]]]:
    """Return a function that parses records into tuples of the columns' values, each of its declared type."""
    fields = [
        (f"f{number}", _type(column), *((None,) if column.nullable else ())) for number, column in enumerate(columns)
    ]
    rename = {f"f{number}": column.name for number, column in enumerate(columns)}
    decoder = msgspec.json.Decoder(msgspec.defstruct("Record", fields, rename=rename, kw_only=True, gc=False))
    return lambda records: map(msgspec.structs.astuple, map(decoder.decode, records))


def _type(column: Column) -> Any:
    scalar: Any = list.__class_getitem__(column.items) if column.is_list else column.scalar
    return scalar | None if column.nullable else scalar


@lru_cache(1024)
def _selection(fields: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    """Return a decoder that copies the JSON of the fields, in that order, and skips all others."""
    names = [(f"f{number}", msgspec.Raw) for number in range(len(fields))]
    rename = {f"f{number}": name for number, name in enumerate(fields)}
    return msgspec.json.Decoder(msgspec.defstruct("Selection", names, rename=rename))


def encode_table(table: Table, _options: Options) -> Iterator[bytes]:
    """Yield the envelope around all records of a table."""
    head, tail = document(b"[\n]", meta=table.meta, links=table.links).split(b"\n")
    yield head
    separator = b""
    for batch in table.json_rows:
        if batch:
            yield separator + b",".join(batch)
            separator = b","
    yield tail


FORMAT = Format("json", "application/json", encode_table, nested=True, rank=0)
