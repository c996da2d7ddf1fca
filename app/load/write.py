"""Write a checked seed into the database in one transaction, and record the release."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import Session, col, select

from app.catalog import Catalog
from app.db import Database
from app.db.write_guard import allow_writes
from app.entity import Entity
from app.load.bulk_insert import bulk_insert
from app.load.checks import Record, Records
from app.load.rows import Report
from app.load.sqlite_swap import new_file
from app.models import COLLECTIONS, ENTITIES
from app.models.release import Release
from app.read.index import indexed_by
from app.read.integrity import hash_records
from app.search import NO_SYNONYMS, Synonyms

REPORT_ROWS = 1_000  # rows between two progress reports


def content_hash(records: Records, report: Report) -> str:
    """Return the SHA-256 of all records as they will be served, ordered by collection and id."""

    def collections() -> Iterator[tuple[str, Iterator[bytes]]]:
        for slug, entity in sorted(COLLECTIONS.items()):
            own = records[entity]
            report(f"comparing {slug}: {len(own)} records")
            yield slug, (own[record_id].json for record_id in sorted(own))

    return hash_records(collections())


def count_records(records: Records) -> dict[str, int]:
    """Return the number of records by collection."""
    return {entity.collection.slug: len(own) for entity, own in records.items()}


@contextmanager
def rewrite(database: Database, connection: Connection) -> Iterator[Connection]:
    """Yield a connection to empty tables that replace the served ones at the end.

    On SQLite that is a new file, on PostgreSQL the same transaction; readers keep the old rows until then.
    """
    if database.local:
        with new_file(database, connection) as new:
            yield new
    else:
        allow_writes(connection)
        for entity in reversed(ENTITIES):
            connection.execute(sa.delete(entity.table()))
        yield connection


def write_records(connection: Connection, records: Records, report: Report) -> None:
    """Insert all records."""
    for entity in ENTITIES:
        own = records[entity]
        rows = _rows(entity, (own[record_id].json for record_id in _storage_order(entity, own)))
        progress = f"wrote {entity.collection.slug}: {{}} of {len(own)}"
        bulk_insert(connection, entity.table().name, _written(entity), _counted(rows, progress, report))


def _storage_order(entity: type[Entity], own: dict[str, Record]) -> list[str]:
    """Return the ids in storage order: rows that are filtered together are adjacent on disk."""
    names = next(iter(entity.filtered_together), ())

    def key(record_id: str) -> list[str]:
        values = own[record_id].values()
        return [*(str(values[name]) for name in names), record_id]

    return sorted(own, key=key)


def _written(entity: type[Entity]) -> list[str]:
    """Return the columns that a load writes; the database fills those that have a default."""
    return [column.name for column in entity.table().columns if column.server_default is None]


def _rows(entity: type[Entity], records: Iterable[bytes]) -> Iterator[list[Any]]:
    names = _written(entity)
    lists = [index for index, name in enumerate(names) if name in entity.columns() and entity.columns()[name].is_list]
    in_table_order = itemgetter(*names)
    for record in records:
        values = msgspec.json.decode(record)
        row = list(in_table_order(entity.stored(values | {"record": record.decode()})))
        for index in lists:
            row[index] = json.dumps(row[index]) if row[index] is not None else None
        yield row


def _counted(rows: Iterable[Any], progress: str, report: Report) -> Iterator[Any]:
    number = 0
    for number, row in enumerate(rows, 1):
        yield row
        if number % REPORT_ROWS == 0:
            report(progress.format(number))
    report(progress.format(number))


def read_current(connection: Connection) -> Release | None:
    """Return the release being served."""
    with Session(connection) as session:
        return session.exec(select(Release).order_by(col(Release.sequence).desc())).first()


def read_namesake(connection: Connection, release: str, edition: str) -> str | None:
    """Return the id of the newest other release with this edition."""
    same = select(Release.id).where(Release.edition == edition, Release.id != release)
    with Session(connection) as session:
        return session.exec(same.order_by(col(Release.sequence).desc())).first()


def is_served(release: Release, catalog: Catalog, content_hash: str, synonyms: Synonyms) -> bool:
    """Whether the release is this very edition, indexed by the current rules of search and these synonyms."""
    now = (content_hash, catalog.model_dump(mode="json"), indexed_by(synonyms))
    return (release.content_hash, release.catalog, release.indexed_by) == now


def record_release(
    connection: Connection,
    catalog: Catalog,
    content_hash: str,
    counts: dict[str, int],
    synonyms: Synonyms = NO_SYNONYMS,
) -> str:
    """Record what is served from now on and return its id; an edition that was loaded before becomes current again."""
    current = read_current(connection)
    # The id covers the data and the catalogue: neither changes under a release that was cited.
    identity = hashlib.sha256(f"{content_hash} {catalog.model_dump_json()}".encode()).hexdigest()
    release_id = f"{catalog.edition.replace('.', '-')}-{identity[:8]}"
    sequence, now = 1, dt.datetime.now(dt.UTC)
    if current:
        sequence = current.sequence + 1
        # Last-Modified grows even if the clock was set back: a reader with the older release would get 304.
        now = max(now, current.loaded_in_utc + dt.timedelta(seconds=1))
    with Session(connection) as session:
        release = session.get(Release, release_id) or Release(
            id=release_id,
            sequence=sequence,
            edition=catalog.edition,
            released_on=catalog.released_on,
            content_hash=content_hash,
            previous_id=current.id if current else None,
            counts=counts,
            catalog=catalog.model_dump(mode="json"),
            loaded_at=now,
        )
        release.sequence, release.loaded_at, release.indexed_by = sequence, now, indexed_by(synonyms)
        session.add(release)
        session.flush()
    return release_id
