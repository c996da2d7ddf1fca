"""Insert many rows on the driver's connection: SQLAlchemy would build a dictionary for each."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.engine import Connection


def bulk_insert(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows: on PostgreSQL by COPY, on SQLite by executemany."""
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{column}"' for column in columns)
    if connection.dialect.name == "postgresql":
        with driver.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        values = ", ".join("?" * len(columns))
        driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)  # noqa: S608 - declared names
