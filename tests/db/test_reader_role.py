"""A role that `shanhai migrate --reader` makes can read all, and write nothing."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.conftest import loaded, migrated
from tests.databases import Postgres
from tests.load.editing import cell
from tests.running import shanhai

pytestmark = pytest.mark.databases("postgresql")

ODD = "a\"b';DROP/**/TABLE/**/releases;--100%s"


@pytest.fixture
def role(fresh: str, postgres: Postgres) -> Iterator[str]:
    """The name of a role that belongs to one test."""
    name = f"{ODD}{uuid.uuid4().hex[:8]}"
    yield name
    with psycopg.connect(fresh, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
            connection.execute(psycopg.sql.SQL("DROP OWNED BY {}").format(psycopg.sql.Identifier(name)))
            postgres.execute("DROP ROLE {}", name)


def as_role(address: str, role: str) -> str:
    return make_url(address).set(username=role).render_as_string()


@pytest.mark.slow
def test_the_role_reads_all_and_writes_nothing(fresh: str, role: str, seed: Path) -> None:
    loaded(fresh)
    first = shanhai("migrate", "--reader", role, DATABASE_URL=fresh)
    assert (first.returncode, "Set its password" in first.stderr) == (0, True), first.stderr
    with Database(fresh, "migrate") as database, database.transaction() as connection:
        connection.exec_driver_sql("CREATE TABLE later (a int)")
    again = shanhai("migrate", "--reader", role, DATABASE_URL=fresh)
    assert (again.returncode, "Set its password" in again.stderr) == (0, False), again.stderr
    address = as_role(fresh, role)
    settings = Settings(database_url=address, data_dir=Path("/nonexistent"))
    with TestClient(create_app(settings)) as client:
        for path in ("/readyz/deep", "/v1/figures.csv", "/v1/search?q=%E7%AF%AE%E7%90%83", "/v1/figures?facet=unit"):
            assert client.get(path).status_code == 200, path
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM later").fetchone() == (0,)
        connection.rollback()
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("DELETE FROM later")
        connection.rollback()
        connection.execute("SET TRANSACTION READ WRITE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM releases")
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    load = shanhai("load", seed, DATABASE_URL=address)
    assert (load.returncode, "its role lacks a privilege" in load.stderr) == (3, True), load.stderr


def test_a_role_that_can_write_is_refused(fresh: str, role: str, postgres: Postgres) -> None:
    migrated(fresh)
    postgres.execute("CREATE ROLE {}", role)
    with Database(fresh, "migrate") as database, database.transaction() as connection:
        quoted = connection.dialect.identifier_preparer.quote_identifier(role)
        connection.exec_driver_sql(f"GRANT UPDATE ON places TO {quoted}")
    done = shanhai("migrate", "--reader", role, DATABASE_URL=fresh)
    assert (done.returncode, "can write to places" in " ".join(done.stderr.split())) == (2, True), done.stderr
    with Database(fresh, "export") as database, database.transaction() as connection:
        assert not connection.execute(
            sa.text("SELECT has_table_privilege(:role, 'releases', 'SELECT')"), {"role": role}
        ).scalar()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["", "a" * 64, "二" * 22, "a\nb", "postgres", "pg_reader", "public"])
def test_other_names_are_refused(fresh: str, name: str) -> None:
    migrated(fresh)
    done = shanhai("migrate", "--reader", name, DATABASE_URL=fresh)
    assert (done.returncode, "--reader" in done.stderr) == (2, True), done.stderr


@pytest.mark.slow
def test_only_who_may_makes_a_role(fresh: str, role: str, postgres: Postgres) -> None:
    migrated(fresh)
    postgres.execute("CREATE ROLE {} LOGIN", role)
    with Database(fresh, "migrate") as database, database.transaction() as connection:
        quoted = connection.dialect.identifier_preparer.quote_identifier(role)
        connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {quoted}")
    done = shanhai("migrate", "--reader", "another", DATABASE_URL=as_role(fresh, role))
    assert (done.returncode, "as an administrator of the database" in done.stderr) == (3, True), done.stderr


@pytest.mark.databases("sqlite")
def test_sqlite_has_no_roles(fresh: str) -> None:
    done = shanhai("migrate", "--reader", "reader", DATABASE_URL=migrated(fresh))
    assert (done.returncode, "SQLite has no roles" in done.stderr) == (2, True), done.stderr
