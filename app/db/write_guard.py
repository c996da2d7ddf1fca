"""Triggers that refuse writes to records outside a load: `record`, the JSON of a row, would become stale."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity

Entities = Sequence[type[Entity]]
REFUSAL = "Records are written by a load alone. Edit the seed and run shanhai load, or write a migration."
NOT_GUARDED = "The database does not guard its records against changes. Run `shanhai migrate`."
EVENTS = ("insert", "update", "delete")
ALLOW = "SELECT set_config('shanhai.writing', %s, true)"  # a setting of PostgreSQL, for this transaction
FUNCTION = f"""
CREATE OR REPLACE FUNCTION guard_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('shanhai.writing', true), '') <> 'on' THEN
        RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE tgenabled <> 'D' AND pg_table_is_visible(pg_class.oid)",
}


def allow_writes(connection: Connection) -> None:
    """Let this transaction write records on PostgreSQL. A load on SQLite writes a file that has no guard yet."""
    connection.exec_driver_sql(ALLOW, ("on",))


@contextmanager
def lifted_guard(connection: Connection, entities: Entities) -> Iterator[None]:
    """Let this transaction change records and tables, then guard every table that exists."""
    if connection.dialect.name == "postgresql":
        allow_writes(connection)
    else:
        for name in _statements(connection, entities):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    yield
    set_guard(connection, entities)


def set_guard(connection: Connection, entities: Entities) -> None:
    """Make the triggers that are missing, on every table that exists."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(FUNCTION)
        connection.exec_driver_sql(ALLOW, ("",))
    tables, present = sa.inspect(connection).get_table_names(), _triggers(connection)
    for name, (table, statement) in _statements(connection, entities).items():
        if table in tables and name not in present:
            connection.exec_driver_sql(statement)


def is_guarded(connection: Connection, entities: Entities) -> bool:
    """Whether every table has its triggers."""
    return _triggers(connection) >= _statements(connection, entities).keys()


def refresh_records(connection: Connection, entities: Entities) -> bool:
    """Rewrite each `record` that differs from its columns. Return whether a value changed.

    A model may have tables and columns for which a migration has yet to be generated; they are left out.
    """
    changed = False
    with lifted_guard(connection, entities):
        inspector = sa.inspect(connection)
        tables = {table: inspector.get_columns(table) for table in inspector.get_table_names()}
        for entity in (each for each in entities if each.collection.table in tables):
            table, existing = entity.table(), {column["name"] for column in tables[entity.collection.table]}
            columns, stale = [name for name in entity.columns() if name in existing], []
            rows = sa.select(table.c.record, *(table.c[name] for name in columns)).execution_options(yield_per=1000)
            for row in connection.execute(rows).mappings():
                old, new = msgspec.json.decode(row["record"]), {name: _json_value(row[name]) for name in columns}
                if new != old:
                    changed |= any(new[name] != old[name] for name in new.keys() & old.keys())
                    stale.append({"key": row["id"], "new": msgspec.json.encode(new).decode()})
            if stale:
                update = sa.update(table).where(table.c.id == sa.bindparam("key")).values(record=sa.bindparam("new"))
                connection.execute(update, stale)
    return changed


def _json_value(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _triggers(connection: Connection) -> set[str]:
    """Return the names of the triggers that are enabled."""
    return set(connection.exec_driver_sql(TRIGGERS[connection.dialect.name]).scalars())


def _statements(connection: Connection, entities: Entities) -> dict[str, tuple[str, str]]:
    """Return the table and the statement of each trigger by its name."""
    sqlite = connection.dialect.name == "sqlite"
    body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END" if sqlite else "EXECUTE FUNCTION guard_records()"
    statements = {}
    for table in (entity.collection.table for entity in entities):
        for event in EVENTS if sqlite else ("INSERT OR UPDATE OR DELETE OR TRUNCATE",):
            name = f"guard_{table}_{event}" if sqlite else f"guard_{table}"
            disabled = "" if sqlite else f"DROP TRIGGER IF EXISTS {name} ON {table};"
            statements[name] = table, f"{disabled} CREATE TRIGGER {name} BEFORE {event} ON {table} {body}"
    return statements
