"""Write the search index: the terms of each record, together with the records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Column, Entity
from app.load.bulk_insert import bulk_insert
from app.load.rows import Report
from app.load.seed import Map
from app.models import COLLECTIONS, SUBJECTS, Figure
from app.models.mention import Mention
from app.models.search_index import ENTRIES, ROOM, TERMS, WORDS
from app.request.relations import Relation, references
from app.search import NO_SYNONYMS, Related, Synonyms, index_record, related

CHUNK_RECORDS = 1_000
ALIASES = Mention.collection.table  # the relation from a record to its mentions, by whose names it is found
SUMMARIES = ("summary_zh", "summary_en")

_CLEAR = {
    "sqlite": f"INSERT INTO {TERMS} ({TERMS}) VALUES ('delete-all')",  # noqa: S608
    "postgresql": f"DELETE FROM {TERMS}",  # noqa: S608
}
_QUOTE = {"sqlite": "", "postgresql": "'"}  # around a term; no term contains one


class Way(NamedTuple):
    """A reference: the column, and the collection and id of the record that it leads to.

    With `ALIASES` in place of a column, it leads from that record to its mentions.
    """

    via: str
    collection: str
    id: str


class Chunk(NamedTuple):
    """Consecutive records of a collection as JSON, the number of the first, and what all chunks have in common.

    `related` holds the texts of other records by which they are found.
    """

    slug: str
    first: int
    records: Sequence[bytes]
    related: Mapping[Way, Sequence[Related]]
    headlines: frozenset[str]
    synonyms: Synonyms
    quote: str


class IndexRows(NamedTuple):
    """The rows of a chunk in the index tables."""

    entries: list[tuple[int, str, str, str, str]]
    terms: list[tuple[int, str]]
    words: set[str]


def write_index(
    connection: Connection,
    records: Mapping[type[Entity], Sequence[bytes]],
    report: Report,
    parallel_map: Map = map,
    headlines: Iterable[str] = (),
    synonyms: Synonyms = NO_SYNONYMS,
) -> None:
    """Replace the index. Records come in the order of their ids; `headlines` are ids of figures."""
    dialect = connection.dialect.name
    connection.exec_driver_sql(_CLEAR[dialect])
    connection.execute(sa.delete(ENTRIES))
    connection.execute(sa.delete(WORDS))
    words = set[str]()
    for rows in parallel_map(index_chunk, _chunks(records, frozenset(headlines), synonyms, _QUOTE[dialect])):
        words |= rows.words
        bulk_insert(connection, ENTRIES.name, ENTRIES.columns.keys(), rows.entries)
        bulk_insert(connection, TERMS, ["rowid", "terms"], rows.terms)
        number, slug, *_ = rows.entries[-1]
        report(f"indexed {slug}: {number % ROOM + 1}")
    bulk_insert(connection, WORDS.name, ["word"], [(word,) for word in sorted(words)])
    if dialect == "postgresql":
        prepare_for_search(connection)


def prepare_for_search(connection: Connection) -> None:
    """Let PostgreSQL search an index that was written just now as fast as it will after its next vacuum."""
    # Otherwise every search reads GIN's pending list.
    connection.execute(sa.text("SELECT gin_clean_pending_list('ix_search_terms_terms')"))
    # The planner needs the frequency of terms.
    connection.execute(sa.text("ANALYZE search_terms, search_entries"))


def _chunks(
    records: Mapping[type[Entity], Sequence[bytes]], headlines: frozenset[str], synonyms: Synonyms, quote: str
) -> Iterator[Chunk]:
    others = _Others(records)
    for rank, (slug, entity) in enumerate(COLLECTIONS.items()):
        own = records.get(entity, ())
        for start in range(0, len(own), CHUNK_RECORDS):
            part = own[start : start + CHUNK_RECORDS]
            chosen = headlines if entity is Figure else frozenset[str]()
            yield Chunk(slug, rank * ROOM + start, part, others.of(entity, part), chosen, synonyms, quote)


class _Others:
    """The texts of other records by which records are found, each computed once."""

    def __init__(self, records: Mapping[type[Entity], Sequence[bytes]]) -> None:
        self._records = records
        self._values: dict[type[Entity], dict[str, dict[str, Any]]] = {}
        self._related: dict[Way, list[Related]] = {}

    def of(self, entity: type[Entity], part: Sequence[bytes]) -> dict[Way, list[Related]]:
        """Return what these records of an entity are found by."""
        values = map(msgspec.json.decode, part if entity.searched_through or entity in SUBJECTS else ())
        return {way: self._found_by(entity, way) for each in values for way in _ways(entity, each)}

    def _found_by(self, entity: type[Entity], way: Way) -> list[Related]:
        if way.via == ALIASES:
            return self._aliases.get((way.collection, way.id), [])
        if way not in self._related:
            more = entity.searched_through[way.via]
            self._related[way] = list(self._texts(way, COLLECTIONS[way.collection], more))
        return self._related[way]

    @cached_property
    def _aliases(self) -> dict[tuple[str, str], list[Related]]:
        """The names in mentions, by the collection and id of the record that they name."""
        names = _names(Mention)
        aliases: dict[tuple[str, str], list[Related]] = {}
        for values in self._read(Mention).values():
            subject = values["subject_collection"], values["subject_id"]
            aliases.setdefault(subject, []).append(related(ALIASES, Mention.collection.slug, names, values, names=True))
        return aliases

    def _texts(self, way: Way, entity: type[Entity], more: Iterable[str]) -> Iterator[Related]:
        columns = entity.columns()
        names = _names(entity)
        own = [*names, *(columns[name] for name in SUMMARIES if name in columns)]
        values = self._read(entity).get(way.id)
        if values and more:
            yield related(way.via, way.collection, (columns[name] for name in more), values, remote=True)
        while values:  # from the record to the root of its tree
            yield related(way.via, way.collection, own, values)
            parent = next((values[name] for name in _parents(entity) if values[name]), "")
            values, own = self._read(entity).get(parent), names

    def _read(self, entity: type[Entity]) -> dict[str, dict[str, Any]]:
        if entity not in self._values:
            decoded = map(msgspec.json.decode, self._records.get(entity, ()))
            self._values[entity] = {values["id"]: values for values in decoded}
        return self._values[entity]


def index_chunk(chunk: Chunk) -> IndexRows:
    """Return the index rows of a chunk."""
    entity = COLLECTIONS[chunk.slug]
    columns = tuple(entity.columns().values())
    rows = IndexRows([], [], set())
    separator = f"{chunk.quote} {chunk.quote}"
    for number, record in enumerate(chunk.records, chunk.first):
        values = msgspec.json.decode(record)
        others = (each for way in _ways(entity, values) for each in chunk.related[way])
        own = index_record(columns, values, others, chunk.synonyms, headline=values["id"] in chunk.headlines)
        rows.entries.append((number, chunk.slug, values["id"], own.text, own.syllables))
        rows.terms.append((number, f"{chunk.quote}{separator.join(own.terms)}{chunk.quote}"))
        rows.words.update(own.words)
    return rows


def _ways(entity: type[Entity], values: Mapping[str, Any]) -> Iterator[Way]:
    """Yield the references by whose records a record is found too, and the way to its mentions."""
    for via, reference in _references(entity):
        yield Way(via, reference.target(values).collection.slug, values[via])
    if entity in SUBJECTS:
        yield Way(ALIASES, entity.collection.slug, values["id"])


@cache
def _references(entity: type[Entity]) -> list[tuple[str, Relation]]:
    columns = entity.columns()
    return [(via, references(entity)[columns[via]]) for via in entity.searched_through]


def _names(entity: type[Entity]) -> list[Column]:
    return [column for column in entity.columns().values() if column.declared.names and column.name != "id"]


def _parents(entity: type[Entity]) -> list[str]:
    """Return the columns that refer to records of the entity itself."""
    return [column.name for column, relation in references(entity).items() if relation.links[0].target is entity]
