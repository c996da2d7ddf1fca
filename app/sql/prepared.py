"""Statements executed on the driver, for the reads that are made most often.

SQLAlchemy's execution costs more than such a read: with it, a statement takes 129 µs instead of 32 and a request 713 µs
instead of 527. The code relies on `SQLCompiler`: `bind_names`, `positiontup`, and that a statement whose text depends
on its values has `post_compile_params` or `literal_execute_params`; those are executed by SQLAlchemy.
"""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.http.context import add_read
from app.sql.checked import EXPECTED, IS_EXPECTED, ExpectedLoad, checked
from app.sql.fts import TermExpression
from app.sql.memo import LARGE

MAX_STATEMENTS = 256
VARIES = "varies"  # the execution option of a statement whose best plan depends on how frequent the values are
TEXTS = sa.JSON().with_variant(postgresql.ARRAY(sa.Text()), "postgresql")

Values = Mapping[str, Any]
Rows = Sequence[Sequence[Any]]
Statement = sa.Select[Any] | sa.CompoundSelect[Any]


class Bytes(FunctionElement[bytes]):
    """A text as its UTF-8 bytes, which are sent without being decoded."""

    name = "bytes"
    type = sa.LargeBinary()
    inherit_cache = True


@compiles(Bytes, "sqlite")
def _sqlite_bytes(element: Bytes, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(Bytes, "postgresql")
def _postgresql_bytes(element: Bytes, compiler: Any, **options: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **options)}, 'UTF8')"


class Lines(FunctionElement[bytes]):
    """All texts of a column as the lines of one value, in UTF-8; null if there are none."""

    name = "lines"
    type = sa.LargeBinary()
    inherit_cache = True


@compiles(Lines, "sqlite")
def _sqlite_lines(element: Lines, compiler: Any, **options: Any) -> str:
    return f"CAST(group_concat({compiler.process(element.clauses, **options)}, char(10)) AS BLOB)"


@compiles(Lines, "postgresql")
def _postgresql_lines(element: Lines, compiler: Any, **options: Any) -> str:
    return f"convert_to(string_agg({compiler.process(element.clauses, **options)}, chr(10)), 'UTF8')"


class Among(FunctionElement[bool]):
    """Whether a text is in a list that is bound as one value: unlike IN, its SQL does not depend on the list.

    It has no type: a Boolean is compared with 1 on SQLite, which then does not use an index.
    """

    inherit_cache = True

    def __init__(self, column: sa.ColumnElement[str], name: str) -> None:
        super().__init__(column, sa.bindparam(name, type_=TEXTS))


@compiles(Among, "sqlite")
def _sqlite_among(element: Among, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608 - compiled


@compiles(Among, "postgresql")
def _postgresql_among(element: Among, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({texts})"


class Bind(NamedTuple):
    """A positional parameter: the name of its value, its default, and the conversion for the driver."""

    name: str
    default: Any
    process: Callable[[Any], Any] | None


class Prepared(NamedTuple):
    """A statement compiled for a driver; `varies` if its best plan depends on how frequent the values are."""

    sql: str
    binds: tuple[Bind, ...]
    varies: bool = False

    def positional(self, values: Values) -> list[Any]:
        """Return the values by position, converted for the driver."""
        return [
            values.get(name, default) if process is None else process(values.get(name, default))
            for name, default, process in self.binds
        ]


def fetch(connection: Connection, statement: Statement, values: Values) -> Rows:
    """Return all rows as the driver gives them: on SQLite a date is text, and a list is JSON.

    Raises TransactionNeeded without a transaction, if the statement cannot be checked or sees another release.
    """
    prepared = prepare(statement, connection.dialect)
    if prepared is None:
        return counted(connection.execute(statement, values).all())
    expected: ExpectedLoad | None = connection.info.get(EXPECTED)
    if expected:
        prepared, values = _checked(prepared, connection.dialect), {**values, **expected.values}
    # PostgreSQL makes a plan for any values only of what it keeps prepared.
    planned = {"prepare": False} if expected and prepared.varies else {}
    with closing(_cursor(connection)) as cursor:
        cursor.execute(prepared.sql, prepared.positional(values), **planned)
        rows: Rows = cursor.fetchall()
    return counted(expected.check(rows) if expected else rows)


def fetch_values(connection: Connection, statement: Statement, values: Values) -> Rows:
    """Return all rows with Python's values: psycopg gives them, SQLAlchemy makes them of those of SQLite."""
    if EXPECTED in connection.info:
        return fetch(connection, statement, values)
    return counted(connection.execute(statement, values).all())


def counted(rows: Rows) -> Rows:
    """Count rows for the request that reads them, and return them."""
    add_read(len(rows))
    return rows


def fetch_batches(connection: Connection, statement: sa.Select[Any], values: Values, size: int) -> Generator[Rows]:
    """Yield all rows in batches of that size, with only one batch in memory."""
    prepared = prepare(statement, connection.dialect)
    started = time.perf_counter()
    if prepared is None:
        with connection.execute(statement, values, execution_options={"yield_per": size}) as result:
            for batch in result.partitions():
                add_read(len(batch), time.perf_counter() - started)
                yield batch
                started = time.perf_counter()
        return
    with closing(_cursor(connection, server_side=True)) as cursor:
        cursor.execute(prepared.sql, prepared.positional(values))
        while rows := cursor.fetchmany(size):
            add_read(len(rows), time.perf_counter() - started)
            yield rows
            started = time.perf_counter()


def prepare(statement: Statement, dialect: sa.Dialect) -> Prepared | None:
    """Compile a statement. Returns None if SQLAlchemy has to execute it.

    That is if no cache keeps the statement, or its text depends on the values, as that of an expanding IN list does.
    """
    return None if LARGE in statement.get_execution_options() else _prepare(statement, dialect)


@lru_cache(MAX_STATEMENTS)
def _checked(prepared: Prepared, dialect: sa.Dialect) -> Prepared:
    is_expected = _prepare(IS_EXPECTED, dialect)
    assert is_expected  # noqa: S101 - it has neither
    return Prepared(checked(prepared.sql, is_expected.sql), (*is_expected.binds, *prepared.binds), prepared.varies)


@lru_cache(MAX_STATEMENTS)
def _prepare(statement: Statement, dialect: sa.Dialect) -> Prepared | None:
    compiled: Any = statement.compile(dialect=dialect)
    if compiled.post_compile_params or compiled.literal_execute_params:
        return None
    by_name = {name: bind for bind, name in compiled.bind_names.items()}
    binds = (by_name[name] for name in compiled.positiontup or ())
    searches = any(isinstance(bind.type, TermExpression) for bind in compiled.bind_names)
    varies = searches or VARIES in statement.get_execution_options()
    processed = tuple(Bind(each.key, each.value, _processor(each, dialect)) for each in binds)
    return Prepared(str(compiled), processed, varies)


def _processor(bind: sa.BindParameter[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def _cursor(connection: Connection, *, server_side: bool = False) -> Any:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return driver.cursor()  # fetches row by row anyway
    return driver.cursor("rows", binary=True) if server_side else driver.cursor(binary=True)
