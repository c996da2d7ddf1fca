"""The schema: brought up to date by migrations, and compared with what this code needs."""

import io
import re
from ast import literal_eval
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.db import Database
from app.db.write_guard import is_guarded, refresh_records, set_guard
from app.errors import Unavailable
from app.models import ENTITIES
from app.settings import ROOT

VERSIONS = ROOT / "alembic" / "versions"
IDENTIFIER = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*(.+)", re.MULTILINE)
CURRENT = sa.table("alembic_version", sa.column("version_num"))


def migrate(address: str) -> tuple[str | None, str]:
    """Upgrade the schema in one transaction, and return the revisions before and after.

    A migration may change rows: `record` follows their columns, and the write guard is lifted meanwhile. A missing
    guard is set.
    """
    with Database(address, "migrate") as database, database.transaction() as connection:
        before = revision(connection)
        if before == newest() and is_guarded(connection, ENTITIES):
            database.leave(connection)
        elif before == newest():
            set_guard(connection, ENTITIES)
        else:
            _upgrade(connection, before)
            if refresh_records(connection, ENTITIES):
                # The search index and the release's hash describe other values: the next load writes them again.
                connection.execute(sa.update(sa.table("releases", sa.column("indexed_by"))).values(indexed_by=None))
    return before, newest()


def _upgrade(connection: Connection, before: str | None) -> None:
    # Alembic takes as long to import as a page takes to answer a hundred times, and memory that a server keeps: it is
    # asked only where there is something to migrate.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    # What Alembic would print goes to nobody: the caller tells people what matters.
    config = Config(str(ROOT / "alembic.ini"), stdout=io.StringIO())
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as fault:
        raise Unavailable(f"this code knows no way from the schema {before} to {newest()}", fault) from None


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
    if not sa.inspect(connection).has_table(CURRENT.name):
        return None
    found: str | None = connection.execute(sa.select(CURRENT.c.version_num)).scalar_one_or_none()
    return found


def newest(versions: Path = VERSIONS) -> str:
    """The revision that this code needs: the migration that no other one follows. Raises RuntimeError."""
    made: set[str] = set()
    followed: set[str] = set()
    for file in versions.glob("*.py"):
        revision, follows = _identifiers(file)
        made.add(revision)
        followed.update(follows)
    heads = made - followed
    if len(heads) != 1:
        raise RuntimeError(f"the migrations end in {sorted(heads) or 'nothing'}; they must end in one")
    return heads.pop()


def _identifiers(file: Path) -> tuple[str, tuple[str, ...]]:
    """A migration's revision, and those that it follows. Raises RuntimeError.

    Both are literals on a line of their own, in whatever quotes. Alembic, which runs the files, takes a second to
    import, and Python's parser 15 ms for all of them; every start would wait for it.
    """
    try:
        found = {name: literal_eval(value) for name, value in IDENTIFIER.findall(file.read_text("utf-8"))}
        revision, follows = found["revision"], found["down_revision"]
    except (KeyError, ValueError, SyntaxError):
        told = "must assign revision and down_revision, each a literal on one line"
        raise RuntimeError(f"the migration {file.name} {told}") from None
    return revision, follows if isinstance(follows, tuple) else (follows,) if follows else ()
