"""The served dataset: its database, the release being served, and the releases before it."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, TypedDict, TypeVar

import sqlalchemy as sa
from anyio import Lock
from sqlalchemy.engine import Connection
from sqlmodel import col

from app.db import Database, TransactionNeeded
from app.db.replicas import Behind, ReplicatedDatabase, is_standby
from app.entity import Labels
from app.errors import ShanhaiError, Unavailable
from app.http.validators import ReleaseState
from app.models import COLLECTIONS
from app.models.release import Release
from app.read.cache import FACTS, Facts
from app.read.index import INDEXED, fits
from app.read.release import RELEASE
from app.read.terms import TERMS, query_terms
from app.sentence import Sentence
from app.settings import PAGE_TIMEOUT_S
from app.sql.checked import CURRENT_LOAD, EXPECTED, ExpectedLoad
from app.sql.prepared import fetch

T = TypeVar("T")

RELEASE_TTL_S = 0.5  # for which the known release is served without asking the database
NOT_LOADED = Sentence("尚未载入数据，请运行 shanhai load。", "No release is loaded. Run `shanhai load`.")
REFRESH_TIMEOUT_S = 1.0  # a request waits this long for the current release before it takes the known one

_NEWEST_FIRST = sa.select(Release).order_by(col(Release.sequence).desc())
_CURRENT = _NEWEST_FIRST.limit(1)


class LoadedRelease(NamedTuple):
    """A release as one load left it: its id, sequence and time, the state that answers depend on, and its caches."""

    load: Sequence[Any]
    state: ReleaseState
    indexed: bool
    facts: Facts
    terms: Labels
    contact: str

    @property
    def sequence(self) -> int:
        """Its position in the sequence of releases."""
        return int(self.load[1])

    def attach(self, connection: Connection) -> None:
        """Add what reads need of the release to a connection that shows it."""
        connection.info.update(
            {RELEASE: self.state.release, INDEXED: self.indexed, FACTS: self.facts, TERMS: self.terms}
        )


class PublishedRelease(TypedDict):
    """A release as it is published. `counts` has the number of records of each collection."""

    id: str
    edition: str
    released_on: dt.date
    content_hash: str
    previous_id: str | None
    counts: dict[str, int]


class DatasetReader:
    """Reads the database in snapshots, and knows the release that each snapshot shows."""

    def __init__(
        self,
        address: str,
        version: str,
        contact: str = "",
        page_timeout_s: float = PAGE_TIMEOUT_S,
        standbys: str | None = None,
    ) -> None:
        """Open a database, or its standbys. Validators depend on the `version` of the code and on `contact` too."""
        if standbys:
            self.database: Database = (reads := ReplicatedDatabase(standbys, address, timeout_s=page_timeout_s))
            self.exports: Database = ReplicatedDatabase(standbys, address, "export", lost=reads.lost)
        else:
            self.database = Database(address, timeout_s=page_timeout_s)
            self.exports = Database(address, "export")
        self._version = version
        self._contact = contact
        self._loaded: LoadedRelease | None = None
        self._checked_at = float("-inf")  # when the database, not a standby, last showed its release, or failed to
        self._seen_at = float("-inf")  # when the known release was last seen
        self._refresh = Lock()
        self._lock = threading.Lock()  # of the three above: reads run in threads

    async def release(self) -> ReleaseState | None:
        """Return the current state, at most RELEASE_TTL_S old; None if there is no release or no database.

        One request refreshes it. Others use the known state, or wait if there is none. If the database fails, the known
        state stays.
        """
        if self.cached_release() is None and (self._loaded is None or not self._refresh.locked()):
            async with self._refresh:
                if time.monotonic() - self._checked_at > RELEASE_TTL_S:
                    self._checked_at = time.monotonic()
                    with suppress(Unavailable):
                        await self.database.read_primary(self._read_current, REFRESH_TIMEOUT_S)
                    self._checked_at = time.monotonic()
        return self._loaded.state if self._loaded else None

    def cached_release(self) -> ReleaseState | None:
        """Return the known state, or None if it is older than RELEASE_TTL_S."""
        is_fresh = time.monotonic() - self._checked_at <= RELEASE_TTL_S
        return self._loaded.state if self._loaded and is_fresh else None

    @property
    def contact(self) -> str:
        """The publisher's address for readers: the operator's setting, or that of the catalogue."""
        return self._contact or (self._loaded.contact if self._loaded else "")

    async def current(self, timeout_s: float | None = None) -> ReleaseState:
        """Return the state that the database shows now. Raises Unavailable."""
        return (await self.database.read(self._read_current, timeout_s)).state

    async def is_searchable(self, timeout_s: float) -> bool:
        """Return whether this code can search the index of the release. Raises Unavailable."""
        return (await self.database.read(self._read_current, timeout_s)).indexed

    async def read(self, work: Callable[[Connection], T]) -> tuple[ReleaseState, T]:
        """Run `work` on a snapshot and return the snapshot's state with the result. Raises Unavailable."""

        def run(connection: Connection) -> tuple[ReleaseState, T]:
            return self._read_current(connection).state, work(connection)

        def run_checked(connection: Connection) -> tuple[ReleaseState, T]:
            return self._read_known(connection, work)

        return await self.database.read(run, checked=run_checked)

    @contextmanager
    def snapshot(self) -> Iterator[tuple[ReleaseState, Connection]]:
        """Open a snapshot for an export, which runs in a thread of its own. Raises Unavailable."""
        with self.exports.snapshot(self._read_current) as (loaded, connection):
            yield loaded.state, connection

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
        self.exports.close()

    def _read_current(self, connection: Connection) -> LoadedRelease:
        """Return the release that a snapshot shows, and attach its caches to the connection."""
        started_at = time.monotonic()
        loads = fetch(connection, CURRENT_LOAD, {})
        known = self._loaded
        if not loads:
            raise Behind(self.database.display_url) if known and is_standby(connection) else Unavailable(NOT_LOADED)
        loaded = known if known and known.load == loads[0] else self._read_release(connection, loads[0])
        # A snapshot from before a load must not bring the old release back. A lower sequence counts only if nothing was
        # read since this snapshot began: then the database was restored from a backup.
        with self._lock:
            if self._loaded is None or loaded.sequence >= self._loaded.sequence:
                self._saw(loaded, connection)
            elif is_standby(connection):
                raise Behind(self.database.display_url)
            elif started_at >= self._seen_at:
                self._saw(loaded, connection)
        loaded.attach(connection)
        return loaded

    def _saw(self, loaded: LoadedRelease, connection: Connection) -> None:
        self._loaded, self._seen_at = loaded, time.monotonic()
        if not is_standby(connection):
            self._checked_at = self._seen_at

    def _read_known(self, connection: Connection, work: Callable[[Connection], T]) -> tuple[ReleaseState, T]:
        """Run `work` without a transaction. Raises TransactionNeeded unless its statements see the known release."""
        started_at, known = time.monotonic(), self._loaded
        if known is None:
            raise TransactionNeeded
        known.attach(connection)
        expected = connection.info[EXPECTED] = ExpectedLoad(known.load)
        try:
            result = work(connection)
        except ShanhaiError:
            if expected.seen:
                raise
            raise TransactionNeeded from None  # perhaps not an error of the current release
        if not expected.seen:  # the caches had it all
            raise TransactionNeeded
        with self._lock:
            if self._loaded is known:
                self._seen_at = max(self._seen_at, started_at)
                if not is_standby(connection):
                    self._checked_at = max(self._checked_at, started_at)
        return known.state, result

    def _read_release(self, connection: Connection, load: Sequence[Any]) -> LoadedRelease:
        release = _read_current_release(connection)
        contact = self._contact or release.catalog["publisher"].get("contact", "")
        fingerprint = f"{release.id} {release.sequence} {self._version} {contact}"
        terms, publisher = release.catalog["license"], release.catalog["publisher"]["en"]
        state = ReleaseState(release.id, terms["id"], fingerprint, release.loaded_in_utc, terms["url"], publisher)
        return LoadedRelease(load, state, fits(release.indexed_by), Facts(), query_terms(connection), contact)


def read_release(connection: Connection) -> PublishedRelease:
    """Return the release being served. Raises Unavailable if there is none."""
    return _publish(_read_current_release(connection))


def read_history(connection: Connection) -> list[PublishedRelease]:
    """Return all releases that were served; the one that was loaded last, which is being served, comes first."""
    rows = connection.execute(_NEWEST_FIRST).mappings()
    return [_publish(Release.model_validate(dict(row))) for row in rows]


def read_catalog(connection: Connection) -> dict[str, Any]:
    """Return the catalogue of the release being served. Raises Unavailable if there is none."""
    return _read_current_release(connection).catalog


def _read_current_release(connection: Connection) -> Release:
    row = connection.execute(_CURRENT).mappings().one_or_none()
    if row is None:
        raise Unavailable(NOT_LOADED)
    return Release.model_validate(dict(row))


def _publish(release: Release) -> PublishedRelease:
    return {
        "id": release.id,
        "edition": release.edition,
        "released_on": release.released_on,
        "content_hash": release.content_hash,
        "previous_id": release.previous_id,
        # A release from before a collection was added has no records of it.
        "counts": dict.fromkeys(COLLECTIONS, 0) | release.counts,
    }
