"""SQLAlchemy engines for SQLite and PostgreSQL, each opened for one purpose, and the time limits of reads."""

import sqlite3
import time
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from app.errors import Unavailable

Purpose = Literal["read", "statement", "export", "load", "migrate"]  # a statement is read without a transaction

READING = ("read", "statement", "export")
LIMITED = ("read", "statement")  # in time
QUERY_SHARE = 0.9  # of the time for a read: the database then reports a slow query before the reader gives up
VM_STEPS = 50_000  # of SQLite between two calls of a progress handler: about a millisecond
MAX_COMPILED = 25  # statements that SQLAlchemy caches; clients can make one take half a megabyte
MAX_PREPARED = 64  # statements per connection to SQLite
RECYCLE_S = 300  # after which a connection to PostgreSQL is replaced, perhaps by one to a server that has come back
MAX_PARALLEL_READS = 10  # read at once from PostgreSQL by a process, each on a connection that stays open
POOL_SIZE = 5  # connections to PostgreSQL for transactions of one purpose; as many again where all are in use
WRITER_TIMEOUT_S = 120  # longer than an export takes to read
EXPORT_SILENCE_S = 120  # until PostgreSQL counts as silent in an export, a backup or a check of everything
GRACE_S = 1.0  # after the time for a read, until PostgreSQL counts as silent and its connection is closed
CONNECT_TIMEOUT_S = 4  # less than a page may take, more than a check of readiness
CONNECT_ONE_TIMEOUT_S = 2  # for each of several hosts, so that a page has time for the next; libpq takes no less
# A PostgreSQL host that disappears without a word is noticed after idle + interval * count = 15 seconds.
KEEPALIVES = {"keepalives": 1, "keepalives_idle": 6, "keepalives_interval": 3, "keepalives_count": 3}
WRITER_LOCK = 0x5348414E  # "SHAN": the advisory lock of PostgreSQL that migrations and loads take in turn


class TransactionNeeded(Exception):
    """Raised by a read without a transaction, which has to start again with one."""


class StepLimit:
    """Interrupts a connection to SQLite after a number of VM steps. `exceeded` tells that it did."""

    def __init__(self, driver: sqlite3.Connection, calls: int) -> None:
        self.exceeded = False
        self._calls = calls
        driver.set_progress_handler(self._count, VM_STEPS)

    def _count(self) -> bool:
        self._calls -= 1
        self.exceeded = self._calls <= 0
        return self.exceeded


def without_limit(driver: sqlite3.Connection) -> sqlite3.Connection:
    """Remove the limit before a transaction begins or ends, and return the connection.

    The handler counts the steps of a prepared statement over all its runs, so it may interrupt BEGIN or ROLLBACK too.
    """
    driver.set_progress_handler(None, 0)
    return driver


def _limit_time(driver: sqlite3.Connection, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > deadline, VM_STEPS)


def create_engine(url: URL, purpose: Purpose, timeout_s: float) -> Engine:
    """Return an engine for the purpose, with a time limit for short reads.

    Raises Unavailable if the folder of a SQLite file cannot be made.
    """
    create = _create_sqlite if url.get_backend_name() == "sqlite" else _create_postgresql
    return create(url, purpose, timeout_s)


def _create_sqlite(url: URL, purpose: Purpose, timeout_s: float) -> Engine:
    path = Path(url.database or "").absolute()
    reading = purpose in READING
    if not reading:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            detail = "The data folder cannot be created. Check SHANHAI_DATA_DIR and its permissions."
            raise Unavailable(detail, f"{path.parent}: {error.strerror}") from None
    mode = "ro" if reading else "rwc"
    engine = sa.create_engine(
        f"sqlite:///file:{quote(str(path))}?mode={mode}&uri=true",
        connect_args={
            "isolation_level": None,  # the listener below begins transactions
            "timeout": 0 if purpose == "read" else WRITER_TIMEOUT_S,
            "check_same_thread": False,
            "cached_statements": MAX_PREPARED,
        },
        query_cache_size=MAX_COMPILED,
        # The page cache of a full scan is freed with its connection.
        **({"poolclass": sa.NullPool} if purpose == "export" else {}),
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # A migration may rebuild a table that others refer to; foreign keys must not act on the way.
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if purpose == 'migrate' else 'ON'}")
        # Reading a mapped file that someone truncates would end the process (SIGBUS).
        connection.execute("PRAGMA mmap_size = 0")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if driver.in_transaction:
            return  # a read in place has begun it
        without_limit(driver).execute("BEGIN" if reading else "BEGIN IMMEDIATE")
        if purpose == "read":
            _limit_time(driver, timeout_s * QUERY_SHARE)

    for event in ("commit", "rollback"):

        @sa.event.listens_for(engine, event)
        def end(connection: Connection) -> None:
            # `driver_connection` is None on a detached connection.
            driver: Any = connection.connection.dbapi_connection
            without_limit(driver)

    return engine


def _create_postgresql(url: URL, purpose: Purpose, timeout_s: float) -> Engine:
    reading, limited, single = purpose in READING, purpose in LIMITED, purpose == "statement"
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        # A reader sees one snapshot; a writer waits its turn and then sees what the previous one committed.
        isolation_level="AUTOCOMMIT" if single else "REPEATABLE READ" if reading else "READ COMMITTED",
        execution_options={} if single else {"postgresql_readonly": reading},
        pool_pre_ping=not single,  # a read without a transaction starts again if its connection is lost
        query_cache_size=MAX_COMPILED,
        pool_recycle=RECYCLE_S,
        pool_size=MAX_PARALLEL_READS if single else POOL_SIZE,
        max_overflow=0 if single else POOL_SIZE,  # an overflowing connection is closed after each use
        **({"pool_timeout": timeout_s} if limited else {}),
        **({"pool_reset_on_return": None} if single else {}),  # there is no transaction to roll back
        paramstyle="format",  # positional, as on SQLite: prepared statements serve both
        connect_args={
            "application_name": "shanhai",
            "connect_timeout": CONNECT_ONE_TIMEOUT_S if "," in str(url.query.get("host")) else CONNECT_TIMEOUT_S,
            "tcp_user_timeout": int(1000 * (timeout_s if reading else WRITER_TIMEOUT_S)),
            **KEEPALIVES,
        },
    )

    if reading:
        from app.db.deadline import DeadlineConnection  # takes 50 ms, which SQLite need not spend

        @sa.event.listens_for(engine, "do_connect")
        def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> DeadlineConnection:
            connection = DeadlineConnection.connect(*arguments, **options)
            connection.timeout_s = timeout_s + GRACE_S if limited else EXPORT_SILENCE_S
            return connection

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The best plan of a search depends on how frequent its terms are: no generic plan serves all.
        # Statements without a transaction search unprepared; planning others each time takes as long as they do.
        connection.execute(f"SET plan_cache_mode = {'auto' if single else 'force_custom_plan'}")
        if limited:
            connection.execute(f"SET statement_timeout = {int(1000 * timeout_s * QUERY_SHARE)}")
        if single:
            connection.execute("SET default_transaction_read_only = on")
        connection.commit()

    if single:

        @sa.event.listens_for(engine, "begin")
        def refuse(_connection: Connection) -> None:  # of a statement that SQLAlchemy executes
            raise TransactionNeeded

    if not reading:

        @sa.event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))

    return engine
