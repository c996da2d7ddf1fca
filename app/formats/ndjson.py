"""NDJSON: the stored JSON of one record per line."""

from collections.abc import Iterator

from app.entity import Table
from app.formats.format import Format, Options


def encode(table: Table, _options: Options) -> Iterator[bytes]:
    """Yield a line for each record."""
    for batch in table.json_rows:
        if batch:
            yield b"\n".join([*batch, b""])


FORMAT = Format(
    "ndjson",
    "application/x-ndjson",
    encode,
    nested=True,
    aliases=("jsonl",),
    other_media_types=("application/jsonl", "application/ndjson"),
)
