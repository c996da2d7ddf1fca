"""Engines and transactions: SQLite or PostgreSQL, one code path for both."""

import math
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Context, Decimal
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from anyio import fail_after, sleep, to_thread
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.errors import Busy, Unavailable

T = TypeVar("T")
Purpose = Literal["read", "export", "load", "migrate"]

READING = ("read", "export")
PATIENCE = 30.0  # seconds
WRITER_LOCK = 0x5348414E  # "SHAN": PostgreSQL's advisory lock that migrations and loads take in turn


class Database:
    """A database, opened for one purpose: to read only, shortly or as a whole, to load, or to migrate."""

    def __init__(self, address: str, purpose: Purpose = "read") -> None:
        self.url = make_url(address)
        self.local = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url, purpose) if self.local else _postgresql(self.url, purpose)

    @property
    def shown(self) -> str:
        """The address without its passwords, for operators."""
        return self.url.difference_update_query(["password"]).render_as_string(hide_password=True)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: a consistent snapshot for a reader, all or nothing for a writer. Raises Unavailable."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except (sa.exc.IntegrityError, sa.exc.DataError):
            raise  # the values' fault, not the database's
        except sa.exc.DBAPIError as fault:
            raise self._unavailable(fault) from fault

    def _unavailable(self, fault: sa.exc.DBAPIError) -> Unavailable:
        inside = f"{self.shown}: {fault.orig}"
        if isinstance(fault, sa.exc.ProgrammingError) or "no such table" in str(fault.orig):
            return Unavailable("the database has not the tables that this code needs; run `shanhai migrate`", inside)
        if getattr(fault.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            return Busy("the database is busy", inside)
        return Unavailable("the database does not answer", inside)

    async def read(self, work: Callable[[Connection], T], patience: float = PATIENCE) -> T:
        """Run `work` on a snapshot: in place where the database is a local file, in a thread where it is far.

        Raises Unavailable, also where the database keeps silent for `patience` seconds.
        """
        try:
            with fail_after(patience):
                if not self.local:
                    return await to_thread.run_sync(self._run, work, abandon_on_cancel=True)
                while True:
                    try:
                        return self._run(work)
                    except Busy:  # a writer is at it; meanwhile others are answered
                        await sleep(0.02)
        except TimeoutError:
            raise Unavailable("the database keeps silent", self.shown) from None

    def _run(self, work: Callable[[Connection], T]) -> T:
        with self.transaction() as connection:
            return work(connection)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _sqlite(url: URL, purpose: Purpose) -> Engine:
    path = Path(url.database or "").absolute()
    reading = purpose in READING
    if not reading:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise Unavailable("the data folder cannot be made", f"{path.parent}: {fault.strerror}") from None
    mode = "ro" if reading else "rwc"
    engine = sa.create_engine(
        f"sqlite:///file:{quote(str(path))}?mode={mode}&uri=true",
        # The driver leaves transactions to us; each begins as the listener below says.
        connect_args={"isolation_level": None, "timeout": 0 if purpose == "read" else 30, "check_same_thread": False},
        # What a scan of everything leaves in a connection's memory goes with the connection.
        **({"poolclass": sa.NullPool} if purpose == "export" else {}),
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # A migration may rebuild a table that others point to; no foreign key may follow it half-way.
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if purpose == 'migrate' else 'ON'}")
        connection.create_aggregate(ExactSum.name, 1, _Adder)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL, purpose: Purpose) -> Engine:
    reading = purpose in READING
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        # A reader sees one snapshot; a writer waits its turn and then sees what the one before it left.
        isolation_level="REPEATABLE READ" if reading else "READ COMMITTED",
        execution_options={"postgresql_readonly": reading},
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "application_name": "shanhai"},
    )
    if not reading:

        @sa.event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))

    return engine


class ExactSum(FunctionElement[Any]):
    """The sum of a column's decimal values, the same on both databases: no order of adding changes a digit of it.

    It is of the column's own type; null where there is nothing to add, or where the type has no number so large.
    """

    name = "exact_sum"
    inherit_cache = True

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(ExactSum, "sqlite")
def _sum_on_sqlite(element: ExactSum, compiler: Any, **options: Any) -> str:
    return f"{element.name}({compiler.process(element.clauses, **options)})"


@compiles(ExactSum, "postgresql")
def _sum_on_postgresql(element: ExactSum, compiler: Any, **options: Any) -> str:
    (column,) = element.clauses
    # By way of text: a double that is cast to numeric at once keeps fifteen digits only.
    total = sa.func.sum(sa.cast(sa.cast(column, sa.Text), sa.Numeric))
    most: sa.ColumnElement[Any] = sa.literal_column(LARGEST[type(element.type)])
    text: str = compiler.process(sa.case((sa.func.abs(total) <= most, sa.cast(total, element.type))), **options)
    return text


LARGEST: dict[type, str] = {sa.BigInteger: str(2**63 - 1), sa.Double: repr(sys.float_info.max)}
EXACT = 2**53  # below it a whole double is the decimal that it is written as
_CONTEXT = Context(prec=1000)  # more digits than lie between the smallest double and a sum of the largest


class _Adder:
    """What SQLite calls for `exact_sum`: `step` with every value, then `finalize`."""

    def __init__(self) -> None:
        self._kind: type | None = None
        self._whole, self._rest = 0, Decimal(0)

    def step(self, value: float | None) -> None:
        if value is None:
            return
        self._kind = type(value)
        if isinstance(value, int) or (-EXACT < value < EXACT and value == int(value)):
            self._whole += int(value)
        else:
            self._rest = _CONTEXT.add(self._rest, Decimal(repr(value)))

    def finalize(self) -> float | None:
        if self._kind is int:
            return self._whole if abs(self._whole) < 2**63 else None
        total = float(_CONTEXT.add(self._rest, self._whole))
        return total if self._kind and math.isfinite(total) else None
