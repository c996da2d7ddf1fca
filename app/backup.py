"""A backup: one zip archive with the database and the files of every release, each with its SHA-256.

SQLite is copied by its backup API, PostgreSQL table by table by COPY, each in one snapshot: requests and loads go on.
"""

import hashlib
import os
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from app import __version__
from app.db import Database
from app.db.write_guard import lifted_guard
from app.errors import Busy, Unavailable
from app.load.search_index import prepare_for_search
from app.load.sqlite_swap import replace_file, replacing
from app.load.write import read_current
from app.migrate import migrate, newest, require_newest, revision
from app.models import ENTITIES
from app.models.search_index import TERMS
from app.read.dataset import read_release
from app.read.integrity import require_undamaged
from app.releases.archive import write_archive
from app.releases.store import ID, ReleaseStore, read_sum, set_dates

FORMAT = 1
MANIFEST, FILE, TABLES = "backup.json", "database.sqlite", "tables"
CHUNK_BYTES = 1 << 18
NAME = r"[^/\\]*[^/\\.][^/\\]*"  # neither .. nor a path
OF_RELEASE = re.compile(rf"releases/(?P<release>{ID})/(?P<file>({NAME}/)*{NAME})")


class Member(msgspec.Struct):
    """A file in the archive."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct):
    """What a backup contains, and the version that wrote it."""

    format: int
    version: str
    schema: str
    database: str
    release: str
    content_hash: str
    members: list[Member]


def backup(database: Database, store: ReleaseStore, file: Path) -> tuple[Manifest, list[str]]:
    """Write a backup, and return its manifest and the releases left out since files of them are damaged.

    An older file is replaced at the end. Raises Unavailable, also if the database is damaged.
    """
    require_newest(database)
    file = file.resolve()
    with _workplace(file) as folder:
        with database.transaction() as connection:
            if not database.local:
                _lock_tables(connection)
            release, kind = read_release(connection), connection.dialect.name
            paths = dict(_copy_file(connection, folder) if database.local else _copy_tables(connection, folder))
        damaged = [each for each in store.ids() if store.damaged(each)]
        for each in sorted({*store.ids()} - {*damaged}):
            files = sorted(path for path in (store.folder / each).rglob("*") if path.is_file())
            paths |= {f"releases/{path.relative_to(store.folder).as_posix()}": path for path in files}
        members = [Member(name, path.stat().st_size, read_sum(path)) for name, path in paths.items()]
        manifest = Manifest(FORMAT, __version__, newest(), kind, release["id"], release["content_hash"], members)
        archive = folder / "archive.zip"
        write_archive(archive, [(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest))), *paths.items()])
        replace_file(file, archive)
    return manifest, damaged


@contextmanager
def _workplace(file: Path) -> Iterator[Path]:
    """Make a folder beside the file, in place of that of a backup that was killed. Raises Unavailable."""
    folder = file.with_name(f"{file.name}.writing")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir()
        yield folder
    except OSError as error:
        detail = f"The backup cannot be written. Check the disk of {file.parent} and its permissions."
        raise Unavailable(detail, f"{error.filename or folder}: {error.strerror}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_file(connection: Connection, folder: Path) -> Iterator[tuple[str, Path]]:
    """Copy a SQLite database and check the copy."""
    path = folder / FILE
    with closing(sqlite3.connect(path)) as copy:
        try:
            _driver(connection).backup(copy)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:  # the disk of the copy, not that of the database
                raise OSError(ENOSPC, os.strerror(ENOSPC), path) from None
            raise
    _require_undamaged(path)
    yield FILE, path


def _require_undamaged(path: Path) -> None:
    with Database(f"sqlite:///{path}", "export") as copy, copy.transaction() as connection:
        require_undamaged(connection)


def _lock_tables(connection: Connection) -> None:
    """Let migrations wait, before the snapshot is taken: it may see tables as empty that a migration rewrites.

    Taken later, one by one, the locks could be part of a deadlock.
    """
    connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables())} IN ACCESS SHARE MODE")


def _copy_tables(connection: Connection, folder: Path) -> Iterator[tuple[str, Path]]:
    """Check a PostgreSQL database and copy its tables."""
    require_undamaged(connection)
    for table, columns in tables().items():
        path = folder / table
        with path.open("wb") as file, _driver(connection).cursor().copy(f"COPY {columns} TO STDOUT") as rows:
            file.writelines(rows)
        yield f"{TABLES}/{table}", path


def tables() -> dict[str, str]:
    """Return each table of PostgreSQL, parents first, as COPY names it: by the columns that are not computed."""
    names = {
        table.name: ", ".join(f'"{column.name}"' for column in table.columns if column.computed is None)
        for table in SQLModel.metadata.sorted_tables
    }
    return {table: f"{table} ({columns})" for table, columns in names.items()} | {TERMS: TERMS}


def restore(address: str, store: ReleaseStore, file: Path, *, replace: bool) -> Manifest:
    """Restore a backup that was checked whole, and return its manifest. Raises Unavailable.

    `replace` allows a database to be replaced.
    """
    with _opened(file) as (archive, manifest):
        with Database(address, "migrate") as database:
            if database.url.get_backend_name() != manifest.database:
                detail = f"The backup is of {manifest.database}. Set DATABASE_URL to a database of that kind."
                raise Unavailable(detail, database.display_url)
            if not replace and _is_in_use(database):
                detail = "There is a database already. Restore over it with --replace, or name another one."
                raise Unavailable(detail, database.display_url)
            (_restore_file if database.local else _restore_tables)(database, archive)
        _restore_releases(store, archive, manifest)
    return manifest


@contextmanager
def _opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open a backup that is complete and of this schema. Raises Unavailable."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
            changed = [each.name for each in manifest.members if _read_sum(archive, each.name) != each.sha256]
        except (zipfile.BadZipFile, KeyError, EOFError, msgspec.DecodeError) as error:
            raise Unavailable(f"{file} is no complete backup. Use another one.", error) from None
        if changed:
            raise Unavailable(f"{file} was changed since it was written. Use another one.", ", ".join(changed))
        if (manifest.format, manifest.schema) != (FORMAT, newest()):
            detail = f"The backup has another schema. Restore it with shanhai {manifest.version}, then upgrade."
            raise Unavailable(detail, f"{manifest.schema}, this version has {newest()}")
        yield archive, manifest


def _read_sum(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as content:
        return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]


def _is_in_use(database: Database) -> bool:
    """Whether there is a SQLite file, damaged or not, or a release in PostgreSQL."""
    if database.local:
        path = Path(database.url.database or "")
        return path.exists() and path.stat().st_size > 0
    with database.transaction() as connection:
        return bool(revision(connection) and read_current(connection))


def _restore_file(database: Database, archive: zipfile.ZipFile) -> None:
    with _locked(database), replacing(database) as new:
        _extract(archive, FILE, new)
        _require_undamaged(new)
        # The journal of a writer of a damaged file, who was killed, would be applied to the new one.
        path = Path(database.url.database or "").resolve()
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


@contextmanager
def _locked(database: Database) -> Iterator[None]:
    """Lock out loads and migrations. A damaged file has no lock, and nobody can write to it."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(database.transaction())
        except Busy:
            raise
        except Unavailable:
            yield
        else:
            yield
            database.rollback(connection)


def _restore_tables(database: Database, archive: zipfile.ZipFile) -> None:
    migrate(database.url.render_as_string(hide_password=False))
    with database.transaction() as connection, lifted_guard(connection, ENTITIES):
        for table in reversed(tables()):  # TRUNCATE would empty it for readers of an earlier snapshot too
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - our own names
        for table, columns in tables().items():
            into = f"COPY {columns} FROM STDIN"
            with archive.open(f"{TABLES}/{table}") as content, _driver(connection).cursor().copy(into) as rows:
                shutil.copyfileobj(content, rows, CHUNK_BYTES)
        prepare_for_search(connection)
        require_undamaged(connection)


def _restore_releases(store: ReleaseStore, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Write the files of every release; one that is here undamaged stays."""
    files: dict[str, list[str]] = {}
    for each in manifest.members:
        if match := OF_RELEASE.fullmatch(each.name):
            files.setdefault(match["release"], []).append(match["file"])
    for release, names in files.items():
        if not store.damaged(release):
            continue
        with store.draft(release) as folder:
            for name in names:
                _extract(archive, f"releases/{release}/{name}", folder / name)
            set_dates(folder)


def _extract(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as content, path.open("wb") as file:
        shutil.copyfileobj(content, file, CHUNK_BYTES)
        file.flush()
        os.fsync(file.fileno())


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
