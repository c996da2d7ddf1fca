"""Reads of PostgreSQL's standbys, and of their primary where they cannot answer."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import Context
from typing import TypeVar

from sqlalchemy.engine import Connection

from app.db.database import Database
from app.db.engines import Purpose
from app.errors import Unavailable, Unreachable
from app.sentence import Sentence
from app.settings import PAGE_TIMEOUT_S

T = TypeVar("T")

STANDBYS, PRIMARY = "standbys", "primary"
MIN_PATIENCE_S = 1.0  # with less, silence says nothing about a server: the one before it has taken the time


class Behind(Unavailable):
    """A standby shows an older release than the one that is known."""

    def __init__(self, url: str) -> None:
        detail = Sentence(
            "当前版本的数据暂不可用，请稍后再试。", "The current release is not available. Try again later."
        )
        super().__init__(detail, f"{url}: the standby has yet to replay a load")


def is_standby(connection: Connection) -> bool:
    """Whether a connection is one for reads of standbys. Such a read never makes a known release older."""
    return bool(connection.get_execution_options().get(STANDBYS))


class ReplicatedDatabase(Database):
    """A database whose standbys are read; its primary, as long as they fail or lag behind. Both answer the same.

    Reads can be repeated: one that fails begins again on the other servers.
    """

    def __init__(
        self,
        standbys: str,
        primary: str,
        purpose: Purpose = "read",
        timeout_s: float = PAGE_TIMEOUT_S,
        lost: set[str] | None = None,
    ) -> None:
        """Open both. Two databases of the same servers can share what they know to be `lost`."""
        super().__init__(standbys, purpose, timeout_s)
        self.engine = self.engine.execution_options(**{STANDBYS: True})
        if self._statements:
            self._statements = self._statements.execution_options(**{STANDBYS: True})
        self._servers: dict[str, Database] = {STANDBYS: self, PRIMARY: Database(primary, purpose, timeout_s)}
        self.lost = set() if lost is None else lost
        self._recovery: asyncio.Task[None] | None = None

    async def read(
        self,
        work: Callable[[Connection], T],
        timeout_s: float | None = None,
        checked: Callable[[Connection], T] | None = None,
    ) -> T:
        """Run `work` on a snapshot of a standby, or of the primary, as `Database.read` does. Raises Unavailable."""
        total_s = timeout_s or self._timeout_s
        deadline, failure = time.monotonic() + total_s, None
        for name in self._attempts():
            left = total_s if failure is None else deadline - time.monotonic()
            if left <= 0:
                break
            try:
                return await self._read_from(name, work, left, checked)
            except Unavailable as error:
                failure = _graver(failure, error)
                if name not in self.lost:
                    break
        assert failure  # noqa: S101 - there are attempts
        raise failure

    async def read_primary(self, work: Callable[[Connection], T], timeout_s: float) -> T:
        """Run `work` on the primary. Servers that are lost are sought meanwhile. Raises Unavailable."""
        if self.lost and (self._recovery is None or self._recovery.done()):
            # Of no request: its time of the database is that of none.
            self._recovery = asyncio.create_task(self._recover(work, timeout_s), context=Context())
        if PRIMARY in self.lost:
            raise Unavailable("The primary does not answer.", self._servers[PRIMARY].display_url)
        return await self._read_from(PRIMARY, work, timeout_s)

    @contextmanager
    def snapshot(self, look: Callable[[Connection], T]) -> Iterator[tuple[T, Connection]]:
        """Open a transaction on a standby, or on the primary, with what `look` returns of it. Raises Unavailable."""
        failure: Unavailable | None = None
        for name in self._attempts():
            try:
                with ExitStack() as stack:
                    connection = stack.enter_context(Database.transaction(self._servers[name]))
                    seen, opened = look(connection), stack.pop_all()
            except Unavailable as error:
                failure = _graver(failure, error)
                continue
            with opened:
                yield seen, connection
            return
        assert failure  # noqa: S101 - there are attempts
        raise failure

    def close(self) -> None:
        """Close every connection."""
        if self._recovery:
            self._recovery.cancel()
        super().close()
        self._servers[PRIMARY].close()

    def _attempts(self) -> list[str]:
        """Return the servers in the order in which a read tries them: lost ones last, and the first once more."""
        order = sorted(self._servers, key=self.lost.__contains__)
        return [*order, order[0]]

    async def _read_from(
        self,
        name: str,
        work: Callable[[Connection], T],
        timeout_s: float,
        checked: Callable[[Connection], T] | None = None,
    ) -> T:
        deadline = time.monotonic() + timeout_s
        try:
            result = await Database.read(self._servers[name], work, timeout_s, checked)
        except (Unreachable, Behind):  # others are of the read, or of our own queue
            if time.monotonic() < deadline or timeout_s >= MIN_PATIENCE_S:
                self.lost.add(name)
            raise
        self.lost.discard(name)
        return result

    async def _recover(self, work: Callable[[Connection], T], timeout_s: float) -> None:
        """Look at all servers."""
        for name in self._servers:
            with suppress(Unavailable):
                await self._read_from(name, work, timeout_s)


def _graver(first: Unavailable | None, error: Unavailable) -> Unavailable:
    """Return the error to report: the first, unless a server answers that lacks the release."""
    return error if first is None or isinstance(error, Behind) else first
