"""`dataset.sqlite` holds what the API serves, as declared, and is the same for one version of SQLite."""

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from app.db import Database
from app.entity import Entity
from app.entity.dictionary import ENTRIES
from app.models import COLLECTIONS
from app.read import export
from app.releases.sqlite import write_sqlite
from app.settings import ROOT
from tests.conftest import BOTH, NewDatabase, Record, loaded
from tests.releases.writing import tables_of, write

pytestmark = pytest.mark.databases("sqlite")

PLACES = [
    {"TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    {"TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"},
]
SQL_TYPES = {str: "TEXT", int: "INTEGER", float: "REAL", dt.date: "TEXT", list: "TEXT"}


@pytest.fixture(scope="module")
def file(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a loaded database, once per database; no test changes it."""
    return write(address, tmp_path_factory.mktemp("sqlite") / "shanhai.sqlite")


@pytest.fixture
def connection(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def record(entity: type[Entity], row: sqlite3.Row) -> Record:
    return {
        name: json.loads(row[name]) if column.is_list and row[name] is not None else row[name]
        for name, column in entity.columns().items()
    }


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_it_holds_what_the_api_serves(
    connection: sqlite3.Connection, everything: dict[str, list[Record]], slug: str
) -> None:
    entity = COLLECTIONS[slug]
    rows = connection.execute(f"SELECT * FROM {entity.collection.table} ORDER BY rowid").fetchall()
    assert [record(entity, row) for row in rows] == everything[slug]


@pytest.mark.parametrize("entity", COLLECTIONS.values())
def test_its_columns_are_the_declared_ones(connection: sqlite3.Connection, entity: type[Entity]) -> None:
    rows = connection.execute(f"PRAGMA table_info({entity.collection.table})").fetchall()
    assert [(each["name"], each["type"], bool(each["notnull"]), bool(each["pk"])) for each in rows] == [
        (name, SQL_TYPES[column.scalar], not column.nullable, name == "id") for name, column in entity.columns().items()
    ]


@pytest.mark.parametrize("entity", COLLECTIONS.values())
def test_its_references_are_the_declared_ones(connection: sqlite3.Connection, entity: type[Entity]) -> None:
    table = entity.collection.table
    declared = {
        (name, column.declared.reference.table, "id")
        for name, column in entity.columns().items()
        if column.declared.reference
    }
    rows = connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
    assert {(each["from"], each["table"], each["to"]) for each in rows} == declared
    indexes = {each["name"] for each in connection.execute(f"PRAGMA index_list({table})")}
    assert {f"ix_{table}_{name}" for name, _, _ in declared} <= indexes


@pytest.mark.parametrize("entity", COLLECTIONS.values())
def test_every_value_is_of_its_columns_type(connection: sqlite3.Connection, entity: type[Entity]) -> None:
    for name, column in entity.columns().items():
        kinds = connection.execute(f'SELECT DISTINCT typeof("{name}") FROM {entity.collection.table}')
        assert {kind for (kind,) in kinds} <= {SQL_TYPES[column.scalar].lower(), "null"}, name


def test_it_is_sound(connection: sqlite3.Connection) -> None:
    assert [tuple(row) for row in connection.execute("PRAGMA integrity_check")] == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA freelist_count").fetchone()[0] == 0


def test_it_can_be_written_to_and_then_holds_its_references(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(file.read_bytes())
    with closing(sqlite3.connect(copy)) as opened:
        opened.execute("PRAGMA foreign_keys = ON")
        opened.execute("INSERT INTO release VALUES ('copied', 'yes')")
        opened.commit()
        opened.execute("VACUUM")
        with pytest.raises(sqlite3.IntegrityError):
            opened.execute("DELETE FROM sources")
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_its_dictionary_tells_every_column(connection: sqlite3.Connection) -> None:
    rows = {(row["collection"], row["field"]): row for row in connection.execute("SELECT * FROM dictionary")}
    assert list(rows) == [(slug, name) for slug, entity in COLLECTIONS.items() for name in entity.columns()]
    row = rows["basketball-teams", "player_count"]
    assert tuple(row.keys()) == tuple(ENTRIES)
    assert (row["title_zh"], row["title_en"], row["type"], row["unit"]) == ("队员数", "Players", "integer", "person")
    assert rows["figures", "value"]["unit"] == "unit"
    assert rows["figures", "status"]["unit"] == ""
    assert "achieved 报道称已实现 Reported as achieved" in rows["figures", "status"]["terms"]


def test_it_tells_its_release(connection: sqlite3.Connection, client: Any) -> None:
    rows = dict(connection.execute("SELECT key, value FROM release").fetchall())
    release = client.get("/v1").json()["data"]["release"]
    assert (rows["release"], rows["content_hash"]) == (release["id"], release["content_hash"])
    assert {"license_url", "publisher", "source 1"} <= set(rows)


def test_pandas_reads_it(connection: sqlite3.Connection, everything: dict[str, list[Record]]) -> None:
    with closing(sqlite3.connect(":memory:")) as plain:
        connection.backup(plain)
        frame = pd.read_sql("SELECT id, value, unit, paragraph FROM figures", plain)
    assert list(frame["id"]) == [each["id"] for each in everything["figures"]]
    assert frame["value"].dtype == "float64"
    values = [None if pd.isna(value) else value for value in frame["value"]]
    assert values == [each["value"] for each in everything["figures"]]


@pytest.mark.slow
def test_it_is_the_same_from_every_database_and_place(new_database: NewDatabase, tmp_path: Path) -> None:
    files = []
    for kind in BOTH:
        address = loaded(new_database(kind))
        for number, place in enumerate(PLACES):
            files.append(tmp_path / f"{kind}-{number}.sqlite")
            command = [sys.executable, "-m", "tests.releases.writing", address, str(files[-1])]
            subprocess.run(command, env={**os.environ, **place}, cwd=ROOT, check=True)
    first, *others = (each.read_bytes() for each in files)
    assert all(other == first for other in others)


def test_it_is_the_same_in_batches_of_any_size(
    address: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 3)
    assert write(address, tmp_path / "again.sqlite").read_bytes() == file.read_bytes()


def test_a_file_that_is_there_is_left_alone(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(FileExistsError):
        write_sqlite(file, [])
    assert file.read_bytes() == before


def test_a_file_of_some_collections_refers_to_no_others(address: str, tmp_path: Path) -> None:
    path = tmp_path / "figures.sqlite"
    with Database(address, "export") as database, database.transaction() as connection:
        table = next(table for table in tables_of(connection) if table.name == "figures")
        write_sqlite(path, [replace(table, provenance={})])
    with closing(sqlite3.connect(path)) as opened:
        rows = opened.execute("PRAGMA foreign_key_list(figures)").fetchall()
        assert {each[2] for each in rows} == {"figures"}
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
