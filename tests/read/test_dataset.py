"""The served release: refreshed by one request for all, and never replaced by an older one."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy.engine import Connection

from app.errors import Unavailable
from app.read.dataset import DatasetReader, LoadedRelease
from tests.conftest import SEED, loaded
from tests.load.editing import cell


def test_a_silent_database_keeps_all_waiting_no_longer_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.read.dataset.RELEASE_TTL_S", 0.1)
    reader, calls = DatasetReader("sqlite:////nonexistent/shanhai.sqlite", "0"), []

    async def time_out(_work: object, timeout_s: float) -> None:
        calls.append(timeout_s)
        await anyio.sleep(0.3)
        raise Unavailable("the database keeps silent")

    monkeypatch.setattr(reader.database, "read_primary", time_out)

    async def ten_requests() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(reader.release)

    anyio.run(ten_requests)
    assert len(calls) == 1


@pytest.mark.databases("sqlite", "postgresql")
def test_a_read_that_began_before_a_load_does_not_bring_the_old_release_back(fresh: str, seed: Path) -> None:
    loaded(fresh, SEED)
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    reader = DatasetReader(fresh, "0")

    def load_meanwhile(_connection: Connection) -> str:
        loaded(fresh, seed)
        with reader.snapshot() as (state, _):
            return state.release

    old, new = anyio.run(reader.read, load_meanwhile)
    assert old.release != new
    known = reader.cached_release()
    assert known is not None
    assert known.release == new
    reader.close()


@pytest.mark.databases("sqlite")
def test_of_two_snapshots_that_look_at_once_the_newer_one_counts(
    fresh: str, seed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(fresh, SEED)
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    reader, states = DatasetReader(fresh, "0"), []
    read_release = reader._read_release

    def load_meanwhile(connection: Connection, load: Sequence[Any]) -> LoadedRelease:
        monkeypatch.undo()
        loaded(fresh, seed)
        with reader.snapshot() as (state, _):
            states.append(state)
        return read_release(connection, load)

    monkeypatch.setattr(reader, "_read_release", load_meanwhile)
    with reader.snapshot() as (old, _):
        assert old.release != states[0].release
    assert reader.cached_release() == states[0]
    reader.close()


@pytest.mark.databases("sqlite")
def test_a_database_restored_from_a_backup_is_served(fresh: str, seed: Path) -> None:
    loaded(fresh, SEED)
    file = Path(fresh.removeprefix("sqlite:///"))
    backup = Path(shutil.copy(file, file.with_name("backup.sqlite")))
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    loaded(fresh, seed)
    reader = DatasetReader(fresh, "0")
    new = anyio.run(reader.current)
    backup.replace(file)
    old = anyio.run(reader.current)
    assert old.release != new.release
    assert reader.cached_release() == old
    reader.close()
