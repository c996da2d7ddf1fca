"""JSON: the stored JSON of records is joined as it is; it is parsed only to select fields."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from app.entity import Column, Table
from app.formats.format import Format, Options

encode = msgspec.json.encode

NOTHING: Mapping[str, bytes] = {}


def record(
    stored: bytes,
    fields: tuple[str, ...] | None = None,
    related: Mapping[str, bytes] = NOTHING,
    include: Iterable[str] = (),
) -> bytes:
    """Return the JSON of one record, optionally reduced to `fields`, with the related records that `include` names.

    `related` is the JSON of related records by relation. A field `relation.key` is the key of such a record.
    """
    if fields:
        stored = _selector(fields)(stored, related)
    if not include:
        return stored
    members = b",".join(b'"%b":%b' % (name.encode(), related[name]) for name in include)
    return b"%b,%b}" % (stored[:-1], members)


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
def _selector(fields: tuple[str, ...]) -> Callable[[bytes, Mapping[str, bytes]], bytes]:
    """Return a function that copies the JSON of the fields, in that order, from a record and its related records."""
    keys: dict[str, dict[str, str]] = {}  # by relation, the names of the fields by their keys there
    for name in fields:
        relation, _, key = name.rpartition(".")
        keys.setdefault(relation, {})[key] = name
    if keys.keys() == {""}:
        own = msgspec.json.Decoder(_selection(fields))
        return lambda stored, _: encode(own.decode(stored))
    decoders = {relation: msgspec.json.Decoder(_selection(tuple(names)) | None) for relation, names in keys.items()}

    def select(stored: bytes, related: Mapping[str, bytes]) -> bytes:
        values: dict[str, Any] = {}
        for relation, decoder in decoders.items():
            copied = decoder.decode(related[relation] if relation else stored)
            if copied is not None:  # the relation leads to a record
                values.update(zip(keys[relation].values(), msgspec.structs.astuple(copied), strict=True))
        return encode({name: values.get(name) for name in fields})

    return select


def _selection(keys: tuple[str, ...]) -> Any:
    """Return a type that copies the JSON of the keys, in that order, and skips all others."""
    names = [(f"f{number}", msgspec.Raw) for number in range(len(keys))]
    rename = {f"f{number}": key for number, key in enumerate(keys)}
    return msgspec.defstruct("Selection", names, rename=rename)


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
