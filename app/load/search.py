"""Write the search index: what each record is found by, together with the records."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.load.put import put
from app.load.workers import Spread
from app.models import COLLECTIONS
from app.models.search_index import ENTRIES, ROOM, TERMS, WORDS
from app.search import index_record

CHUNK = 1_000  # records that are read at once

Report = Callable[[str], None]
Records = Mapping[type[Entity], Iterable[bytes]]

_CLEAR = {
    "sqlite": f"INSERT INTO {TERMS} ({TERMS}) VALUES ('delete-all')",  # noqa: S608
    "postgresql": f"DELETE FROM {TERMS}",  # noqa: S608
}
_QUOTE = {"sqlite": "", "postgresql": "'"}  # round a term as the database reads it; none holds a quote


class Part(NamedTuple):
    """Some records of a collection, in the order of their ids, and the number of the first."""

    slug: str
    first: int
    records: list[bytes]
    quote: str


class Found(NamedTuple):
    """What some records are found by, as the tables hold it."""

    entries: list[tuple[int, str, str, str, str]]
    terms: list[tuple[int, str]]
    words: set[str]


def write_index(connection: Connection, records: Records, report: Report) -> None:
    """Replace the index by one of these records, of each collection in the order of their ids."""
    for _ in write_found(connection, find(connection, records), report):
        pass


def find(connection: Connection, records: Records, spread: Spread = map) -> Iterator[Found]:
    """What all records are found by, in parts that the database can be given as they are."""
    quote = _QUOTE[connection.dialect.name]
    return iter(spread(read, _parts(records, quote)))


def write_found(connection: Connection, parts: Iterable[Found], report: Report) -> Iterator[None]:
    """Replace the index by one of these parts, one at each step."""
    dialect = connection.dialect.name
    connection.exec_driver_sql(_CLEAR[dialect])
    connection.execute(sa.delete(ENTRIES))
    connection.execute(sa.delete(WORDS))
    words = set[str]()
    for found in parts:
        words |= found.words
        put(connection, ENTRIES.name, ENTRIES.columns.keys(), found.entries)
        put(connection, TERMS, ["rowid", "terms"], found.terms)
        number, slug, *_ = found.entries[-1]
        report(f"indexed {slug}: {number % ROOM + 1}")
        yield
    put(connection, WORDS.name, ["word"], [(word,) for word in sorted(words)])
    if dialect == "postgresql":
        # What GIN has put aside would be read through by every search, until a vacuum comes by.
        connection.execute(sa.text("SELECT gin_clean_pending_list('ix_search_terms_terms')"))
        # How an index is best read hangs on how frequent its terms are.
        connection.execute(sa.text("ANALYZE search_terms, search_entries"))


def _parts(records: Records, quote: str) -> Iterator[Part]:
    for place, (slug, entity) in enumerate(COLLECTIONS.items()):
        left, first = iter(records.get(entity, ())), place * ROOM
        while part := list(islice(left, CHUNK)):
            yield Part(slug, first, part, quote)
            first += len(part)


def read(part: Part) -> Found:
    """What the records of a part are found by."""
    columns = tuple(COLLECTIONS[part.slug].columns().values())
    found = Found([], [], set())
    between = f"{part.quote} {part.quote}"
    for number, record in enumerate(part.records, part.first):
        values = msgspec.json.decode(record)
        own = index_record(columns, values)
        found.entries.append((number, part.slug, values["id"], own.text, own.syllables))
        found.terms.append((number, f"{part.quote}{between.join(own.terms)}{part.quote}"))
        found.words.update(own.words)
    return found
