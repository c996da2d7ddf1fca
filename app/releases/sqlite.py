"""`dataset.sqlite`: all collections in one SQLite database, with a dictionary of their columns.

Its rows are the same wherever it is written; its bytes, and so its hash, depend on the version of SQLite.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, get_type_hints

from app.db.errors import CANNOT_WRITE
from app.entity import Column, Table
from app.entity.dictionary import ENTRIES, dictionary
from app.formats.cells import converter

TYPES: dict[type, str] = {str: "TEXT", int: "INTEGER", float: "REAL", dt.date: "TEXT", list: "TEXT"}

SETTINGS = (
    "secure_delete = ON",  # unused parts of a page are zeros, not rests of memory
    "foreign_keys = OFF",  # a row may refer to a later one
    "journal_mode = OFF",  # until COMMIT nobody else reads the file
    "synchronous = OFF",
)


def write_sqlite(path: Path, tables: Sequence[Table]) -> None:
    """Write a new database with each of `tables`, a `dictionary` of their columns, and their `release`.

    Tables are read once, in batches; lists become JSON text. Raises FileExistsError. After any other error the file
    is incomplete; a full disk raises OSError.
    """
    path.touch(exist_ok=False)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for setting in SETTINGS:
                connection.execute(f"PRAGMA {setting}")
            connection.execute("BEGIN")
            names = {_table_name(table) for table in tables}
            for table in tables:
                _write_collection(connection, table, names)
            _write_dictionary(connection, tables)
            _write_release(connection, tables)
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode not in CANNOT_WRITE:
            raise
        raise OSError(f"{path.name}: {error}") from None  # as for every other file, whichever database is read


def _write_collection(connection: sqlite3.Connection, table: Table, names: set[str]) -> None:
    name = _table_name(table)
    _create(connection, name, (_definition(column, names) for column in table.columns))
    convert = converter(table.columns, _serializer)
    for batch in table.rows:
        _insert(connection, name, len(table.columns), convert(batch))
    for column in table.columns:
        if column.declared.reference:
            connection.execute(f'CREATE INDEX "ix_{name}_{column.name}" ON "{name}" ("{column.name}")')


def _table_name(table: Table) -> str:
    return str(table.columns[0].sql.table.name)


def _definition(column: Column, names: set[str]) -> str:
    reference = column.declared.reference
    parts = [f'"{column.name}" {TYPES[column.scalar]}']
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
    provenance = {key: value for table in tables for key, value in table.provenance.items()}
    _insert(connection, "release", 2, provenance.items())


def _create(connection: sqlite3.Connection, name: str, definitions: Iterable[str]) -> None:
    inside = ",\n  ".join(definitions)
    connection.execute(f'CREATE TABLE "{name}" (\n  {inside}\n)')


def _insert(connection: sqlite3.Connection, name: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
    values = ", ".join("?" * width)
    connection.executemany(f'INSERT INTO "{name}" VALUES ({values})', rows)  # noqa: S608 - declared names only


def _serializer(column: Column) -> Callable[[Any], Any] | None:
    if column.scalar is dt.date:
        return dt.date.isoformat
    if not column.is_list:
        return None
    if column.items is str:
        return _json
    keys = tuple(get_type_hints(column.items))  # in declared order: PostgreSQL's JSONB has an order of its own
    return lambda items: _json([{key: item[key] for key in keys if key in item} for item in items])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
