"""Write the search index: the terms of each record, together with the records."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.load.bulk_insert import bulk_insert
from app.load.rows import Report
from app.load.seed import Map
from app.models import COLLECTIONS
from app.models.search_index import ENTRIES, ROOM, TERMS, WORDS
from app.search import index_record

CHUNK_RECORDS = 1_000

_CLEAR = {
    "sqlite": f"INSERT INTO {TERMS} ({TERMS}) VALUES ('delete-all')",  # noqa: S608
    "postgresql": f"DELETE FROM {TERMS}",  # noqa: S608
}
_QUOTE = {"sqlite": "", "postgresql": "'"}  # around a term; no term contains one


class Chunk(NamedTuple):
    """Consecutive records of a collection as JSON, the number of the first, and the quote around a term."""

    slug: str
    first: int
    records: Sequence[bytes]
    quote: str


class IndexRows(NamedTuple):
    """The rows of a chunk in the index tables."""

    entries: list[tuple[int, str, str, str, str]]
    terms: list[tuple[int, str]]
    words: set[str]


def write_index(
    connection: Connection, records: Mapping[type[Entity], Sequence[bytes]], report: Report, parallel_map: Map = map
) -> None:
    """Replace the index. Records come in the order of their ids."""
    dialect = connection.dialect.name
    connection.exec_driver_sql(_CLEAR[dialect])
    connection.execute(sa.delete(ENTRIES))
    connection.execute(sa.delete(WORDS))
    words = set[str]()
    for rows in parallel_map(index_chunk, _chunks(records, _QUOTE[dialect])):
        words |= rows.words
        bulk_insert(connection, ENTRIES.name, ENTRIES.columns.keys(), rows.entries)
        bulk_insert(connection, TERMS, ["rowid", "terms"], rows.terms)
        number, slug, *_ = rows.entries[-1]
        report(f"indexed {slug}: {number % ROOM + 1}")
    bulk_insert(connection, WORDS.name, ["word"], [(word,) for word in sorted(words)])
    if dialect == "postgresql":
        # Otherwise every search reads GIN's pending list until the next vacuum.
        connection.execute(sa.text("SELECT gin_clean_pending_list('ix_search_terms_terms')"))
        # The planner needs the frequency of terms.
        connection.execute(sa.text("ANALYZE search_terms, search_entries"))


def _chunks(records: Mapping[type[Entity], Sequence[bytes]], quote: str) -> Iterator[Chunk]:
    for rank, (slug, entity) in enumerate(COLLECTIONS.items()):
        own = records.get(entity, ())
        for start in range(0, len(own), CHUNK_RECORDS):
            yield Chunk(slug, rank * ROOM + start, own[start : start + CHUNK_RECORDS], quote)


def index_chunk(chunk: Chunk) -> IndexRows:
    """Return the index rows of a chunk."""
    columns = tuple(COLLECTIONS[chunk.slug].columns().values())
    rows = IndexRows([], [], set())
    separator = f"{chunk.quote} {chunk.quote}"
    for number, record in enumerate(chunk.records, chunk.first):
        values = msgspec.json.decode(record)
        own = index_record(columns, values)
        rows.entries.append((number, chunk.slug, values["id"], own.text, own.syllables))
        rows.terms.append((number, f"{chunk.quote}{separator.join(own.terms)}{chunk.quote}"))
        rows.words.update(own.words)
    return rows
