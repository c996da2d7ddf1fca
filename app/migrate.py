"""Migrate the schema, and compare it with the newest revision."""

import io
import re
from ast import literal_eval
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from app.amounts import in_words
from app.db import Database
from app.db.write_guard import is_guarded, lifted_guard, refresh_records, set_guard
from app.errors import Unavailable
from app.models import ENTITIES, Figure
from app.models.indicator import Indicator
from app.settings import ROOT

VERSIONS = ROOT / "alembic" / "versions"
IDENTIFIER = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*(.+)", re.MULTILINE)
CURRENT = sa.table("alembic_version", sa.column("version_num"))


def migrate(address: str) -> tuple[str | None, str]:
    """Upgrade the schema in one transaction, and return the revisions before and after.

    The write guard is lifted for migrations. Then figures get their values in words, and `record` is rewritten from
    columns that changed. A missing guard is set.
    """
    with Database(address, "migrate") as database, database.transaction() as connection:
        before = revision(connection)
        if before == newest() and is_guarded(connection, ENTITIES):
            database.rollback(connection)
        elif before == newest():
            set_guard(connection, ENTITIES)
        else:
            _upgrade(connection, before)
            _write_texts(connection)
            if refresh_records(connection, ENTITIES):
                # The search index and the release's hash describe other values: the next load writes them again.
                connection.execute(sa.update(sa.table("releases", sa.column("indexed_by"))).values(indexed_by=None))
    return before, newest()


def _upgrade(connection: Connection, before: str | None) -> None:
    # Alembic is slow to import and would stay in a server's memory: it is imported only to migrate.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    # The command reports the revisions itself, so Alembic's output is dropped.
    config = Config(str(ROOT / "alembic.ini"), stdout=io.StringIO())
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        detail = f"No migration leads from the schema {before} to {newest()}. Use the version that wrote the database."
        raise Unavailable(detail, error) from None


def _write_texts(connection: Connection) -> None:
    """Write the values of figures in words as a load would: no migration can, its SQL knows no plural."""
    figures, indicators = Figure.table(), Indicator.table()
    names = ["id", "value", "lower", "upper", "comparator", "unit", "per", "change", "text_zh", "text_en"]
    rows = sa.select(
        *(figures.c[name] for name in names), *(indicators.c[name] for name in Indicator.noun_columns)
    ).join_from(figures, indicators, indicators.c.id == figures.c.indicator_id)
    stale = []
    for row in map(dict, connection.execute(rows).mappings()):
        texts = in_words(row, Indicator.noun(row))
        if any(row[name] != text for name, text in texts.items()):
            stale.append({"key": row["id"], "zh": texts["text_zh"], "en": texts["text_en"]})
    if stale:
        update = sa.update(figures).where(figures.c.id == sa.bindparam("key"))
        with lifted_guard(connection, ENTITIES):
            connection.execute(update.values(text_zh=sa.bindparam("zh"), text_en=sa.bindparam("en")), stale)


def require_newest(database: Database) -> None:
    """Raise Unavailable unless the schema is at the newest revision."""
    with database.transaction() as connection:
        current = revision(connection)
    if current != newest():
        raise Unavailable(wrong_schema(current))


def readable_revision(connection: Connection) -> str:
    """Return the schema's revision. Raises Unavailable unless this version can read it.

    A newer version may have migrated it. If it has only added to it, servers of this version go on until they are
    replaced.
    """
    current, head = revision(connection), newest()
    if current is None or (current != head and current in _parents(VERSIONS)):
        raise Unavailable(wrong_schema(current))
    if current != head and (missing := _missing_column(connection)):
        detail = f"The schema is at {current}, which this version does not know, and has no {missing}."
        raise Unavailable(f"{detail} Use the version that migrated it.")
    return current


def _missing_column(connection: Connection) -> str | None:
    """Return a column that this version reads and the schema lacks."""
    inspector = sa.inspect(connection)
    for table in SQLModel.metadata.sorted_tables:
        has = {each["name"] for each in inspector.get_columns(table.name)} if inspector.has_table(table.name) else set()
        for column in table.columns:
            if column.name not in has:
                return str(column)
    return None


def wrong_schema(current: str | None) -> str:
    """Return the detail of an error about an old or unknown schema."""
    known = current is None or current in _parents(VERSIONS)
    action = "Run `shanhai migrate`" if known else "Use the version that migrated it"
    return f"The schema is at {current or 'nothing'}, this version needs {newest()}. {action}."


def revision(connection: Connection) -> str | None:
    """Return the schema's revision, None for an empty database."""
    if not sa.inspect(connection).has_table(CURRENT.name):
        return None
    current: str | None = connection.execute(sa.select(CURRENT.c.version_num)).scalar_one_or_none()
    return current


def newest(versions: Path = VERSIONS) -> str:
    """Return the head of the migrations. Raises RuntimeError unless there is exactly one."""
    parents = _parents(versions)
    heads = parents.keys() - {each for those in parents.values() for each in those}
    if len(heads) != 1:
        raise RuntimeError(f"The migrations have the heads {sorted(heads) or 'nothing'}. They must have one.")
    return heads.pop()


@cache  # parsing the files takes 15 ms
def _parents(versions: Path) -> dict[str, tuple[str, ...]]:
    """Return the parents of each migration. Raises RuntimeError."""
    return dict(_identifiers(file) for file in versions.glob("*.py"))


def _identifiers(file: Path) -> tuple[str, tuple[str, ...]]:
    """Return a migration's revision and its parents. Raises RuntimeError.

    Both are literals on one line. Every start reads them: importing Alembic takes a second, parsing the files 15 ms.
    """
    try:
        literals = {name: literal_eval(value) for name, value in IDENTIFIER.findall(file.read_text("utf-8"))}
        revision, parents = literals["revision"], literals["down_revision"]
    except (KeyError, ValueError, SyntaxError):
        detail = "must assign revision and down_revision, each a literal on one line"
        raise RuntimeError(f"The migration {file.name} {detail}.") from None
    return revision, parents if isinstance(parents, tuple) else (parents,) if parents else ()
