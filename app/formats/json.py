"""JSON: the stored JSON of records is joined as it is; it is parsed only to select fields and to add labels."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

import msgspec

from app.entity import Column, Table
from app.formats.format import Format, Options

encode = msgspec.json.encode
decode = msgspec.json.decode

MAX_DECODERS = 256  # for selections of keys, which clients choose; one takes about 14 kB


class Key(NamedTuple):
    """A key of a record in an answer, and where its value is from: a key of the record or of a related one.

    With `labels`, it is the label of that value.
    """

    name: str
    relation: str  # empty for the record itself
    source: str
    labels: Mapping[str | None, str | None] | None = None


def include(record: bytes, related: Mapping[str, bytes], names: Iterable[str]) -> bytes:
    """Return the JSON of a record with that of related ones under these names."""
    members = b",".join(b'"%b":%b' % (name.encode(), related[name]) for name in names)
    return b"%b,%b}" % (record[:-1], members) if members else record


def selector(keys: Sequence[Key]) -> Callable[[bytes, Mapping[str, bytes]], bytes]:
    """Return a function that makes the JSON of the keys, in their order, from a record and its related ones.

    It parses a related record once, however many records lead to it.
    """
    sources: dict[str, dict[str, None]] = {}
    for key in keys:
        sources.setdefault(key.relation, {})[key.source] = None
    if all(key.name == key.source for key in keys):
        own = _decoder(tuple(sources[""]))
        return lambda record, _: encode(own.decode(record))
    parsers = {relation: partial(_values, tuple(names)) for relation, names in sources.items()}
    cached = {relation: cache(parse) if relation else parse for relation, parse in parsers.items()}

    # Unpacked once: the loop below runs for each key of each record of a file.
    plan = [(key.name, key.relation, key.source, key.labels) for key in keys]

    def select(record: bytes, related: Mapping[str, bytes]) -> bytes:
        values = {relation: parse(related[relation] if relation else record) for relation, parse in cached.items()}
        chosen: dict[str, Any] = {}
        for name, relation, source, labels in plan:
            value = values[relation].get(source)
            chosen[name] = labels[decode(value)] if labels and value else value
        return encode(chosen)

    return select


def _values(keys: tuple[str, ...], record: bytes) -> Mapping[str, msgspec.Raw]:
    """Return the JSON of the keys of a record, which may be null."""
    copied = _decoder(keys).decode(record)
    return {} if copied is None else dict(zip(keys, msgspec.structs.astuple(copied), strict=True))


@lru_cache(MAX_DECODERS)
def _decoder(keys: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    """Return a decoder that copies the JSON of the keys, in that order, and skips all others."""
    names = [(f"f{number}", msgspec.Raw) for number in range(len(keys))]
    rename = {f"f{number}": key for number, key in enumerate(keys)}
    return msgspec.json.Decoder(msgspec.defstruct("Selection", names, rename=rename) | None)


def document(data: bytes | Sequence[bytes], **members: Any) -> bytes:
    """Return `{"data": …, "meta": …, "links": …}`, where `data` is JSON already, or an array of such records.

    Everything is joined at once: copying a page of records once more takes a tenth of its request.
    """
    if isinstance(data, bytes):
        return b"".join((b'{"data":', data, b",", encode(members)[1:]))
    first, *others = data or (b"",)
    pieces = [b'{"data":[' + first, *others]
    pieces[-1] += b"]," + encode(members)[1:]
    return b",".join(pieces)


def array(records: Iterable[bytes]) -> bytes:
    """Return a JSON array of records."""
    return b"[%b]" % b",".join(records)


@lru_cache(MAX_DECODERS)
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
