"""`/readyz/deep` finds damage that no page shows, and costs one read of the database in five minutes."""

import shutil
from pathlib import Path
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.errors import Unavailable
from app.models import Figure
from app.read import integrity
from tests.conftest import NewDatabase, client_of, loaded
from tests.problems import problem


def test_the_loaded_database_is_undamaged_and_read_once(client: TestClient) -> None:
    with patch.object(integrity, "require_undamaged", wraps=integrity.require_undamaged) as check:
        reports = [client.get("/readyz/deep") for _ in range(5)]
    assert {each.status_code for each in reports} == {200}
    assert check.call_count <= 1  # none if another test has asked before
    assert reports[0].json() == {**client.get("/readyz").json(), "checked_at": reports[-1].json()["checked_at"]}
    assert reports[0].headers["cache-control"] == "no-store"


def test_a_collection_without_records_leaves_the_hash_of_an_older_release() -> None:
    older = [("figures", [b"1", b"2"]), ("places", [b"3"])]
    hashed = integrity.hash_records(older)
    assert integrity.hash_records([older[0], ("mentions", []), older[1]]) == hashed
    assert integrity.hash_records([older[0], ("mentions", [b"3"])]) != hashed


def test_a_changed_record_is_found(fresh: str) -> None:
    loaded(fresh)
    table = Figure.table().name
    with Database(fresh, "migrate") as database, database.transaction() as connection:
        if database.local:
            for name in (
                connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            ):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.exec_driver_sql(f"UPDATE {table} SET record = replace(record, '8740', '8741')")
    with client_of(fresh) as client, patch("app.api.health.is_guarded", return_value=True):
        assert client.get("/readyz").status_code == 200
        assert "not those that were loaded" in problem(client.get("/readyz/deep"), 503)["detail"]


def test_a_quick_check_counts_the_records(fresh: str) -> None:
    with Database(loaded(fresh), "migrate") as database, database.transaction() as connection:
        integrity.require_undamaged(connection, quick=True)
        connection.exec_driver_sql("UPDATE releases SET counts = '{}'")
        with pytest.raises(Unavailable, match="not those that were loaded"):
            integrity.require_undamaged(connection, quick=True)
        integrity.require_undamaged(connection)


@pytest.mark.databases("sqlite")
def test_each_damaged_page_is_found_and_a_good_file_is_ready_at_once(new_database: NewDatabase, tmp_path: Path) -> None:
    """A page is zeroed that only one collection or index needs: /readyz does not read it."""
    address = loaded(new_database("sqlite"))
    path, good = Path(address.removeprefix("sqlite:///")), tmp_path / "good.sqlite"
    shutil.copyfile(path, good)
    with Database(address) as database, database.transaction() as connection:
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        roots = "SELECT rootpage FROM sqlite_master WHERE name IN ('products', 'figures', 'search_entries')"
        pages = [page for page in connection.exec_driver_sql(roots).scalars() if page]
    assert pages
    with client_of(address) as client:
        for page in pages:
            with path.open("r+b") as file:
                file.seek((page - 1) * size)
                file.write(bytes(size))
            assert client.get("/readyz").status_code == 200
            assert "Put a good copy in its place." in problem(client.get("/readyz/deep"), 503)["detail"]
            shutil.copyfile(good, path)
            assert client.get("/readyz/deep").status_code == 200
