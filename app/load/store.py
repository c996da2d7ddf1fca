"""Put a checked seed into the database: one transaction, all or nothing, and a release that tells what was loaded."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from app.catalog import Catalog
from app.entity import Entity
from app.load.rows import Row
from app.models import ENTITIES
from app.query.index import index_rules

CHUNK = 10_000  # rows that one statement inserts

Report = Callable[[str], None]
Batch = Mapping[type[Entity], list[Row]]
releases = SQLModel.metadata.tables["releases"]


def write_records(batch: Batch) -> str:
    """Write each row's JSON as it will be served, into its `record`; return the hash of all of them."""
    digest = hashlib.sha256()
    for entity in sorted(ENTITIES, key=lambda entity: entity.collection.slug):
        digest.update(f"{entity.collection.slug}\n".encode())
        for row in sorted(batch[entity], key=lambda row: str(row.values["id"])):
            record = msgspec.json.encode(row.values)
            digest.update(record + b"\n")
            row.values["record"] = record.decode()
    return f"sha256:{digest.hexdigest()}"


def counted(batch: Batch) -> dict[str, int]:
    """How many records of each collection there are."""
    return {entity.collection.slug: len(rows) for entity, rows in batch.items()}


def current_release(connection: Connection) -> Any:
    """The row of the release being served, or None."""
    return connection.execute(sa.select(releases).order_by(releases.c.sequence.desc()).limit(1)).one_or_none()


def replace_records(connection: Connection, batch: Batch, report: Report) -> None:
    """Take away what was served and put in the new, parents first."""
    for entity in reversed(ENTITIES):
        connection.execute(sa.delete(entity.table()))
    for entity in ENTITIES:
        rows = batch[entity]
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            connection.execute(sa.insert(entity.table()), [entity.stored(row.values) for row in chunk])
            report(f"wrote {entity.collection.slug}: {start + len(chunk)} of {len(rows)}")


def record_release(connection: Connection, catalog: Catalog, content_hash: str, batch: Batch) -> str:
    """Record what is now being served and return its id; an edition loaded before is put in front again."""
    before = current_release(connection)
    # The id stands for data and catalogue together: neither changes under a release that somebody cited.
    identity = hashlib.sha256(f"{content_hash} {catalog.model_dump_json()}".encode()).hexdigest()
    release_id = f"{catalog.edition.replace('.', '-')}-{identity[:8]}"
    now = {
        "sequence": before.sequence + 1 if before else 1,
        "loaded_at": dt.datetime.now(dt.UTC),
        "indexed_by": index_rules(),
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
    now = (content_hash, catalog.model_dump(mode="json"), index_rules())
    return release is not None and (release.content_hash, release.catalog, release.indexed_by) == now
