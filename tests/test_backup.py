"""A backup restores the database and the releases' files on both databases, and nothing damaged replaces anything."""

import shutil
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url
from starlette.testclient import TestClient

from app import backup
from app.db import Database
from app.errors import Unavailable
from app.load import load
from app.migrate import CURRENT
from app.read.dataset import PublishedRelease, read_release
from app.releases.freeze import freeze
from app.releases.store import ReleaseStore, read_sum
from tests.cli.test_doctor import damage_an_older_release, zero_products
from tests.conftest import SEED, NewDatabase, client_of, loaded, migrated, quiet
from tests.databases import Postgres, rows_of
from tests.load.editing import cell
from tests.releases.conftest import FEW
from tests.running import HANGS_S, shanhai, wait_until

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


def files_of(folder: Path) -> dict[str, tuple[bytes, float]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime)
        for path in folder.rglob("*")
        if path.is_file()
    }


def sorted_rows(address: str) -> dict[str, list[str]]:
    return {table: sorted(map(repr, rows)) for table, rows in rows_of(address).items()}


def save(address: str, releases: Path, file: Path) -> backup.Manifest:
    with Database(address, "export") as database:
        manifest, damaged = backup.backup(database, ReleaseStore(releases), file)
    assert damaged == []
    return manifest


def kind_of(address: str) -> str:
    return address.partition(":")[0]


@pytest.mark.slow
def test_what_is_restored_equals_what_was_saved(
    client: TestClient, fresh: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    file, other, kind = tmp_path / "backup.zip", ReleaseStore(tmp_path / "other"), kind_of(fresh)
    store = ReleaseStore(tmp_path / "releases")
    with patch("app.releases.partitions.MIN_ROWS", FEW), Database(loaded(fresh), "export") as database:
        freeze(database, store, quiet)
    assert any("source_year=" in name for name in files_of(store.folder))
    manifest, address = save(fresh, store.folder, file), new_database(kind)
    assert backup.restore(address, other, file, replace=False) == manifest
    assert sorted_rows(address) == sorted_rows(fresh)
    assert files_of(other.folder) == files_of(store.folder)
    with client_of(address) as restored:
        assert restored.get("/readyz/deep").status_code == 200
        for path in ("/v1/search?q=东莞", "/v1/releases", "/v1/figures?limit=1000"):
            assert restored.get(path).json()["data"] == client.get(path).json()["data"]
    with pytest.raises(Unavailable, match="--replace"):
        backup.restore(address, other, file, replace=False)
    with Database(address, "migrate") as database, database.transaction() as connection:
        connection.exec_driver_sql("UPDATE releases SET content_hash = 'changed'")
    backup.restore(address, other, file, replace=True)
    assert sorted_rows(address) == sorted_rows(fresh)
    with pytest.raises(Unavailable, match="of that kind"):
        backup.restore(new_database(OTHER[kind]), other, file, replace=True)
    with patch("app.backup.newest", return_value="9999"), pytest.raises(Unavailable, match="another schema"):
        backup.restore(address, other, file, replace=True)


@pytest.mark.slow
def test_the_seed_rebuilds_what_a_backup_contains(
    fresh: str, new_database: NewDatabase, ready: Path, tmp_path: Path
) -> None:
    """On the other kind of database, where the backup cannot be restored: the same release, records and files."""
    manifest = save(loaded(fresh), ready / "releases", tmp_path / "backup.zip")
    with Database(loaded(new_database(OTHER[kind_of(fresh)])), "export") as database:
        edition = freeze(database, ReleaseStore(tmp_path / "rebuilt"), quiet).edition
    assert (edition.id, edition.content_hash) == (manifest.release, manifest.content_hash)
    contained = {each.name: each.sha256 for each in manifest.members if each.name.startswith("releases/")}
    rebuilt = (tmp_path / "rebuilt" / edition.id).iterdir()
    assert contained == {f"releases/{edition.id}/{path.name}": read_sum(path) for path in rebuilt}


@pytest.mark.databases("postgresql")
def test_every_table_is_saved(address: str) -> None:
    with Database(address) as database, database.transaction() as connection:
        assert {*sa.inspect(connection).get_table_names()} == {*backup.tables(), CURRENT.name}


@pytest.mark.slow
def test_a_backup_beside_loads_contains_one_release(
    fresh: str, new_database: NewDatabase, seed: Path, tmp_path: Path
) -> None:
    """One is made while a load has written and not committed; during the other, a load begins and ends."""
    within, around, store = tmp_path / "within.zip", tmp_path / "around.zip", tmp_path / "none"
    rows = [sorted_rows(loaded(fresh))]
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)

    def save_once(progress: str) -> None:
        if progress.startswith("wrote figures") and not within.exists():
            save(fresh, store, within)

    with Database(fresh, "load") as database:
        assert load(seed, database, save_once).changed
    rows.append(sorted_rows(fresh))

    def read_while_loading(connection: Connection) -> PublishedRelease:
        release = read_release(connection)
        with Database(fresh, "load") as database:
            assert load(SEED, database, quiet).changed
        return release

    with patch("app.backup.read_release", read_while_loading):
        save(fresh, store, around)
    for file, expected in zip((within, around), rows, strict=True):
        restored = new_database(kind_of(fresh))
        backup.restore(restored, ReleaseStore(store), file, replace=False)
        assert sorted_rows(restored) == expected


@pytest.mark.slow
def test_a_backup_beside_migrations_contains_the_records(
    fresh: str, new_database: NewDatabase, tmp_path: Path, postgres: Postgres
) -> None:
    """One is begun while a migration has changed a table and not committed; during the other, a migration begins."""
    within, around, store = tmp_path / "within.zip", tmp_path / "around.zip", tmp_path / "none"
    rows, kind, altered = sorted_rows(loaded(fresh)), kind_of(fresh), threading.Event()

    def is_waiting() -> bool:
        with psycopg.connect(postgres.address) as connection:
            waiting = "SELECT 1 FROM pg_locks JOIN pg_database ON oid = database WHERE NOT granted AND datname = %s"
            return connection.execute(waiting, [make_url(fresh).database]).fetchone() is not None

    def alter(column: str) -> None:
        with Database(fresh, "migrate") as database, database.transaction() as connection:
            altered.set()
            connection.exec_driver_sql(f"ALTER TABLE figures ADD COLUMN {column} TEXT")

    def read_while_migrating(connection: Connection) -> PublishedRelease:
        release = read_release(connection)
        migration.submit(alter, "second")
        assert altered.wait(HANGS_S)
        if kind == "postgresql":
            wait_until(is_waiting)
        return release

    with ThreadPoolExecutor() as other, Database(fresh, "migrate") as database:
        with database.transaction() as connection:
            connection.exec_driver_sql("ALTER TABLE figures ADD COLUMN first TEXT")
            saved = other.submit(save, fresh, store, within)
            if kind == "postgresql":
                wait_until(is_waiting)  # for the table
            else:
                saved.result(HANGS_S)
        saved.result(HANGS_S)
    with patch("app.backup.read_release", read_while_migrating), ThreadPoolExecutor() as migration:
        save(fresh, store, around)
    for file in (within, around):
        restored = new_database(kind)
        backup.restore(restored, ReleaseStore(store), file, replace=False)
        assert sorted_rows(restored) == rows


@pytest.mark.slow
def test_a_restore_waits_for_a_load(fresh: str, seed: Path, tmp_path: Path) -> None:
    """Otherwise the load that ends later would replace what was restored."""
    rows, file, store = sorted_rows(loaded(fresh)), tmp_path / "backup.zip", ReleaseStore(tmp_path / "none")
    save(fresh, store.folder, file)
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    begun = threading.Event()

    def restore() -> None:
        begun.set()
        backup.restore(fresh, store, file, replace=True)

    restored: list[Future[None]] = []

    def restore_once(progress: str) -> None:
        if progress.startswith("wrote figures") and not restored:
            restored.append(other.submit(restore))
            assert begun.wait(HANGS_S)

    with ThreadPoolExecutor() as other, Database(fresh, "load") as database:
        assert load(seed, database, restore_once).changed
        restored[0].result(HANGS_S)
    assert sorted_rows(fresh) == rows


@pytest.mark.parametrize("command", ["backup FILE", "release", "diff latest latest"])
def test_without_a_release_a_command_says_how_to_load_one(tmp_path: Path, command: str) -> None:
    address, words = migrated(f"sqlite:///{tmp_path / 'shanhai.sqlite'}"), command.replace("FILE", str(tmp_path / "x"))
    done = shanhai(*words.split(), DATABASE_URL=address, SHANHAI_DATA_DIR=str(tmp_path))
    assert (done.returncode, "Run `shanhai load`" in done.stderr) == (3, True), done.stderr


@pytest.fixture(scope="module")
def archive(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the data folder; read-only."""
    file = tmp_path_factory.mktemp("backup") / "backup.zip"
    assert shanhai("backup", file, SHANHAI_DATA_DIR=str(ready)).returncode == 0
    return file


@pytest.fixture
def data(ready: Path, archive: Path, tmp_path: Path) -> Path:
    """A data folder that a test may change, with a backup beside it."""
    shutil.copytree(ready, tmp_path / "data")
    shutil.copyfile(archive, tmp_path / archive.name)
    return tmp_path / "data"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda old: old[: len(old) // 2],
        lambda old: old[: len(old) // 2] + bytes([old[len(old) // 2] ^ 1]) + old[len(old) // 2 + 1 :],
        lambda old: old.replace(b"backup.json", b"backup.jso_"),
        lambda _: b"nothing of the kind",
    ],
    ids=["truncated", "changed", "no manifest", "no archive"],
)
def test_a_damaged_archive_changes_nothing(data: Path, spoil: Callable[[bytes], bytes]) -> None:
    file, before = data.with_name("backup.zip"), files_of(data)
    file.write_bytes(spoil(file.read_bytes()))
    done = shanhai("restore", file, "--replace", SHANHAI_DATA_DIR=str(data))
    assert (done.returncode, "Use another one." in done.stderr, "Traceback" in done.stderr) == (3, True, False)
    assert files_of(data) == before


def test_a_damaged_database_is_restored_and_replaces_no_backup(data: Path) -> None:
    file, before = data.with_name("backup.zip"), files_of(data)
    saved = file.read_bytes()
    zero_products(data)
    data.with_name("backup.zip.writing").mkdir()  # of a backup that was killed
    done = shanhai("backup", file, SHANHAI_DATA_DIR=str(data))
    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
    assert file.read_bytes() == saved
    assert {path.name for path in data.parent.iterdir()} == {"data", "backup.zip"}
    (data / "shanhai.sqlite-journal").write_bytes(b"of a writer of the old file that was killed")
    shutil.rmtree(data / "releases")
    assert shanhai("restore", file, "--replace", SHANHAI_DATA_DIR=str(data)).returncode == 0
    assert {name: content for name, (content, _) in files_of(data).items() if "sqlite" not in name} == {
        name: content for name, (content, _) in before.items() if "sqlite" not in name
    }
    with closing(sqlite3.connect(data / "shanhai.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert not (data / "shanhai.sqlite-journal").exists()


@pytest.mark.slow
def test_a_release_with_damaged_files_is_left_out_and_named(data: Path) -> None:
    damage_an_older_release(data)
    file = data.with_name("backup.zip")
    done = shanhai("backup", file, SHANHAI_DATA_DIR=str(data))
    assert (done.returncode, "2020-01-older" in done.stderr) == (1, True)
    assert shanhai("restore", file, SHANHAI_DATA_DIR=str(data.with_name("new"))).returncode == 0
    assert {path.name for path in (data.with_name("new") / "releases").iterdir()} == {
        path.name for path in (data / "releases").iterdir()
    } - {"2020-01-older"}
