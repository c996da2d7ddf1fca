"""A SQLite database is rewritten as a new file and renamed into place: readers never see half of it."""

import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.db import Database
from app.errors import Unavailable
from app.load import load, unchanged
from app.migrate import migrate
from app.models import Figure
from app.models.product import Product
from app.settings import ROOT
from tests.conftest import SEED, client_of, loaded, quiet
from tests.databases import rows_of
from tests.load.editing import cell
from tests.running import HANGS_S

PEACH = sa.select(Product.table().c.summary_en).where(Product.table().c.id == "yellow-peach")
COUNT = sa.select(sa.func.count()).select_from(Figure.table())

# A load in its own process that stops in the middle, prints so and waits to be killed.
STOPPING = """
import signal, sys
from pathlib import Path
from app.db import Database
from app.load import load

def report(message):
    if message.startswith("indexed figures"):
        print("half-way", flush=True)
        signal.pause()

with Database(sys.argv[1], "load") as database:
    load(Path(sys.argv[2]), database, report)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a loaded database, alone in its folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    loaded(f"sqlite:///{folder / 'shanhai.sqlite'}")
    return folder / "shanhai.sqlite"


@pytest.fixture
def changed(seed: Path) -> Path:
    """Another edition of the seed."""
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    return seed


def test_who_reads_goes_on_reading_and_then_sees_the_new(path: Path, changed: Path) -> None:
    address = f"sqlite:///{path}"
    with Database(address) as reading:
        with reading.transaction() as connection:
            before = connection.scalar(PEACH)
            loaded(address, changed)  # without waiting for the reader
            assert connection.scalar(PEACH) == before != "Changed."
            assert connection.scalar(COUNT) == 32
        with reading.transaction() as connection:
            assert connection.scalar(PEACH) == "Changed."


def test_reads_are_answered_during_a_load(path: Path, changed: Path) -> None:
    address = f"sqlite:///{path}"
    seen, numbers = [], itertools.count(1)
    with client_of(address) as client, Database(address, "load") as database:

        def read_summary() -> str:
            """Read a record through a query that is not cached."""
            answer = client.get("/v1/products", params={"id": "yellow-peach", "limit": next(numbers)})
            return str(answer.json()["data"][0]["summary_en"])

        def report(message: str) -> None:
            if message.startswith(("wrote", "indexed")):
                seen.append(read_summary())

        load(changed, database, report)
        assert len(seen) > 10
        assert "Changed." not in seen
        assert read_summary() == "Changed."


def test_a_load_that_is_killed_leaves_the_old_and_the_next_sweeps_up(path: Path, changed: Path) -> None:
    address, before = f"sqlite:///{path}", path.read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPING, address, changed], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "half-way\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=HANGS_S)
    left = {each.name for each in path.parent.iterdir()}
    assert len(left) == 2, left
    assert path.read_bytes() == before
    with client_of(address) as client:
        assert client.get("/v1/figures").json()["meta"]["total"] == 32
    loaded(address, changed)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with Database(address) as database, database.transaction() as connection:
        assert connection.scalar(PEACH) == "Changed."


def test_a_load_of_nothing_new_sweeps_up_too(path: Path) -> None:
    for name in ("shanhai.sqlite.loading", "shanhai.sqlite.loading-journal"):
        (path.parent / name).write_bytes(b"left by a load that was killed")
    with Database(f"sqlite:///{path}") as reading:
        assert unchanged(SEED, reading, quiet) is None  # so that a start loads, under the lock
        with Database(f"sqlite:///{path}", "load") as database:
            assert not load(SEED, database, quiet).changed
        assert [each.name for each in path.parent.iterdir()] == [path.name]
        assert unchanged(SEED, reading, quiet)


def test_who_waited_writes_to_the_file_that_is_there_by_then(path: Path, changed: Path) -> None:
    address = f"sqlite:///{path}"
    other, waiting = SEED, threading.Event()
    done: list[bool] = []

    def second() -> None:
        waiting.set()
        with Database(address, "load") as database:
            done.append(load(other, database, quiet).changed)

    thread = threading.Thread(target=second)

    def report(message: str) -> None:
        if message.startswith("wrote figures") and not waiting.is_set():
            thread.start()
            assert waiting.wait(HANGS_S)

    with Database(address, "load") as database:
        assert load(changed, database, report).changed
    thread.join(HANGS_S)
    assert done == [True]
    releases = rows_of(address)["releases"]
    assert sorted(each.sequence for each in releases) == [2, 3]  # the first came back as the third
    with Database(address) as database, database.transaction() as connection:
        assert connection.scalar(PEACH) != "Changed."


def test_what_no_load_writes_is_carried_over(path: Path, changed: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes_of_an_operator (note TEXT)")
        connection.execute("INSERT INTO notes_of_an_operator VALUES ('kept')")
        connection.execute("CREATE INDEX ix_notes ON notes_of_an_operator (note)")
        schema = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        revision = connection.execute("SELECT * FROM alembic_version").fetchall()
    connection.close()
    before = rows_of(f"sqlite:///{path}")["releases"]
    loaded(f"sqlite:///{path}", changed)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT note FROM notes_of_an_operator").fetchall() == [("kept",)]
        assert connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall() == schema
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == revision
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    assert rows_of(f"sqlite:///{path}")["releases"][0] == before[0]
    assert migrate(f"sqlite:///{path}")[0] == migrate(f"sqlite:///{path}")[1]


def test_rights_and_links_stay_as_they_were(path: Path, changed: Path) -> None:
    real = path.parent.parent / "elsewhere" / "real.sqlite"
    real.parent.mkdir()
    path.rename(real)
    path.symlink_to(real)
    real.chmod(0o640)
    os.chown(real, 12345, 12345) if os.geteuid() == 0 else None
    before = real.stat()
    loaded(f"sqlite:///{path}", changed)
    after = real.stat()
    assert path.is_symlink()
    assert after.st_ino != before.st_ino
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert [each.name for each in real.parent.iterdir()] == [real.name]
    with Database(f"sqlite:///{path}") as database, database.transaction() as connection:
        assert connection.scalar(PEACH) == "Changed."


@pytest.mark.parametrize("step", ["rows", "disk"])
def test_a_full_disk_is_reported_and_changes_nothing(
    path: Path, changed: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def report(message: str) -> None:
        if step == "rows" and message.startswith("wrote products"):
            raise sqlite3.OperationalError("database or disk is full")

    if step == "disk":
        monkeypatch.setattr("app.load.sqlite_swap.os.fsync", full)
    with Database(f"sqlite:///{path}", "load") as database, pytest.raises(Unavailable) as caught:
        load(changed, database, report)
    assert "full" in caught.value.inside or "No space left" in caught.value.inside
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_reference_to_nothing_is_not_put_in_place(path: Path, changed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No loader is trusted, not even this one: the database holds its keys before anybody can read it."""
    before = path.read_bytes()
    own = Product.stored
    monkeypatch.setattr(Product, "stored", lambda values: own(values) | {"program_id": "nothing-of-this-id"})
    with Database(f"sqlite:///{path}", "load") as database, pytest.raises(sa.exc.IntegrityError):
        load(changed, database, quiet)
    assert path.read_bytes() == before
