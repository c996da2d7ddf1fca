"""Rewrite a SQLite database as a new file next to the served one, and rename it into place when it is complete.

Readers keep the old file open until they notice. A killed load leaves a file that the next load removes, also one that
changes nothing.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.db import Database
from app.errors import Unavailable
from app.load.bulk_insert import bulk_insert
from app.models import ENTITIES
from app.models.search_index import ENTRIES, TERMS, WORDS

REWRITTEN = {*(entity.collection.table for entity in ENTITIES), ENTRIES.name, WORDS.name, TERMS}
PRAGMAS = (
    "page_size = 8192",  # a sixth smaller than with 4096, and fewer pages to read for a page of records
    "journal_mode = OFF",  # an incomplete file is thrown away
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    "cache_size = -32768",  # 32 MB
    "threads = 2",  # to sort the entries of an index
    "foreign_keys = OFF",  # checked at the end
)


@contextmanager
def new_file(database: Database, old: Connection) -> Iterator[Connection]:
    """Yield a connection to a new file with the schema of the old one, and with the tables that a load keeps.

    The transaction on the old file locks out other writers. Raises Unavailable.
    """
    with replacing(database) as new, _open(new) as connection:
        later = _copy_schema(old, connection)
        yield connection
        for statement in later:
            connection.exec_driver_sql(statement)
        if row := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            cause = ValueError(f"{row} refers to nothing")
            raise sa.exc.IntegrityError("PRAGMA foreign_key_check", None, cause)
    database.rollback(old)


@contextmanager
def replacing(database: Database) -> Iterator[Path]:
    """Yield the path of a new file, which is renamed over the served one at the end. Raises Unavailable.

    The caller holds the lock of writers.
    """
    path, new = _paths(database)
    try:
        remove_leftovers(database)
        new.touch()  # says why it cannot be written, which SQLite does not
        yield new
        replace_file(path, new)
    except OSError as error:
        detail = f"The database cannot be written. Check the disk of {path.parent} and its permissions."
        raise Unavailable(detail, f"{new}: {error.strerror}") from None
    finally:
        remove_leftovers(database)


def leftovers(database: Database) -> list[Path]:
    """Return the files of a load that was killed, or of one that is running."""
    _, new = _paths(database)
    return [left for left in (new, new.with_name(f"{new.name}-journal")) if left.exists()] if database.local else []


def remove_leftovers(database: Database) -> None:
    """Remove the files of a load that was killed. The caller's transaction shows that none is running."""
    for left in leftovers(database):
        left.unlink(missing_ok=True)


def _paths(database: Database) -> tuple[Path, Path]:
    """Return the path of the served file, and that of the new one."""
    path = Path(database.url.database or "").resolve()  # a link stays a link
    return path, path.with_name(f"{path.name}.loading")


@contextmanager
def _open(new: Path) -> Iterator[Connection]:
    url = f"sqlite:///file:{quote(str(new))}?mode=rwc&uri=true"
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for pragma in PRAGMAS:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.exec_driver_sql("BEGIN")
        yield connection
        connection.exec_driver_sql("COMMIT")


def _copy_schema(old: Connection, new: Connection) -> list[str]:
    """Make the tables, fill those that a load keeps, and return the statements for everything else: indexes."""
    schema = old.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").all()
    for table in schema:
        if table.type != "table" or table.name.startswith((f"{TERMS}_", "sqlite_")):
            continue  # made by FTS5 and by SQLite themselves
        new.exec_driver_sql(table.sql)
        if table.name not in REWRITTEN:
            rows = old.exec_driver_sql(f'SELECT * FROM "{table.name}"')  # noqa: S608
            bulk_insert(new, table.name, list(rows.keys()), rows)
    return [item.sql for item in schema if item.type != "table"]


def replace_file(path: Path, new: Path) -> None:
    """Rename a new file over an old one, with its mode and owner if there is one, and sync file and folder to disk."""
    if path.exists():
        old = path.stat()
        new.chmod(old.st_mode)
        if (old.st_uid, old.st_gid) != (new.stat().st_uid, new.stat().st_gid):
            os.chown(new, old.st_uid, old.st_gid)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
