"""JSON: records are joined as they were written at load; nothing is parsed unless keys are picked out."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from app.entity import Table
from app.formats.format import Format, Options

encode = msgspec.json.encode


def record(written: str, fields: tuple[str, ...] | None = None, included: Mapping[str, str] | None = None) -> str:
    """One record: as written at load, or only its `fields`, with the JSON of related records put inside."""
    if fields:
        written = encode(_selection(fields).decode(written)).decode()
    return _join(written, included) if included else written


def document(data: str, **members: Any) -> bytes:
    """The envelope around `data`, which is JSON already: `{"data": …, "meta": …, "links": …}`."""
    rest = encode(members).decode()
    return f'{{"data":{data},{rest[1:]}'.encode()


def array(records: Iterable[str]) -> str:
    """A list of records."""
    return f"[{','.join(records)}]"


def encode_table(table: Table, _options: Options) -> Iterator[bytes]:
    """The envelope around all records of a table."""
    head, tail = document("[\n]", meta=table.meta, links=table.links).split(b"\n")
    yield head
    separator = ""
    for batch in table.written:
        if batch:
            yield f"{separator}{','.join(batch)}".encode()
            separator = ","
    yield tail


FORMAT = Format("json", "application/json", encode_table, nested=True, rank=0)


@lru_cache(1024)
def _selection(fields: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    """A decoder that keeps the fields' own bytes, in the order asked for, and passes over everything else."""
    names = [(f"f{number}", msgspec.Raw) for number in range(len(fields))]
    rename = {f"f{number}": name for number, name in enumerate(fields)}
    return msgspec.json.Decoder(msgspec.defstruct("Selection", names, rename=rename))


def _join(written: str, included: Mapping[str, str]) -> str:
    inside = ",".join(f'"{name}":{related}' for name, related in included.items())
    return f"{written[:-1]},{inside}}}"
