"""The history of a record: its values in each frozen release."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.read.dataset import PublishedRelease, read_history
from app.releases.store import FrozenRelease, ReleaseStore

MAX_RELEASES = 12  # whose files are read


class Version(NamedTuple):
    """A release and the record in it; None if it has no such record, or if its files are not here."""

    release: PublishedRelease
    available: bool  # whether the files of the release are here
    record: dict[str, Any] | None
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


def _record(frozen: FrozenRelease, entity: type[Entity], record_id: str) -> dict[str, Any] | None:
    """Read a record from the `dataset.sqlite` of a release."""
    file = frozen.file("dataset.sqlite")
    if file is None or not frozen.is_present(file):
        return None
    engine = sa.create_engine(
        f"sqlite:///file:{frozen.path(file.name)}?mode=ro&immutable=1&uri=true", poolclass=sa.NullPool
    )
    table = entity.collection.table
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(table):
            return None
        records = sa.table(table, sa.column("id"))
        statement = sa.select(sa.text("*")).select_from(records).where(records.c.id == record_id)
        row = connection.execute(statement).mappings().one_or_none()
    return dict(row) if row else None
