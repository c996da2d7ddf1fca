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
    changed: list[str]  # the fields that differ from the release before


def read_versions(connection: Connection, store: ReleaseStore, entity: type[Entity], record_id: str) -> list[Version]:
    """Return the newest releases with the record in each, newest first."""
    history = read_history(connection)[:MAX_RELEASES]
    versions = []
    before: dict[str, Any] | None = None
    for number, release in enumerate(reversed(history)):
        frozen = store.find(release["id"])
        record = _record(frozen, entity, record_id) if frozen else None
        changed = _changed(before, record) if number and before and record else []
        versions.append(Version(release, frozen is not None, record, changed))
        before = record
    return versions[::-1]


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


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in after if before.get(name) != after[name]]
