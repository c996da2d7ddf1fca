"""Statements on the driver itself: compiled once, and then only bound and run.

What SQLAlchemy does for each execution besides, and for each row, costs as much again as a short read does.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

STATEMENTS = 4096  # kept; clients repeat few shapes

Values = Mapping[str, Any]
Rows = Sequence[Sequence[Any]]


class Bytes(FunctionElement[bytes]):
    """A text as the bytes that are sent: never decoded here, only to be encoded again."""

    name = "bytes"
    type = sa.LargeBinary()
    inherit_cache = True


@compiles(Bytes, "sqlite")
def _bytes_on_sqlite(element: Bytes, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(Bytes, "postgresql")
def _bytes_on_postgresql(element: Bytes, compiler: Any, **options: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **options)}, 'UTF8')"


class Bind(NamedTuple):
    """A place for a value: under which name it is given, what it is otherwise, and how the driver wants it."""

    name: str
    default: Any
    process: Callable[[Any], Any] | None


class Prepared(NamedTuple):
    """A statement as a driver takes it."""

    sql: str
    binds: tuple[Bind, ...]

    def bound(self, values: Values) -> list[Any]:
        """The values in their places."""
        return [
            values.get(name, default) if process is None else process(values.get(name, default))
            for name, default, process in self.binds
        ]


def fetch(connection: Connection, statement: sa.Select[Any], values: Values) -> Rows:
    """All rows of a statement, as the driver gives them: on SQLite a date is a text and a list JSON."""
    prepared = prepare(statement, connection.dialect)
    if prepared is None:
        return connection.execute(statement, values).all()
    with closing(_cursor(connection)) as cursor:
        cursor.execute(prepared.sql, prepared.bound(values))
        rows: Rows = cursor.fetchall()
    return rows


def fetch_in_parts(connection: Connection, statement: sa.Select[Any], values: Values, size: int) -> Generator[Rows]:
    """The same, so many rows at a time and never more of them in memory."""
    prepared = prepare(statement, connection.dialect)
    if prepared is None:
        with connection.execute(statement, values, execution_options={"yield_per": size}) as result:
            yield from result.partitions()
        return
    with closing(_cursor(connection, kept_by_the_server=True)) as cursor:
        cursor.execute(prepared.sql, prepared.bound(values))
        while rows := cursor.fetchmany(size):
            yield rows


@lru_cache(STATEMENTS)
def prepare(statement: sa.Select[Any], dialect: sa.Dialect) -> Prepared | None:
    """A statement made ready, or None where its text hangs on its values, as that of a list does."""
    compiled: Any = statement.compile(dialect=dialect)
    if compiled.post_compile_params or compiled.literal_execute_params:
        return None
    by_place = {name: bind for bind, name in compiled.bind_names.items()}
    binds = (by_place[name] for name in compiled.positiontup or ())
    return Prepared(str(compiled), tuple(Bind(each.key, each.value, _processor(each, dialect)) for each in binds))


def _processor(bind: sa.BindParameter[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def _cursor(connection: Connection, *, kept_by_the_server: bool = False) -> Any:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return driver.cursor()  # reads as it is asked
    if kept_by_the_server:
        return driver.cursor("rows", binary=True)
    return driver.cursor(binary=True)
