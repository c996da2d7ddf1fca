"""The database refuses to change records outside a load, and a migration that changes them rewrites their JSON."""

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.db import Database
from app.db.write_guard import REFUSAL, is_guarded, lifted_guard, refresh_records
from app.migrate import migrate, newest
from app.models import ENTITIES, Figure
from tests.conftest import BOTH, client_of, loaded, migrated
from tests.problems import problem

pytestmark = pytest.mark.databases(*BOTH)

FIGURES = Figure.table()
TEAMS = FIGURES.c.id == "youth-teams"
CHANGE = sa.update(FIGURES).where(TEAMS).values(value=81)


def guarded(address: str) -> bool:
    with Database(address) as database, database.transaction() as connection:
        return is_guarded(connection, ENTITIES)


MISSING = {
    "sqlite": ["DROP TRIGGER guard_figures_update"],
    "postgresql": ["DROP TRIGGER guard_figures ON figures", "ALTER TABLE figures DISABLE TRIGGER guard_figures"],
}


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("event", ["insert", "update", "delete"])
def test_a_change_outside_a_load_is_refused(address: str, entity: Any, event: str) -> None:
    table = entity.table()
    statement = {
        "insert": sa.insert(table).from_select(table.columns.keys(), sa.select(table)),
        "update": sa.update(table).values(name_en="Changed."),
        "delete": sa.delete(table),
    }[event]
    with Database(address, "load") as database, database.engine.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError, match=REFUSAL):
            connection.execute(statement)
        connection.rollback()


def test_a_load_keeps_the_guard_and_migrate_restores_it(fresh: str) -> None:
    migrated(fresh)
    assert guarded(fresh)
    loaded(fresh)
    assert guarded(fresh)
    with Database(fresh, "load") as database, client_of(fresh) as client:
        for statement in MISSING[database.engine.dialect.name]:
            with database.transaction() as connection:
                connection.exec_driver_sql(statement)
            assert "Run `shanhai migrate`" in problem(client.get("/readyz"), 503)["detail"]
            assert migrate(fresh) == (newest(), newest())
            assert guarded(fresh)
            assert client.get("/readyz").status_code == 200


def test_a_migration_of_data_rewrites_the_records_that_it_changes(fresh: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(fresh)
    records = sa.select(FIGURES.c.id, FIGURES.c.record)
    with Database(fresh) as database, database.transaction() as connection:
        before = {row.id: row.record for row in connection.execute(records)}

    def upgrade(connection: Connection, _: str | None) -> None:
        with lifted_guard(connection, ENTITIES):
            connection.execute(CHANGE)

    monkeypatch.setattr("app.migrate.newest", lambda: "9999")
    monkeypatch.setattr("app.migrate._upgrade", upgrade)
    migrate(fresh)
    assert guarded(fresh)
    with Database(fresh, "load") as database, database.transaction() as connection:
        after = {row.id: row.record for row in connection.execute(records)}
        assert not refresh_records(connection, ENTITIES)
    assert {record_id for record_id in before if after[record_id] != before[record_id]} == {"youth-teams"}
    changed = before["youth-teams"].replace('"value":80,', '"value":81,')
    assert after["youth-teams"] == changed.replace("80支球队", "81支球队").replace("80 teams", "81 teams")
    assert list(msgspec.json.decode(after["youth-teams"])) == list(Figure.columns())
    with client_of(fresh) as client:
        (figure,) = client.get("/v1/figures?value=81").json()["data"]
        assert (figure["id"], figure["value"]) == ("youth-teams", 81)
        problem(client.get("/v1/search?q=figures"), 503)  # until the next load writes the index again
