"""Engines and transactions: SQLite or PostgreSQL, one code path for both."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from anyio import fail_after, sleep, to_thread
from sqlalchemy.engine import URL, Connection, Engine, make_url

from app.errors import Busy, Unavailable

T = TypeVar("T")
Purpose = Literal["read", "export", "load", "migrate"]

READING = ("read", "export")
PATIENCE = 30.0  # seconds
LONGEST_READ = 10.0  # seconds for which an answer that is not made in pieces may keep a database busy
QUERY_CANCELED = "57014"  # PostgreSQL's word for it
INSTRUCTIONS = 100_000  # of SQLite's, between two looks at the clock
WRITER_PATIENCE = 120  # seconds; longer than an export takes to read what it needs
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
        inside, sqlstate = f"{self.shown}: {fault.orig}", getattr(fault.orig, "sqlstate", None)
        if isinstance(fault, sa.exc.ProgrammingError) or re.search("no such (table|column)", str(fault.orig)):
            return Unavailable("the database has not the tables that this code needs; run `shanhai migrate`", inside)
        if getattr(fault.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            return Busy("the database is busy", inside)
        if getattr(fault.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT or sqlstate == QUERY_CANCELED:
            return Unavailable(f"it takes more than {LONGEST_READ:g} seconds to find this out; ask for less", inside)
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

    @staticmethod
    def interrupt(connection: Connection) -> None:
        """End what a connection is doing, from another thread; it raises there, if it is not through already."""
        with suppress(Exception):  # it may be closed by now, or be closed under our hands
            driver: Any = connection.connection.driver_connection
            (driver.interrupt if isinstance(driver, sqlite3.Connection) else driver.cancel)()

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
        connect_args={
            "isolation_level": None,
            "timeout": 0 if purpose == "read" else WRITER_PATIENCE,
            "check_same_thread": False,
        },
        # What a scan of everything leaves in a connection's memory goes with the connection.
        **({"poolclass": sa.NullPool} if purpose == "export" else {}),
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # A migration may rebuild a table that others point to; no foreign key may follow it half-way.
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if purpose == 'migrate' else 'ON'}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
        if purpose == "read":
            until = time.monotonic() + LONGEST_READ
            driver: Any = connection.connection.driver_connection
            driver.set_progress_handler(lambda: time.monotonic() > until, INSTRUCTIONS)

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

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # How a search is best run hangs on how frequent its words are: no plan serves for all of them.
        connection.execute("SET plan_cache_mode = force_custom_plan")
        if purpose == "read":
            connection.execute(f"SET statement_timeout = {int(LONGEST_READ * 1000)}")
        connection.commit()

    if not reading:

        @sa.event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))

    return engine
