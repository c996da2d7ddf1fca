"""Engines and transactions: SQLite or PostgreSQL, one code path for both."""

import os
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
FileIdentity = tuple[int, int]

READING = ("read", "export")
PATIENCE = 30.0  # seconds
LONGEST_READ = 10.0  # seconds for which an answer that is not made in pieces may keep a database busy
QUERY_CANCELED = "57014"  # PostgreSQL's word for it
INSTRUCTIONS = 50_000  # of SQLite's, between two looks at what a statement does: about a millisecond
LOOKS = 5  # at a read in place, until it takes too long: less would begin to count ten thousand records, and then anew
STATEMENTS = 512  # that a connection to SQLite keeps ready
MAPPED = 2**31 - 2**16  # bytes of a SQLite file: the most that SQLite maps
CONNECTIONS = 5  # to PostgreSQL that a process keeps; as many again where all are busy
WRITER_PATIENCE = 120  # seconds; longer than an export takes to read what it needs
WRITER_LOCK = 0x5348414E  # "SHAN": PostgreSQL's advisory lock that migrations and loads take in turn

# How drivers say that a table or a column does not exist: SQLite, then PostgreSQL (in English; of other languages only
# the class of the error is known).
MISSING = (
    r"table (?P<table>\w+) has no column named (?P<column>\w+)",
    r"no such column: (?:(?P<table>\w+)\.)?(?P<column>\w+)",
    r"no such table: (?:main\.)?(?P<table>\w+)",
    r'column "(?P<column>\w+)" of relation "(?P<table>\w+)" does not exist',
    r'column "?(?:(?P<table>\w+)\.)?(?P<column>\w+)"? does not exist',
    r'relation "(?P<table>\w+)" does not exist',
)


class ReadTooLong(Exception):
    """A read would keep everybody else waiting."""


class Limit:
    """Ends what a connection to SQLite does after so many looks at it."""

    def __init__(self, driver: sqlite3.Connection, looks: int) -> None:
        self.passed = False
        self._looks = looks
        driver.set_progress_handler(self._look, INSTRUCTIONS)

    def _look(self) -> bool:
        self._looks -= 1
        self.passed = self._looks <= 0
        return self.passed


def _without_limit(driver: sqlite3.Connection) -> sqlite3.Connection:
    """The same connection, before a transaction begins or ends on it, which no limit may come between.

    A look counts what a kept statement did in all its runs: it may fall into BEGIN or ROLLBACK as into anything else.
    """
    driver.set_progress_handler(None, 0)
    return driver


def _end_after(driver: sqlite3.Connection, seconds: float) -> None:
    until = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > until, INSTRUCTIONS)


class Database:
    """A database, opened for one purpose: to read only, shortly or as a whole, to load, or to migrate."""

    def __init__(self, address: str, purpose: Purpose = "read") -> None:
        self.url = make_url(address)
        self.local = self.url.get_backend_name() == "sqlite"
        self._reading = purpose in READING
        self.engine = _sqlite(self.url, purpose) if self.local else _postgresql(self.url, purpose)
        self._file: FileIdentity | None = None
        self._kept: Connection | None = None  # for reads in place, one after the other
        self._kept_of: FileIdentity | None = None  # the file that it reads

    @property
    def shown(self) -> str:
        """The address without its passwords, for operators."""
        return self.url.difference_update_query(["password"]).render_as_string(hide_password=True)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: a consistent snapshot for a reader, all or nothing for a writer. Raises Unavailable."""
        while True:
            self._follow_file()
            pool = self.engine.pool
            try:
                with self._told(), self.engine.begin() as connection:
                    if not self._waited_in_vain():
                        yield connection
                        return
            finally:
                if self.engine.pool is not pool:
                    pool.dispose()  # the file was replaced: this connection went back to a pool that nobody closes

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong meanwhile, in our words, whether SQLAlchemy tells it or the driver itself."""
        driver: Any = self.engine.dialect.loaded_dbapi
        try:
            yield
        except (sa.exc.IntegrityError, sa.exc.DataError, driver.IntegrityError, driver.DataError):
            raise  # the values' fault, not the database's
        except (sa.exc.DBAPIError, driver.Error) as fault:
            raise self._unavailable(fault.orig if isinstance(fault, sa.exc.DBAPIError) else fault) from fault

    def _unavailable(self, fault: Any) -> Unavailable:
        driver: Any = self.engine.dialect.loaded_dbapi
        inside, sqlstate = f"{self.shown}: {fault}", getattr(fault, "sqlstate", None)
        if missing := _missing(str(fault)):
            return Unavailable(f"the database has no {missing}; run `shanhai migrate`", inside)
        if isinstance(fault, driver.ProgrammingError):
            return Unavailable("the database has not the tables that this code needs; run `shanhai migrate`", inside)
        if getattr(fault, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            return Busy("the database is busy", inside)
        if getattr(fault, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT or sqlstate == QUERY_CANCELED:
            return Unavailable(f"it takes more than {LONGEST_READ:g} seconds to find this out; ask for less", inside)
        return Unavailable("the database does not answer", inside)

    async def read(self, work: Callable[[Connection], T], patience: float = PATIENCE) -> T:
        """Run `work` on a snapshot: in place where the database is a local file and the answer near, else in a thread.

        A thread would cost what a short read costs, and more: SQLite lets go of the interpreter at every row.

        Raises Unavailable, also where the database keeps silent for `patience` seconds.
        """
        if self.local:
            with suppress(Busy, ReadTooLong):
                return self._run_in_place(work)
        try:
            with fail_after(patience):
                while True:
                    try:
                        return await to_thread.run_sync(self._run, work, abandon_on_cancel=True)
                    except Busy:  # a writer is at it; meanwhile others are answered
                        await sleep(0.02)
        except TimeoutError:
            raise Unavailable("the database keeps silent", self.shown) from None

    def _run(self, work: Callable[[Connection], T]) -> T:
        with self.transaction() as connection:
            return work(connection)

    def _run_in_place(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the one connection that is kept for this. Raises Busy, and TakesLong where it would."""
        self._follow_file()
        if self._kept_of != self._file:
            self._let_go()
        with self._told():
            if self._kept is None:
                self._kept = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._kept_of = self._file
            # Begun and ended on the driver: SQLAlchemy's own transactions cost half of what such a read does.
            driver: Any = self._kept.connection.driver_connection
            _without_limit(driver).execute("BEGIN")
            limit = Limit(driver, LOOKS)  # by work, not by time: a busy machine is no reason to begin anew
            try:
                return work(self._kept)
            except (sa.exc.OperationalError, sqlite3.OperationalError):
                if limit.passed:
                    raise ReadTooLong from None
                raise
            finally:
                if _without_limit(driver).in_transaction:  # graver faults end it themselves
                    driver.execute("ROLLBACK")

    def _follow_file(self) -> None:
        """Let go of a file that is no longer the one at the address: a load may have put another in its place."""
        if self.local:
            found = _identity(self.url)
            if found != self._file:
                self._file = found
                self.engine.dispose()  # what is in use just now, perhaps by another thread, stays in use

    def _waited_in_vain(self) -> bool:
        """Whether a writer, when its turn has come, holds a file that the one before it has replaced."""
        return self.local and not self._reading and self._file not in (None, _identity(self.url))

    def _let_go(self) -> None:
        if self._kept is not None:
            self._kept.detach()  # from its pool, which may be gone by now and would not close it
            self._kept.close()
            self._kept = None

    @staticmethod
    def leave(connection: Connection) -> None:
        """End a transaction in which nothing was written: on SQLite, to commit even this would wait for all readers."""
        driver: Any = connection.connection.driver_connection
        driver.rollback()

    @staticmethod
    def interrupt(connection: Connection) -> None:
        """End what a connection is doing, from another thread; it raises there, if it is not through already."""
        with suppress(Exception):  # it may be closed by now, or be closed under our hands
            driver: Any = connection.connection.driver_connection
            (driver.interrupt if isinstance(driver, sqlite3.Connection) else driver.cancel)()

    def close(self) -> None:
        """Give back every connection."""
        self._let_go()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _missing(error: str) -> str | None:
    """The table or column that a driver's error says is missing, such as "column website in enterprises"."""
    for pattern in MISSING:
        if found := re.search(pattern, error):
            names = found.groupdict()
            if "column" not in names:
                return f"table {names['table']}"
            return f"column {names['column']}" + (f" in {names['table']}" if names["table"] else "")
    return None


def _identity(url: URL) -> FileIdentity | None:
    """Which file is at the address of a SQLite database, whatever its name; None where there is none."""
    try:
        found = os.stat(url.database or "")  # noqa: PTH116 - asked before every read: a Path takes three times as long
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
            "cached_statements": STATEMENTS,
        },
        # What a scan of everything leaves in a connection's memory goes with the connection.
        **({"poolclass": sa.NullPool} if purpose == "export" else {}),
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # A migration may rebuild a table that others point to; no foreign key may follow it half-way.
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if purpose == 'migrate' else 'ON'}")
        if purpose == "read":  # a page of records is spread over the file: each would cost a call to read it
            connection.execute(f"PRAGMA mmap_size = {MAPPED}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if driver.in_transaction:
            return  # a read in place, begun already
        _without_limit(driver).execute("BEGIN" if reading else "BEGIN IMMEDIATE")
        if purpose == "read":
            _end_after(driver, LONGEST_READ)

    for ending in ("commit", "rollback"):

        @sa.event.listens_for(engine, ending)
        def end(connection: Connection) -> None:
            # Which a detached connection has too, unlike `driver_connection`.
            driver: Any = connection.connection.dbapi_connection
            _without_limit(driver)

    return engine


def _postgresql(url: URL, purpose: Purpose) -> Engine:
    reading = purpose in READING
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        # A reader sees one snapshot; a writer waits its turn and then sees what the one before it left.
        isolation_level="REPEATABLE READ" if reading else "READ COMMITTED",
        execution_options={"postgresql_readonly": reading},
        pool_pre_ping=True,
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        paramstyle="format",  # values by their places, as SQLite takes them: `query.prepared` serves both
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
