"""Whether the database still holds what was loaded: all of it is read and compared."""

import datetime as dt
import hashlib
import time
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from anyio import Lock, to_thread
from sqlalchemy.engine import Connection

from app.errors import Unavailable
from app.models import COLLECTIONS
from app.read.dataset import DatasetReader, read_release
from app.sql.prepared import Bytes, fetch_batches

CHECK_TTL_S = 300.0  # for which a check that found no damage answers for others
DAMAGED_TTL_S = 10.0  # the same for one that found some
BATCH_ROWS = 2_000


def hash_records(collections: Iterable[tuple[str, Iterable[bytes]]]) -> str:
    """Return the SHA-256 of the records as they are served: by collection, in the order of slugs, and by id.

    A collection without records leaves it as it was before the collection existed.
    """
    digest = hashlib.sha256()
    for slug, records in collections:
        heading = f"{slug}\n".encode()
        for record in records:
            digest.update(heading + record + b"\n")
            heading = b""
    return f"sha256:{digest.hexdigest()}"


def require_undamaged(connection: Connection, *, quick: bool = False) -> None:
    """Read the whole database. Raises Unavailable if it is damaged, or its records are not those of the release.

    A quick check counts the records, and on SQLite compares no index with its table.
    """
    if connection.dialect.name == "sqlite":
        pragma = "quick_check" if quick else "integrity_check"
        found = connection.exec_driver_sql(f"PRAGMA {pragma}(1)").scalar_one()
        if found != "ok":
            raise Unavailable("The database file is damaged. Put a good copy in its place.", found)
    release = read_release(connection)
    if not (_has_counts(connection, release["counts"]) if quick else _has_hash(connection, release["content_hash"])):
        detail = "The records in the database are not those that were loaded. "
        detail += "If a migration ran, run `shanhai load`; otherwise restore a backup."
        raise Unavailable(detail, f"release {release['id']}")


def _has_counts(connection: Connection, counts: dict[str, int]) -> bool:
    tables = {slug: entity.table() for slug, entity in COLLECTIONS.items()}
    return all(
        connection.scalar(sa.select(sa.func.count()).select_from(table)) == counts.get(slug, 0)
        for slug, table in tables.items()
    )


def _has_hash(connection: Connection, content_hash: str) -> bool:
    return hash_records((slug, _records(connection, slug)) for slug in sorted(COLLECTIONS)) == content_hash


def _records(connection: Connection, slug: str) -> Iterator[bytes]:
    table = COLLECTIONS[slug].table()
    statement = sa.select(Bytes(table.c.record)).order_by(table.c.id)
    for rows in fetch_batches(connection, statement, {}, BATCH_ROWS):
        for (record,) in rows:
            yield bytes(record)


class IntegrityCheck:
    """Checks the served database in a thread, one check at a time; its outcome answers for a while."""

    def __init__(self, reader: DatasetReader) -> None:
        self._reader = reader
        self._lock = Lock()
        self._checked: object = None  # the state of the database that was checked
        self._until = float("-inf")
        self._outcome: dt.datetime | Unavailable = Unavailable("")  # the time of a check that found no damage

    async def run(self, release: str) -> dt.datetime:
        """Return the time of the last check of what is served now. Raises Unavailable if it found damage."""
        async with self._lock:
            now = release, self._reader.database.file_identity
            if now != self._checked or time.monotonic() > self._until:
                self._outcome = await to_thread.run_sync(self._check)
                is_damaged = isinstance(self._outcome, Unavailable)
                self._checked, self._until = now, time.monotonic() + (DAMAGED_TTL_S if is_damaged else CHECK_TTL_S)
            if isinstance(self._outcome, dt.datetime):
                return self._outcome
            raise Unavailable(self._outcome.detail, self._outcome.inside)

    def _check(self) -> dt.datetime | Unavailable:
        try:
            with self._reader.snapshot() as (_, connection):
                require_undamaged(connection)
        except Unavailable as error:
            return error
        return dt.datetime.now(dt.UTC)
