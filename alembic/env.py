"""Run migrations inside the one transaction that `app.migrate` opened, or in one opened here for `alembic` itself."""

from alembic import context
from sqlmodel import SQLModel

from app.db import Database
from app.db.write_guard import lifted_guard
from app.entity import JSON, TEXT
from app.models import ENTITIES
from app.models.search_index import TERMS
from app.settings import Settings


def render_item(kind, item, _autogenerate):
    """Call the two types that differ by database by the names that every migration gives them."""
    if kind == "type":
        return "TEXT" if item is TEXT else "JSON" if isinstance(item, type(JSON)) else False
    return False


def include_name(name, kind, _parents) -> bool:
    """Leave out the index of search terms, which each database has in a form of its own: it is no model's table."""
    return kind != "table" or not name.startswith(TERMS)


def run(connection) -> None:
    context.configure(
        connection,
        target_metadata=SQLModel.metadata,
        render_item=render_item,
        include_name=include_name,
        render_as_batch=True,  # SQLite changes a table by making it anew, which Alembic calls a batch
    )
    with lifted_guard(connection, ENTITIES):
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    with Database(Settings().database, "migrate") as database, database.transaction() as opened:
        run(opened)
