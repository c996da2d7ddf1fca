"""NDJSON: one record a line, as it was written at load."""

from collections.abc import Iterator

from app.entity import Table
from app.formats.format import Format, Options


def encode(table: Table, _options: Options) -> Iterator[bytes]:
    """A line for each record; no line at all where there is none."""
    for batch in table.written:
        if batch:
            yield b"\n".join([*batch, b""])


FORMAT = Format("ndjson", "application/x-ndjson", encode, nested=True)
