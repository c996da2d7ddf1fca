"""The constraints of the database, for any writer."""

import datetime as dt
import json
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.db import Database
from app.db.write_guard import lifted_guard
from app.models import COLLECTIONS, ENTITIES, Figure
from tests.conftest import loaded


@pytest.fixture
def database(fresh: str) -> Any:
    with Database(loaded(fresh), "load") as opened:
        yield opened


def change(database: Database, statement: sa.Executable) -> None:
    with database.engine.begin() as connection, lifted_guard(connection, ENTITIES):
        connection.execute(statement)


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_reference_can_dangle(database: Database, entity: Any) -> None:
    references = [column.sql for column in entity.columns().values() if column.declared.reference]
    for column in references:
        with pytest.raises(IntegrityError):
            change(database, sa.update(entity.table()).values({column.name: "nothing-of-this-id"}))


@pytest.mark.parametrize(
    "values",
    [
        {"subject_id": "nothing-of-this-id"},
        {"subject_id": "nothing-of-this-id", "subject_program_id": "nothing-of-this-id"},
        {"subject_program_id": None},
        {"subject_id": "huaqin", "subject_program_id": None, "subject_enterprise_id": "huaqin"},
        {"subject_enterprise_id": "huaqin"},
        {"subject_kind": "galaxy", "subject_program_id": None},
        {"subject_kind": "enterprise"},  # the id is one of a program
        {"subject_kind": "galaxy"},
        {"status": "imagined"},
        {"paragraph": 0},
        {"indicator_id": None},
    ],
)
def test_a_figure_cannot_be_bent(database: Database, values: dict[str, Any]) -> None:
    figures = Figure.table()
    with pytest.raises(IntegrityError):
        change(database, sa.update(figures).where(figures.c.id == "stable-employment").values(values))


def test_a_subject_cannot_be_taken_away_from_its_figures(database: Database) -> None:
    programs = COLLECTIONS["programs"].table()
    with pytest.raises(IntegrityError):
        change(database, sa.delete(programs).where(programs.c.id == "labour-cooperation"))


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_written_json_is_the_row(address: str, entity: Any) -> None:
    columns = entity.columns()
    with Database(address) as database, database.engine.connect() as connection:
        rows = connection.execute(sa.select(entity.table())).mappings().all()
    assert rows
    for row in rows:
        record = json.loads(row["record"])
        assert list(record) == list(columns)
        for name, value in record.items():
            stored = row[name]
            assert value == (stored.isoformat() if isinstance(stored, dt.date) else stored)
        assert entity.model_validate({name: row[name] for name in columns})


@pytest.mark.parametrize("aggregate", ["count(*)", "sum(value)", "max(upper)"])
def test_counting_and_adding_up_look_at_an_index_alone(database: Database, aggregate: str) -> None:
    statement = f"SELECT period, {aggregate} FROM figures WHERE indicator_id = 'x' AND value >= 1 GROUP BY period"
    with database.engine.connect() as connection:
        if database.local:
            plan = connection.execute(sa.text(f"EXPLAIN QUERY PLAN {statement}")).all()
            assert "COVERING INDEX ix_figures_indicator_id_subject_id" in plan[0].detail
        else:  # a small table is read as a whole, unless it is forbidden
            for way in ("seqscan", "bitmapscan"):
                connection.execute(sa.text(f"SET LOCAL enable_{way} = off"))
            plan = connection.execute(sa.text(f"EXPLAIN {statement}")).all()
            assert any("Index Only Scan using ix_figures_indicator_id_subject_id" in row[0] for row in plan)
