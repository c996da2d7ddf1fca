"""The schema: brought up to date by migrations, and compared with what this code needs."""

import io
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from app.db import Database
from app.errors import Unavailable
from app.settings import ROOT


def migrate(address: str) -> tuple[str | None, str]:
    """Bring the database to the newest schema, in one transaction; return the revision before and after."""
    with Database(address, "migrate") as database, database.transaction() as connection:
        before = revision(connection)
        if before == newest():
            database.leave(connection)
            return before, before
        try:
            command.upgrade(_config(connection=connection), "head")
        except CommandError as fault:
            raise Unavailable(f"this code knows no way from the schema {before} to {newest()}", fault) from None
    return before, newest()


def require_newest(database: Database) -> None:
    """Raises Unavailable where the schema is not the one that this code needs."""
    with database.transaction() as connection:
        found = revision(connection)
    if found != newest():
        raise Unavailable(wrong_schema(found))


def wrong_schema(found: str | None) -> str:
    """What to say of a schema that is not the newest."""
    return f"the schema is at {found or 'nothing'}, this code needs {newest()}; run `shanhai migrate`"


def revision(connection: Connection) -> str | None:
    """The schema's revision, or None where there is none."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision that this code needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("the project has no migrations")
    return head


def _config(**attributes: Any) -> Config:
    # What Alembic would print goes to nobody: the caller tells people what matters.
    config = Config(str(ROOT / "alembic.ini"), stdout=io.StringIO())
    config.attributes.update(attributes)
    return config
