"""Many rows into a table, as fast as each database takes them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from sqlalchemy.engine import Connection

from app.models.search_index import TERMS

Rows = Iterable[Sequence[Any]]

AT_ONCE = 16  # rows that a statement of SQLite's inserts: what its checks need is made ready once for all of them
CHUNK = 60 * AT_ONCE  # rows between two reports


def _by_statements(connection: Connection, table: str, columns: Sequence[str], rows: Rows) -> Iterator[int]:
    driver: Any = connection.connection.driver_connection
    # FTS5 writes down what it has gathered whenever a statement of several rows begins.
    at_once = 1 if table == TERMS else AT_ONCE
    row = f"({', '.join('?' * len(columns))})"
    into = f"INSERT INTO {table} ({_listed(columns)}) VALUES "  # noqa: S608 - names of ours
    written, left = 0, iter(rows)
    while chunk := list(islice(left, CHUNK)):
        whole = len(chunk) - len(chunk) % at_once
        together = (list(chain.from_iterable(chunk[at : at + at_once])) for at in range(0, whole, at_once))
        driver.executemany(into + ", ".join([row] * at_once), together)
        driver.executemany(into + row, chunk[whole:])
        written += len(chunk)
        yield written


def _by_copy(connection: Connection, table: str, columns: Sequence[str], rows: Rows) -> Iterator[int]:
    driver: Any = connection.connection.driver_connection
    written = 0
    with driver.cursor().copy(f"COPY {table} ({_listed(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            written += 1
            if written % CHUNK == 0:
                yield written
    yield written


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


_WAYS = {"sqlite": _by_statements, "postgresql": _by_copy}


def put_by_steps(connection: Connection, table: str, columns: Sequence[str], rows: Rows) -> Iterator[int]:
    """Put rows into a table, some at each step; each tells how many there are by now."""
    return _WAYS[connection.dialect.name](connection, table, columns, rows)


def put(connection: Connection, table: str, columns: Sequence[str], rows: Rows) -> None:
    """Put rows into a table."""
    for _ in put_by_steps(connection, table, columns, rows):
        pass
