"""Migrations lead to the very schema that the models declare, on both databases."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from app.db import Database
from app.migrate import migrate, newest, revision
from app.models import Figure
from app.settings import ROOT
from tests.conftest import BOTH, NewDatabase, loaded


def described(address: str) -> dict[str, Any]:
    """Everything that a database tells of its schema, in a form that can be compared."""
    found: dict[str, Any] = {}
    with Database(address) as database, database.engine.connect() as connection:
        inspector = sa.inspect(connection)
        for table in sorted(set(inspector.get_table_names()) - {"alembic_version"}):
            found[table] = {
                "columns": {
                    column["name"]: {**column, "type": str(column["type"]), "collation": getattr(column["type"], "collation", 0)}
                    for column in inspector.get_columns(table)
                },
                "key": inspector.get_pk_constraint(table),
                "foreign": sorted(inspector.get_foreign_keys(table), key=lambda each: str(each["constrained_columns"])),
                "checks": sorted(inspector.get_check_constraints(table), key=lambda each: str(each["name"])),
                "unique": inspector.get_unique_constraints(table),
                "indexes": {
                    str(index["name"]): {**index, "dialect_options": {k: str(v) for k, v in index.get("dialect_options", {}).items()}}
                    for index in inspector.get_indexes(table)
                },
            }  # fmt: skip
    return found


@pytest.mark.parametrize("kind", BOTH)
def test_models_and_migrations_agree(new_database: NewDatabase, kind: str) -> None:
    migrated, declared = new_database(kind), new_database(kind)
    migrate(migrated)
    with Database(declared, "migrate") as database, database.transaction() as connection:
        SQLModel.metadata.create_all(connection)
    assert described(migrated) == described(declared)


def test_nothing_is_left_to_generate(fresh: str) -> None:
    migrate(fresh)
    with Database(fresh) as database, database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_migrating_twice_changes_nothing(fresh: str) -> None:
    assert migrate(fresh) == (None, newest())
    before = described(fresh)
    assert migrate(fresh) == (newest(), newest())
    assert described(fresh) == before


def test_the_way_back_leads_to_nothing(fresh: str) -> None:
    migrate(fresh)
    with Database(fresh, "migrate") as database, database.transaction() as connection:
        config = Config(str(ROOT / "alembic.ini"))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with Database(fresh, "migrate") as database, database.transaction() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
        assert revision(connection) is None


def test_a_failing_migration_leaves_the_schema_as_it_was(fresh: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power went out")

    with monkeypatch.context() as patched:
        patched.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
        with contextlib.suppress(RuntimeError):
            migrate(fresh)
    assert described(fresh) == {}
    migrate(fresh)
    assert "figures" in described(fresh)


def test_a_migration_can_rebuild_a_table_and_keep_its_rows(fresh: str) -> None:
    """As adding an entity does with `figures`, on SQLite by copying the whole table."""
    loaded(fresh)
    schema, statement = described(fresh), sa.select(Figure.table()).order_by(Figure.table().c.id)
    with Database(fresh, "migrate") as database, database.transaction() as connection:
        before = connection.execute(statement).all()
        checks = {each["name"]: each["sqltext"] for each in schema["figures"]["checks"]}
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("figures", recreate="always" if database.local else "auto") as batch:
            batch.drop_constraint("ck_figures_subject", type_="check")
            batch.create_check_constraint("ck_figures_subject", checks["ck_figures_subject"])
        assert connection.execute(statement).all() == before
    assert described(fresh) == schema


def test_migrations_name_no_type_of_the_application() -> None:
    for path in Path(ROOT / "alembic" / "versions").glob("*.py"):
        assert "app." not in path.read_text("utf-8")
