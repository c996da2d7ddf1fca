"""The history of records: their values in each frozen release."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.read.dataset import PublishedRelease, read_history
from app.releases.store import FrozenRelease, ReleaseStore

Record = dict[str, Any]

MAX_RELEASES = 12  # whose files are read


class Version(NamedTuple):
    """A release and the record in it; None if it has no such record, or if its files are not here."""

    release: PublishedRelease
    available: bool  # whether the files of the release are here
    record: Record | None
    previous: "Version | None" = None  # what the release is compared with, if that is among the versions

    @property
    def changed(self) -> list[str]:
        """The fields that differ from the previous version."""
        if not self.previous or not self.previous.record or not self.record:
            return []
        return [name for name, value in self.record.items() if self.previous.record.get(name) != value]


def read_versions(connection: Connection, store: ReleaseStore, entity: type[Entity], record_id: str) -> list[Version]:
    """Return the releases with the record in each, the last loaded first.

    Each is compared with the release that it names as the previous one, which need not be the next in the list: an
    edition that is loaded again comes first and keeps its previous one.
    """
    versions = {}
    for release in read_history(connection)[:MAX_RELEASES]:
        frozen = store.find(release["id"])
        record = _record(frozen, entity, record_id) if frozen else None
        versions[release["id"]] = Version(release, frozen is not None, record)
    return [each._replace(previous=versions.get(each.release["previous_id"] or "")) for each in versions.values()]


def read_days(
    connection: Connection, store: ReleaseStore, wanted: Mapping[type[Entity], Collection[str]]
) -> dict[tuple[str, str], dt.date]:
    """Return since when each record is as it is now, by collection and id: the day of the oldest release with it so.

    Only fields that both of two releases have are compared. Where the files of a release are not here, what was before
    is unknown, and the day is that of the release after it.
    """
    history = {release["id"]: release for release in read_history(connection)[:MAX_RELEASES]}
    served = history.pop(next(iter(history)))
    days = {(entity.collection.slug, each): served["released_on"] for entity, ids in wanted.items() for each in ids}
    after, previous = _read_all(store, served["id"], wanted), served["previous_id"]
    while after and (release := history.pop(previous or "", None)):
        before = _read_all(store, release["id"], {entity: _ids(after, entity) for entity in wanted})
        after = {key: after[key] for key in before if _agree(before[key], after[key])}
        days |= dict.fromkeys(after, release["released_on"])
        previous = release["previous_id"]
    return days


def _ids(records: Mapping[tuple[str, str], Any], entity: type[Entity]) -> list[str]:
    return [record_id for slug, record_id in records if slug == entity.collection.slug]


def _agree(before: Record, after: Record) -> bool:
    return all(after[name] == before[name] for name in before.keys() & after.keys())


def _read_all(
    store: ReleaseStore, release_id: str, wanted: Mapping[type[Entity], Collection[str]]
) -> dict[tuple[str, str], Record]:
    frozen = store.find(release_id)
    return _records(frozen, wanted) if frozen else {}


def _record(frozen: FrozenRelease, entity: type[Entity], record_id: str) -> Record | None:
    return _records(frozen, {entity: [record_id]}).get((entity.collection.slug, record_id))


def _records(frozen: FrozenRelease, wanted: Mapping[type[Entity], Collection[str]]) -> dict[tuple[str, str], Record]:
    """Read records from the `dataset.sqlite` of a release, by collection and id."""
    file = frozen.file("dataset.sqlite")
    if file is None or not frozen.is_present(file):
        return {}
    engine = sa.create_engine(
        f"sqlite:///file:{frozen.path(file.name)}?mode=ro&immutable=1&uri=true", poolclass=sa.NullPool
    )
    found: dict[tuple[str, str], Record] = {}
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        for entity, ids in wanted.items():
            slug, table = entity.collection.slug, entity.collection.table
            if ids and table in tables:
                records = sa.table(table, sa.column("id"))
                statement = sa.select(sa.text("*")).select_from(records).where(records.c.id.in_(ids))
                found |= {(slug, row["id"]): dict(row) for row in connection.execute(statement).mappings()}
    return found
