"""The figures as peers get them: the columns that a client sees, and the same indexes, in files of their own."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from pyarrow import parquet as pq
from sqlalchemy.dialects import sqlite

from app.models import Figure
from bench.console import progress

COLUMNS = list(Figure.columns())
LISTED = ", ".join(f'"{name}"' for name in COLUMNS)
SCHEMA = "peers"  # of the copy in PostgreSQL
BATCH = 65_536
SELECT = f"SELECT {LISTED} FROM figures"  # noqa: S608 # names of ours


def sqlite_copy(database: Path) -> Path:
    """Write a copy of the figures to a SQLite file next to the database."""
    path = database.with_name("figures.sqlite")
    if not path.exists():
        progress("copying the figures for the peers, SQLite")
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as copy:
            copy.execute("ATTACH ? AS ours", (str(database),))
            copy.execute(_table())
            copy.execute(f"INSERT INTO figures SELECT {LISTED} FROM ours.figures ORDER BY id")  # noqa: S608
            indexes = copy.execute(
                "SELECT sql FROM ours.sqlite_master WHERE tbl_name = 'figures' AND sql LIKE '%INDEX%'"
            )
            for (statement,) in indexes.fetchall():
                if _fits(statement):
                    copy.execute(statement)
            copy.execute("ANALYZE main")
            copy.commit()
        unfinished.rename(path)
    return path


def parquet_copy(copy: Path) -> Path:
    """A Parquet file with the rows of the SQLite copy."""
    path = copy.with_suffix(".parquet")
    if not path.exists():
        progress("copying the figures for the peers, Parquet")
        unfinished = path.with_suffix(".unfinished")
        write_parquet(copy, unfinished)
        unfinished.rename(path)
    return path


def write_parquet(copy: Path, target: Path) -> None:
    """Write it with pyarrow and nothing else: this is also the limit that our own Parquet is held against."""
    schema = pa.schema([_field(name) for name in COLUMNS])
    with closing(sqlite3.connect(copy)) as connection, pq.ParquetWriter(target, schema, compression="zstd") as writer:
        rows = connection.execute(SELECT)
        while batch := rows.fetchmany(BATCH):
            columns = zip(*batch, strict=True)
            arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _field(name: str) -> Any:
    # A date stays the text that it is in SQLite and in JSON.
    scalars = {int: pa.int64(), float: pa.float64()}
    return pa.field(name, scalars.get(Figure.columns()[name].scalar, pa.string()))


def postgresql_copy(address: str) -> str:
    """A schema of its own in the PostgreSQL database; its name. Ours and theirs are vacuumed alike."""
    url = sa.engine.make_url(address).set(drivername="postgresql+psycopg")
    with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        if not connection.scalar(sa.text("SELECT to_regclass(:name)"), {"name": f"{SCHEMA}.figures"}):
            progress("copying the figures for the peers, PostgreSQL")
            indexes = connection.execute(sa.text("SELECT indexdef FROM pg_indexes WHERE tablename = 'figures'"))
            statements = [
                f"CREATE TABLE {SCHEMA}.figures AS {SELECT.replace('FROM figures', 'FROM public.figures')} ORDER BY id",
                f"ALTER TABLE {SCHEMA}.figures ADD PRIMARY KEY (id)",
                *(each.replace("public.figures", f"{SCHEMA}.figures") for each in indexes.scalars() if _fits(each)),
            ]
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
            for statement in statements:
                connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"VACUUM ANALYZE {SCHEMA}.figures")
        connection.exec_driver_sql("VACUUM ANALYZE public.figures")
    return SCHEMA


def _fits(index: str) -> bool:
    """Whether an index is one of columns that the copy has, and not the primary key's own."""
    named = re.search(r"\(([^)]*)\)", index)
    columns = {each.strip().split()[0].strip('"') for each in named[1].split(",")} if named else set()
    return "figures_pkey" not in index and columns <= set(COLUMNS)


def _table() -> str:
    """The table without what a client does not see, and without references to tables that are not there."""
    types = {name: Figure.table().c[name].type.compile(sqlite.dialect()) for name in COLUMNS}
    listed = ", ".join(f'"{name}" {"FLOAT" if kind == "FLOAT" else kind}' for name, kind in types.items())
    return f"CREATE TABLE figures ({listed}, PRIMARY KEY (id))"
