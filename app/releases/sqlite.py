"""SQLite: all collections in one file, byte for byte the same whenever, wherever and by whichever version written."""

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, get_type_hints

from app.entity import Column, Table
from app.entity.dictionary import ENTRIES, dictionary
from app.formats.cells import converter
from app.releases.sqlite_pages import PAGE, normalise

TYPES: dict[type, str] = {str: "TEXT", int: "INTEGER", float: "REAL", dt.date: "TEXT", list: "TEXT"}

# Some versions keep a whole number in a REAL column as an integer and some do not, so these columns are filled under
# a type that leaves every value as it is; they get their own name at the end.
AS_IT_IS = "BLOB"

# What builds of SQLite have different defaults for, and what makes it fast where nobody else looks at the file yet.
SETTINGS = (
    f"page_size = {PAGE}",
    "encoding = 'UTF-8'",
    "auto_vacuum = NONE",
    "secure_delete = ON",  # what a page does not use is zeros, not what memory held
    "foreign_keys = OFF",  # a table may refer to a later one, a record to a later one of its own table
    "journal_mode = OFF",
    "synchronous = OFF",
)


def write_sqlite(path: Path, tables: Sequence[Table]) -> None:
    """Write a new file with a table for each of `tables`, a `dictionary` of their columns, and their `release`.

    Rows are read once, batch by batch, and stand in the order in which they come; a list becomes JSON text.
    Raises FileExistsError. Where anything else goes wrong, what was written so far is no database.
    """
    path.touch(exist_ok=False)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        # No VACUUM follows: what it leaves in its pages depends on the build, and nothing was deleted.
        names = {_name_of(table) for table in tables}
        for table in tables:
            _write_collection(connection, table, names)
        _write_dictionary(connection, tables)
        _write_release(connection, tables)
        _name_types(connection)
        connection.execute("COMMIT")
    normalise(path)


def _write_collection(connection: sqlite3.Connection, table: Table, names: set[str]) -> None:
    name = _name_of(table)
    _create(connection, name, (_definition(column, names) for column in table.columns))
    convert = converter(table.columns, _writer)
    for batch in table.rows:
        _insert(connection, name, len(table.columns), convert(batch))
    for column in table.columns:
        if column.declared.reference:
            connection.execute(f'CREATE INDEX "ix_{name}_{column.name}" ON "{name}" ("{column.name}")')


def _name_of(table: Table) -> str:
    """What the table is called in databases, where a slug's hyphens may not stand."""
    return str(table.columns[0].sql.table.name)


def _definition(column: Column, names: set[str]) -> str:
    reference = column.declared.reference
    parts = [f'"{column.name}" {AS_IT_IS if column.scalar is float else TYPES[column.scalar]}']
    if not column.nullable:
        parts.append("NOT NULL")
    if column.sql.primary_key:
        parts.append("PRIMARY KEY")
    if reference and reference.table in names:
        parts.append(f'REFERENCES "{reference.table}" ("id")')
    return " ".join(parts)


def _write_dictionary(connection: sqlite3.Connection, tables: Sequence[Table]) -> None:
    texts = (f'"{name}" TEXT NOT NULL' for name in ENTRIES)
    _create(connection, "dictionary", (*texts, 'PRIMARY KEY ("collection", "field")'))
    _insert(connection, "dictionary", len(ENTRIES), dictionary(tables))


def _write_release(connection: sqlite3.Connection, tables: Sequence[Table]) -> None:
    _create(connection, "release", ('"key" TEXT NOT NULL PRIMARY KEY', '"value" TEXT NOT NULL'))
    told = {key: value for table in tables for key, value in table.provenance.items()}
    _insert(connection, "release", 2, told.items())


def _name_types(connection: sqlite3.Connection) -> None:
    """Call the columns that were filled as they are by their type, as SQLite's manual does it: no row is touched."""
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?)", (f'" {AS_IT_IS}', f'" {TYPES[float]}')
    )  # what stands behind a quoted name is its type


def _create(connection: sqlite3.Connection, name: str, definitions: Iterable[str]) -> None:
    inside = ",\n  ".join(definitions)
    connection.execute(f'CREATE TABLE "{name}" (\n  {inside}\n)')


def _insert(connection: sqlite3.Connection, name: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
    places = ", ".join("?" * width)
    connection.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)  # noqa: S608 - the names are declared ones


def _writer(column: Column) -> Callable[[Any], Any] | None:
    if column.scalar is float:
        return float  # a column that leaves values as they are would keep an integer too
    if column.scalar is dt.date:
        return dt.date.isoformat
    if not column.is_list:
        return None
    if column.items is str:
        return _json
    keys = tuple(get_type_hints(column.items))  # their declared order, which not every database keeps
    return lambda items: _json([{key: item[key] for key in keys} for item in items])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
