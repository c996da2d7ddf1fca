"""A SQLite database written anew: another file beside the one that is served, put in its place when it is complete.

Readers go on with the old file until they notice. Whoever is killed half-way leaves a file that nobody reads, and which
the next load removes.
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
from app.load.put import put
from app.models import ENTITIES
from app.models.search_index import ENTRIES, TERMS, WORDS

CACHE = 32 << 10  # kilobytes
SORTERS = 2  # threads that sort what goes into an index, when nobody else is at work any more
PAGE = 8192  # bytes: a sixth less room than with half of that, and fewer pages to look at for a page of records
WRITTEN = {*(entity.collection.table for entity in ENTITIES), ENTRIES.name, WORDS.name}  # what a load writes


@contextmanager
def new_file(database: Database, old: Connection) -> Iterator[Connection]:
    """A file with the schema of the old one and all that no load writes; in its place when all went well.

    The old one is locked by its transaction, so that nobody else makes a new file at the same time.
    """
    path = Path(database.url.database or "").resolve()  # a link stays a link
    new = path.with_name(f"{path.name}.loading")
    try:
        new.unlink(missing_ok=True)
        with _opened(new) as connection:
            indexes = _copy_schema(old, connection)
            yield connection
            _complete(connection, indexes)
        _put_in_place(new, path)
        database.leave(old)
    except OSError as fault:
        raise Unavailable("the database cannot be written anew", f"{new}: {fault.strerror}") from None
    finally:
        for left in (new, new.with_name(f"{new.name}-journal")):
            left.unlink(missing_ok=True)


@contextmanager
def _opened(new: Path) -> Iterator[Connection]:
    engine = sa.create_engine(
        f"sqlite:///file:{quote(str(new))}?mode=rwc&uri=true", poolclass=sa.NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for pragma in (
            f"page_size = {PAGE}",
            # Nobody else reads it, and what is not completed is thrown away.
            "journal_mode = OFF",
            "synchronous = OFF",
            "locking_mode = EXCLUSIVE",
            f"cache_size = -{CACHE}",
            f"threads = {SORTERS}",
            # They are all held at the end.
            "foreign_keys = OFF",
        ):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.exec_driver_sql("BEGIN")
        yield connection
        connection.exec_driver_sql("COMMIT")


def _copy_schema(old: Connection, new: Connection) -> list[str]:
    """Make the tables, and fill those that no load writes; the statements that make the indexes are for later."""
    made = old.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").all()
    indexes = [each.sql for each in made if each.type == "index"]
    for table in made:
        if table.type != "table" or table.name.startswith((f"{TERMS}_", "sqlite_")):
            continue  # what FTS5 and SQLite make themselves
        new.exec_driver_sql(table.sql)
        if table.name not in WRITTEN and table.name != TERMS:
            rows = old.exec_driver_sql(f'SELECT * FROM "{table.name}"')  # noqa: S608
            put(new, table.name, list(rows.keys()), rows)
    return indexes


def _complete(connection: Connection, indexes: list[str]) -> None:
    """Make the indexes, now that all rows are there, and hold the foreign keys."""
    for statement in indexes:
        connection.exec_driver_sql(statement)
    if wrong := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        told = sa.exc.IntegrityError("PRAGMA foreign_key_check", None, ValueError(f"{wrong} refers to nothing"))
        raise told


def _put_in_place(new: Path, path: Path) -> None:
    """Let the new file be the one, for good: with the rights of the old, and written to the disk."""
    rights = path.stat()
    new.chmod(rights.st_mode)
    if (rights.st_uid, rights.st_gid) != (new.stat().st_uid, new.stat().st_gid):
        os.chown(new, rights.st_uid, rights.st_gid)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
