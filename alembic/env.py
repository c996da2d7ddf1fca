"""Run migrations in the transaction of `app.migrate`, or in one opened here for the `alembic` command."""

from alembic import context
from alembic.autogenerate import comparators
from alembic.operations.ops import CreateCheckConstraintOp, DropConstraintOp
from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from app.db import Database
from app.db.write_guard import lifted_guard
from app.entity import JSON, TEXT
from app.models import ENTITIES
from app.models.search_index import TERMS
from app.settings import Settings


def render_item(kind, item, _autogenerate):
    """Render the two types that differ by database under the names that migrations give them."""
    if kind == "type":
        return "TEXT" if item is TEXT else "JSON" if isinstance(item, type(JSON)) else False
    return False


def include_name(name, kind, _parents) -> bool:
    """Leave out the index of search terms, which no model declares: each database has its own form."""
    return kind != "table" or not name.startswith(TERMS)


@comparators.dispatch_for("table")
def replace_checks(autogenerate, table_operations, _schema, _name, existing, declared) -> None:
    """Replace the checks whose text has changed, which Alembic does not compare, such as those of subjects.

    SQLite alone returns a check's text as it was written.
    """
    if existing is None or declared is None or autogenerate.dialect.name != "sqlite":
        return
    checks = {each.name: each for each in existing.constraints if isinstance(each, CheckConstraint)}
    for new in (each for each in declared.constraints if isinstance(each, CheckConstraint)):
        old = checks.get(new.name)
        if old is not None and str(old.sqltext) != str(new.sqltext):
            table_operations.ops += [
                DropConstraintOp.from_constraint(old),
                CreateCheckConstraintOp.from_constraint(new),
            ]


def run(connection) -> None:
    context.configure(
        connection,
        target_metadata=SQLModel.metadata,
        render_item=render_item,
        include_name=include_name,
        render_as_batch=True,  # SQLite alters a table by rebuilding it
    )
    with lifted_guard(connection, ENTITIES):
        context.run_migrations()


if (connection := context.config.attributes.get("connection")) is not None:
    run(connection)
else:
    with Database(Settings().database, "migrate") as database, database.transaction() as opened:
        run(opened)
