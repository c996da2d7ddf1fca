"""Put a checked seed into the database: all or nothing, and a release that tells what was loaded."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from app.catalog import Catalog
from app.db import Database
from app.entity import Entity
from app.load.postgresql import emptied
from app.load.put import put_by_steps
from app.load.spool import Batch
from app.load.sqlite import new_file
from app.models import ENTITIES
from app.read.index import index_version

Report = Callable[[str], None]
releases = SQLModel.metadata.tables["releases"]


def content_hash(batch: Batch, report: Report) -> str:
    """The hash of all records, as they will be served."""
    digest = hashlib.sha256()
    for entity in sorted(ENTITIES, key=lambda entity: entity.collection.slug):
        digest.update(f"{entity.collection.slug}\n".encode())
        report(f"comparing {entity.collection.slug}: {len(batch[entity])} records")
        for record in batch[entity].records():
            digest.update(record + b"\n")
    return f"sha256:{digest.hexdigest()}"


def counted(batch: Batch) -> dict[str, int]:
    """How many records of each collection there are."""
    return {entity.collection.slug: len(rows) for entity, rows in batch.items()}


def rewriting(database: Database, connection: Connection) -> AbstractContextManager[Connection]:
    """Where to write all records anew, in place of those that are served until the end."""
    return new_file(database, connection) if database.local else emptied(connection)


def current_release(connection: Connection) -> Any:
    """The row of the release being served, or None."""
    return connection.execute(sa.select(releases).order_by(releases.c.sequence.desc()).limit(1)).one_or_none()


def write_records(connection: Connection, batch: Batch, report: Report) -> Iterator[None]:
    """Put all records into their tables, some at each step."""
    for entity in ENTITIES:
        rows = _rows(entity, batch[entity].laid())
        for written in put_by_steps(connection, entity.table().name, entity.table().columns.keys(), rows):
            report(f"wrote {entity.collection.slug}: {written} of {len(batch[entity])}")
            yield


def _rows(entity: type[Entity], records: Iterable[bytes]) -> Iterator[list[Any]]:
    """The rows of an entity's table."""
    names = [column.name for column in entity.table().columns]
    as_row = itemgetter(*names)
    lists = [at for at, name in enumerate(names) if name in entity.columns() and entity.columns()[name].is_list]
    for record in records:
        values = msgspec.json.decode(record)
        values["record"] = record.decode()
        stored = entity.stored(values)
        row = list(as_row(stored))
        for at in lists:
            row[at] = json.dumps(row[at]) if row[at] is not None else None
        yield row


def record_release(connection: Connection, catalog: Catalog, content_hash: str, batch: Batch) -> str:
    """Record what is now being served and return its id; an edition loaded before is put in front again."""
    before = current_release(connection)
    # The id stands for data and catalogue together: neither changes under a release that somebody cited.
    identity = hashlib.sha256(f"{content_hash} {catalog.model_dump_json()}".encode()).hexdigest()
    release_id = f"{catalog.edition.replace('.', '-')}-{identity[:8]}"
    now = {
        "sequence": before.sequence + 1 if before else 1,
        "loaded_at": dt.datetime.now(dt.UTC),
        "indexed_by": index_version(),
    }
    seen = connection.execute(sa.update(releases).where(releases.c.id == release_id).values(now))
    if not seen.rowcount:
        new = {
            "id": release_id,
            "edition": catalog.edition,
            "released_on": catalog.released_on,
            "catalog": catalog.model_dump(mode="json"),
            "content_hash": content_hash,
            "previous_id": before.id if before else None,
            "counts": counted(batch),
        }
        connection.execute(sa.insert(releases).values(now | new))
    return release_id


def serves(release: Any, catalog: Catalog, content_hash: str) -> bool:
    """Whether this very edition is being served already, and can be searched as this code searches."""
    now = (content_hash, catalog.model_dump(mode="json"), index_version())
    return release is not None and (release.content_hash, release.catalog, release.indexed_by) == now
