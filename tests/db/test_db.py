"""Reads have time limits, short reads do not block each other, and errors say what to do."""

import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.db import Database, require_thread
from app.db.database import MAX_LOCAL_THREADS
from app.errors import Unavailable
from app.load import load
from tests.conftest import SEED, loaded, migrated, quiet
from tests.running import HANGS_S, wait_until

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


def test_what_takes_too_long_is_ended_and_the_next_is_answered(fresh: str) -> None:
    with Database(fresh, "migrate") as database, database.transaction():
        pass  # a file for SQLite
    with Database(fresh, timeout_s=0.5) as database:
        for _ in range(2):
            with (
                pytest.raises(Unavailable, match=r"more than 0\.45 seconds\. Ask for less\."),
                database.transaction() as connection,
            ):
                connection.execute(sa.text(ENDLESS[connection.dialect.name]))
        with database.transaction() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("SELECT republisher FROM sources", "column republisher"),
        ("SELECT sources.republisher FROM sources", "column republisher in sources"),
        ("INSERT INTO sources (id, republisher) VALUES ('one', '')", "column republisher in sources"),
        ("SELECT id FROM things", "table things"),
    ],
)
def test_a_missing_table_or_column_is_named_with_the_command_that_adds_it(
    fresh: str, statement: str, missing: str
) -> None:
    migrated(fresh)
    with Database(fresh, "migrate") as database:
        with database.transaction() as connection:
            connection.exec_driver_sql("ALTER TABLE sources DROP COLUMN republisher")
        with pytest.raises(Unavailable) as caught, database.transaction() as connection:
            connection.exec_driver_sql(statement)
    assert caught.value.detail == f"The database has no {missing}. Run `shanhai migrate`."


def test_a_load_names_the_column_that_its_table_lacks(fresh: str) -> None:
    migrated(fresh)
    with Database(fresh, "migrate") as database, database.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE sources DROP COLUMN republisher")
    with (
        Database(fresh, "load") as database,
        pytest.raises(Unavailable, match=r"no column republisher in sources\. Run `shanhai migrate`\."),
    ):
        load(SEED, database, quiet)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT count(*) FROM n"


def where_it_ran(statement: str) -> Callable[[Connection], tuple[int, int]]:
    return lambda connection: (connection.exec_driver_sql(statement).scalar_one(), threading.get_ident())


@pytest.mark.anyio
async def test_a_read_may_ask_for_a_thread(tmp_path: Path) -> None:
    started = []

    def work(connection: Connection) -> str:
        started.append(threading.get_ident())
        require_thread(connection)
        return "read"

    with Database(loaded(f"sqlite:///{tmp_path / 'shanhai.sqlite'}")) as database:
        assert await database.read(work) == "read"
    assert (len(started), started[0], len({*started})) == (2, threading.get_ident(), 2)


@pytest.mark.anyio
async def test_short_reads_run_in_place_however_many_and_long_ones_in_a_thread(tmp_path: Path) -> None:
    address = loaded(f"sqlite:///{tmp_path}/shanhai.sqlite")
    with Database(address) as database:
        for _ in range(500):
            assert await database.read(where_it_ran(COUNTING.format(300))) == (300, threading.get_ident())
        counted, thread = await database.read(where_it_ran(COUNTING.format(1_000_000)))
        assert counted == 1_000_000
        assert thread != threading.get_ident()
        assert (await database.read(where_it_ran(COUNTING.format(300))))[1] == threading.get_ident()


@pytest.mark.anyio
async def test_reads_that_are_given_up_take_no_more_threads_than_others(tmp_path: Path) -> None:
    ended, started = threading.Event(), []

    def work(connection: Connection) -> None:
        require_thread(connection)
        started.append(threading.get_ident())
        assert ended.wait(HANGS_S)

    with Database(migrated(f"sqlite:///{tmp_path / 'shanhai.sqlite'}")) as database:
        try:
            for _ in range(2 * MAX_LOCAL_THREADS):
                with pytest.raises(Unavailable):
                    await database.read(work, timeout_s=0.01)
            wait_until(lambda: len(started) == MAX_LOCAL_THREADS)
        finally:
            ended.set()
        assert await database.read(lambda connection: connection.execute(sa.select(1)).scalar_one(), HANGS_S) == 1
    assert len(started) == MAX_LOCAL_THREADS


@pytest.mark.anyio
async def test_no_look_falls_between_a_transaction_and_its_beginning_or_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at every instruction meets BEGIN and ROLLBACK too, as it does in a server sooner or later.

    There it once ended a ROLLBACK: the connection stayed in its transaction, and every read after that failed.
    """
    address = loaded(f"sqlite:///{tmp_path}/shanhai.sqlite")
    monkeypatch.setattr("app.db.engines.VM_STEPS", 1)
    monkeypatch.setattr("app.db.database.IN_PLACE_CALLS", 50)
    now = 0.0
    monkeypatch.setattr("app.db.engines.time", SimpleNamespace(monotonic=lambda: now))
    with Database(address) as database:
        for _ in range(3):
            counted, thread = await database.read(where_it_ran(COUNTING.format(1_000)))  # too long in place
            assert (counted, thread == threading.get_ident()) == (1_000, False)
            assert (await database.read(where_it_ran("SELECT 1"))) == (1, threading.get_ident())
            now += 3600  # longer than any read may take: the limits of those before have passed
        with database.transaction() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1


@pytest.mark.anyio
async def test_a_file_that_is_put_in_the_place_of_another_is_read_from_then_on(tmp_path: Path) -> None:
    path, other = tmp_path / "shanhai.sqlite", tmp_path / "other.sqlite"
    migrated(f"sqlite:///{path}")
    loaded(f"sqlite:///{other}")
    figures = where_it_ran("SELECT count(*) FROM figures")
    with Database(f"sqlite:///{path}") as database, database.transaction() as before:
        assert (await database.read(figures))[0] == 0
        other.replace(path)
        assert (await database.read(figures))[0] > 0
        assert before.exec_driver_sql("SELECT count(*) FROM figures").scalar_one() == 0  # a snapshot stays what it is


def deleted_files(folder: Path) -> list[str]:
    """What this process holds open of a folder, though it is deleted."""
    held = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # closed in between, as the listing's own
            held.append(str(descriptor.readlink()))
    return [each for each in held if each.startswith(str(folder)) and each.endswith(" (deleted)")]


@pytest.mark.anyio
async def test_a_file_that_was_replaced_is_closed_at_once(tmp_path: Path) -> None:
    """Its disk space is freed with the last reader, not with the next garbage collection."""
    path, other, third = (tmp_path / f"{name}.sqlite" for name in ("shanhai", "other", "third"))
    for each in (path, other, third):
        migrated(f"sqlite:///{each}")
    one = where_it_ran("SELECT 1")
    gc.disable()
    try:
        with Database(f"sqlite:///{path}") as database:
            await database.read(one)
            with database.transaction():
                other.replace(path)
                await database.read(one)
                assert deleted_files(tmp_path)  # it is being read
            assert deleted_files(tmp_path) == []
            third.replace(path)
            await database.read(one)
            assert deleted_files(tmp_path) == []
    finally:
        gc.enable()
