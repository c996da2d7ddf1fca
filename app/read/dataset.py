"""The dataset as it is being served: which database, and which release of it."""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from anyio import Lock
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from app.db import Database
from app.errors import Unavailable
from app.http.validators import ReleaseState
from app.models import COLLECTIONS
from app.read.cache import FACTS, Facts, new_cache
from app.read.index import INDEXED, index_version
from app.sql.prepared import fetch

T = TypeVar("T")

RELEASE_TTL_S = 0.5  # seconds for which the known release is believed without asking
READ_TIMEOUT_S = 2.0  # seconds to wait for the answer

_releases = SQLModel.metadata.tables["releases"]
_CURRENT = sa.select(_releases).order_by(_releases.c.sequence.desc()).limit(1)
_LOAD = _CURRENT.with_only_columns(_releases.c.id, _releases.c.sequence, _releases.c.loaded_at)


class Shown(NamedTuple):
    """A release as snapshots show it: by which load it came, what answers depend on, and what is known of it."""

    load: Sequence[Any]
    state: ReleaseState
    indexed: bool
    facts: Facts
    contact: str


class DatasetReader:
    """Reads the database one snapshot at a time, and knows the release that each snapshot shows."""

    def __init__(self, address: str, version: str, contact: str = "") -> None:
        """Open a database. `version` and `contact` are the code's and the operator's, on which answers depend too."""
        self.database = Database(address)
        self.exports = Database(address, "export")
        self._version = version
        self._contact = contact
        self._known: ReleaseState | None = None
        self._asked = float("-inf")
        self._asking = Lock()
        self._shown: Shown | None = None

    async def release(self) -> ReleaseState | None:
        """The current state, at most half a second old; None where there is no release or no database.

        One request asks; the others go on with what is known, or wait with it where that is nothing. And nobody waits
        long for a database that is stuck.
        """
        if self.cached_release() is None and (self._known is None or not self._asking.locked()):
            async with self._asking:
                if time.monotonic() - self._asked > RELEASE_TTL_S:
                    self._asked = time.monotonic()
                    with suppress(Unavailable):  # what was known stays known; whoever reads more is told by that read
                        await self.current(READ_TIMEOUT_S)
                    self._asked = time.monotonic()  # when the answer came, or did not: who waited need not ask again
        return self._known

    def cached_release(self) -> ReleaseState | None:
        """The current state where it is known without asking; None where it is to be asked for."""
        return self._known if time.monotonic() - self._asked <= RELEASE_TTL_S else None

    @property
    def contact(self) -> str:
        """Where readers write to the publisher: as the operator set it, else as the catalogue last read says."""
        return self._contact or (self._shown.contact if self._shown else "")

    async def is_searchable(self, patience: float) -> bool:
        """Whether what is served is indexed as this code searches. Raises Unavailable."""

        def run(connection: Connection) -> bool:
            return self._current(connection) and bool(connection.info[INDEXED])

        return await self.database.read(run, patience)

    async def current(self, patience: float) -> ReleaseState:
        """The state, asked for now. Raises Unavailable."""
        self._known = await self.database.read(self._current, patience)
        return self._known

    async def read(self, work: Callable[[Connection], T]) -> tuple[ReleaseState, T]:
        """Run `work` on one snapshot; the state is the one that this very snapshot shows. Raises Unavailable."""

        def run(connection: Connection) -> tuple[ReleaseState, T]:
            return self._current(connection), work(connection)

        state, result = await self.database.read(run)
        self._known, self._asked = state, time.monotonic()
        return state, result

    @contextmanager
    def snapshot(self) -> Iterator[tuple[ReleaseState, Connection]]:
        """One snapshot for as long as an export takes, for a thread of its own. Raises Unavailable."""
        with self.exports.transaction() as connection:
            yield self._current(connection), connection

    def close(self) -> None:
        """Give back every connection."""
        self.database.close()
        self.exports.close()

    def _current(self, connection: Connection) -> ReleaseState:
        """The state that a snapshot shows; the connection is told what else is known of that release."""
        loads = fetch(connection, _LOAD, {})
        if not loads:
            raise Unavailable("no release is loaded yet; run `shanhai load`")
        shown = self._shown
        if shown is None or shown.load != loads[0]:
            shown = self._shown = self._look(connection, loads[0])
        connection.info.update({INDEXED: shown.indexed, FACTS: shown.facts})
        return shown.state

    def _look(self, connection: Connection, load: Sequence[Any]) -> "Shown":
        row = connection.execute(_CURRENT).one()
        # SQLite keeps no time zone and was given UTC; PostgreSQL tells the time in a zone of its own.
        loaded_at = row.loaded_at.astimezone(dt.UTC) if row.loaded_at.tzinfo else row.loaded_at.replace(tzinfo=dt.UTC)
        contact = self._contact or row.catalog["publisher"].get("contact", "")
        fingerprint, terms = f"{row.id} {row.sequence} {self._version} {contact}", row.catalog["license"]
        state = ReleaseState(row.id, terms["id"], fingerprint, loaded_at, terms["url"])
        return Shown(load, state, row.indexed_by == index_version(), new_cache(), contact)


def read_release(connection: Connection) -> dict[str, Any]:
    """The release being served, as it is told to clients. Raises NoResultFound where there is none."""
    return _told(connection.execute(_CURRENT).mappings().one())


def _told(row: Mapping[Any, Any]) -> dict[str, Any]:
    told = ("id", "edition", "released_on", "content_hash", "previous_id", "counts")
    # A release that is older than a collection counts none of its records.
    return {name: row[name] for name in told} | {"counts": dict.fromkeys(COLLECTIONS, 0) | row["counts"]}


def read_history(connection: Connection) -> list[dict[str, Any]]:
    """Every release that was served, as it is told to clients, newest first."""
    rows = connection.execute(sa.select(_releases).order_by(_releases.c.sequence.desc()))
    return [_told(row) for row in rows.mappings()]


def read_catalog(connection: Connection) -> dict[str, Any]:
    """The catalogue of the release being served. Raises NoResultFound where there is none."""
    catalog: dict[str, Any] = connection.execute(_CURRENT).one().catalog
    return catalog
