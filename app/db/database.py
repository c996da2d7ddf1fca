"""`Database`: transactions on an engine, and reads that do not block the event loop."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import Any, Self, TypeVar

import anyio.lowlevel
import sqlalchemy as sa
from anyio import fail_after, sleep
from sqlalchemy.engine import URL, Connection, Engine, make_url

from app.db.engines import (
    MAX_PARALLEL_READS,
    READING,
    Purpose,
    StepLimit,
    TransactionNeeded,
    create_engine,
    without_limit,
)
from app.db.errors import NO_ANSWER, is_damage, page_limit, translate_error
from app.errors import Busy, Unavailable, Unreachable
from app.http.context import add_read
from app.sentence import Sentence
from app.settings import PAGE_TIMEOUT_S

T = TypeVar("T")
FileIdentity = tuple[int, int, int, int]

BUSY_RETRY_S = 0.02
IN_PLACE_TURN_S = 0.005  # of reads in place, however many requests arrive together; then other work has its turn
MAX_LOCAL_THREADS = 2  # for long reads of a file: under the GIL more are hardly faster, and each holds a response
IN_PLACE_CALLS = 5  # of a progress handler; fewer would start to count ten thousand records, and then start again


class ReadTooLong(Exception):
    """Raised by a read in place that would block the event loop."""


def require_thread(connection: Connection) -> None:
    """Move this read to a thread, since it takes long before it asks the database. Raises ReadTooLong in place."""
    if connection.get_execution_options().get("in_place"):
        raise ReadTooLong


class Database:
    """A database opened for one purpose: short reads, exports, loads or migrations."""

    def __init__(self, address: str, purpose: Purpose = "read", timeout_s: float = PAGE_TIMEOUT_S) -> None:
        """Open a database. `timeout_s` limits short reads; other purposes take as long as they take."""
        self.url = make_url(address)
        self.local = self.url.get_backend_name() == "sqlite"
        self._reading = purpose in READING
        self._timeout_s = timeout_s
        self.engine = create_engine(self.url, purpose, timeout_s)
        # In place, a transaction costs no round trip.
        is_remote = purpose == "read" and not self.local
        self._statements = create_engine(self.url, "statement", timeout_s) if is_remote else None
        self._file: FileIdentity | None = None
        self._in_place: Connection | None = None  # for one read after another
        self._in_place_file: FileIdentity | None = None
        self._in_place_s = 0.0  # that reads in place have taken in this turn of the event loop
        # An executor, whose threads count until their reads end: a limiter of anyio forgets a read that is given up.
        self._threads = ThreadPoolExecutor(MAX_LOCAL_THREADS if self.local else MAX_PARALLEL_READS, "read")

    @property
    def display_url(self) -> str:
        """The address without passwords."""
        url = self.url.difference_update_query(["password", "sslpassword"])
        return url.render_as_string(hide_password=True).replace("%2C", ",")  # between hosts

    @property
    def file_identity(self) -> FileIdentity | None:
        """What changes with the file of a SQLite database or with its content; None for PostgreSQL."""
        return _identity(self.url) if self.local else None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: a snapshot for a reader, all or nothing for a writer. Raises Unavailable."""
        while True:
            self._follow_file()
            pool = self.engine.pool
            try:
                with self._translate_errors(), self.engine.begin() as connection:
                    if not self._file_was_replaced():
                        yield connection
                        return
            finally:
                if self.engine.pool is not pool:
                    pool.dispose()  # the file was replaced, and nothing else closes its connections

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        driver: Any = self.engine.dialect.loaded_dbapi
        try:
            yield
        except (sa.exc.IntegrityError, sa.exc.DataError, driver.IntegrityError, driver.DataError):
            raise  # the values are wrong, not the database
        except (sa.exc.DBAPIError, driver.Error) as error:
            cause: Any = error.orig if isinstance(error, sa.exc.DBAPIError) else error
            if is_damage(cause):  # perhaps only of the pages that a connection kept while the file was written
                self._file = self._in_place_file = None
            raise translate_error(cause, driver, self.display_url, self._timeout_s) from error
        except sa.exc.TimeoutError as error:  # every connection of the pool is in use
            raise Unavailable(NO_ANSWER, f"{self.display_url}: {error}") from None

    async def read(
        self,
        work: Callable[[Connection], T],
        timeout_s: float | None = None,
        checked: Callable[[Connection], T] | None = None,
    ) -> T:
        """Run `work` on a snapshot: in place where the database is a file and the read short, otherwise in a thread.

        A thread costs more than a short read: SQLite releases the GIL at every row. Where a transaction costs round
        trips, `checked` is run first, on a connection without one; it checks that its statements saw one release.

        Raises Unavailable, also after `timeout_s` without an answer; by default that of the database.
        """
        started = time.perf_counter()
        try:
            return await self._read_in_time(work, timeout_s or self._timeout_s, checked)
        finally:
            add_read(seconds=time.perf_counter() - started)

    async def _read_in_time(
        self, work: Callable[[Connection], T], timeout_s: float, checked: Callable[[Connection], T] | None
    ) -> T:
        if self.local:
            while self._in_place_s > IN_PLACE_TURN_S:
                await anyio.lowlevel.checkpoint()
            with suppress(Busy, ReadTooLong), self._counted_in_place():
                return self._read_in_place(work)
        future: Future[T] | None = None
        try:
            with fail_after(timeout_s):
                while True:
                    try:
                        future = self._threads.submit(copy_context().run, self._read, work, checked)
                        return await asyncio.wrap_future(future)
                    except Busy:  # a writer holds the lock
                        await sleep(BUSY_RETRY_S)
        except TimeoutError:
            detail = Sentence(
                f"数据库在 {timeout_s:g} 秒内没有响应。", f"The database did not answer within {timeout_s:g} seconds."
            )
            limit = page_limit(timeout_s) if timeout_s == self._timeout_s else ""
            # A read that was still in the queue says nothing of the server.
            kind = Unavailable if future and future.cancelled() else Unreachable
            raise kind(detail, self.display_url, limit=limit) from None

    async def read_primary(self, work: Callable[[Connection], T], timeout_s: float) -> T:
        """Run `work` on a snapshot of the server that loads change. Raises Unavailable."""
        return await self.read(work, timeout_s)

    @contextmanager
    def snapshot(self, look: Callable[[Connection], T]) -> Iterator[tuple[T, Connection]]:
        """Open a transaction, with what `look` returns of it. Raises Unavailable."""
        with self.transaction() as connection:
            yield look(connection), connection

    @contextmanager
    def _counted_in_place(self) -> Iterator[None]:
        """Count the time of a read in place until the event loop has done other work."""
        if not self._in_place_s:
            asyncio.get_running_loop().call_soon(self._end_turn)
        start = time.perf_counter()
        try:
            yield
        finally:
            self._in_place_s += time.perf_counter() - start

    def _end_turn(self) -> None:
        self._in_place_s = 0.0

    def _read(self, work: Callable[[Connection], T], checked: Callable[[Connection], T] | None) -> T:
        if checked and self._statements:
            with suppress(TransactionNeeded):
                return self._read_checked(checked, self._statements)
        with self.transaction() as connection:
            return work(connection)

    def _read_checked(self, work: Callable[[Connection], T], engine: Engine) -> T:
        """Run `work` without a transaction. Raises TransactionNeeded, also if the connection was lost."""
        start = time.monotonic()
        with self._translate_errors(), engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            try:
                return work(connection)
            except engine.dialect.loaded_dbapi.OperationalError:
                if not driver.closed:
                    raise
                connection.invalidate()
                if time.monotonic() - start > self._timeout_s:  # nobody waits any more
                    raise
                raise TransactionNeeded from None

    def _read_in_place(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the connection for reads in place. Raises Busy and ReadTooLong."""
        self._follow_file()
        if self._in_place_file != self._file:
            self._close_in_place()
        with self._translate_errors():
            if self._in_place is None:
                self._in_place = self.engine.connect().execution_options(in_place=True, isolation_level="AUTOCOMMIT")
                self._in_place_file = self._file
            # Begun and ended on the driver: SQLAlchemy's transactions cost half of such a read.
            driver: Any = self._in_place.connection.driver_connection
            without_limit(driver).execute("BEGIN")
            limit = StepLimit(driver, IN_PLACE_CALLS)  # by work, not by time: on a busy machine a retry does not help
            try:
                return work(self._in_place)
            except (sa.exc.OperationalError, sqlite3.OperationalError):
                if limit.exceeded:
                    raise ReadTooLong from None
                raise
            finally:
                if without_limit(driver).in_transaction:  # some errors end it
                    driver.execute("ROLLBACK")

    def _follow_file(self) -> None:
        """Open new connections if a load has replaced the SQLite file, or an operator has written over it.

        The pages that a connection caches are no longer those of the file then, and SQLite need not notice: two files
        that were each written by one load have the same change counter.
        """
        if self.local:
            identity = _identity(self.url)
            if identity != self._file:
                self._file = identity
                self.engine.dispose()  # connections in use, perhaps by another thread, stay open

    def _file_was_replaced(self) -> bool:
        """Whether a writer that waited for the lock holds a file that the writer before it has replaced."""
        return self.local and not self._reading and self._file not in (None, _identity(self.url))

    def _close_in_place(self) -> None:
        if self._in_place is not None:
            self._in_place.detach()  # from a pool that may be disposed of and would not close it
            self._in_place.close()
            self._in_place = None

    @staticmethod
    def rollback(connection: Connection) -> None:
        """End a transaction that has written nothing: on SQLite, a commit would wait for all readers."""
        driver: Any = connection.connection.driver_connection
        driver.rollback()

    @staticmethod
    def interrupt(connection: Connection) -> None:
        """Interrupt a connection's statement from another thread, where it raises."""
        with suppress(Exception):  # the connection may be closed
            driver: Any = connection.connection.driver_connection
            (driver.interrupt if isinstance(driver, sqlite3.Connection) else driver.cancel)()

    def close(self) -> None:
        """Close every connection, and give up reads that have not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._close_in_place()
        self.engine.dispose()
        if self._statements:
            self._statements.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _identity(url: URL) -> FileIdentity | None:
    """Return what changes with the file of a SQLite database or with its content, None if there is no file."""
    try:
        stat = os.stat(url.database or "")  # noqa: PTH116 - called before every read: a Path takes three times as long
    except OSError:
        return None
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns
