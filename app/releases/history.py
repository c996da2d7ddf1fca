"""A record over the releases: how it stood in each that is kept here."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.read.dataset import PublishedRelease, read_history
from app.releases.store import FrozenRelease, ReleaseStore

MOST = 12  # releases that are looked into


class Version(NamedTuple):
    """A release, and the record as it was in it; None where there was none, or where the release is not kept here."""

    release: PublishedRelease
    kept: bool
    record: dict[str, Any] | None
    changed: list[str]  # the fields that differ from the release before


def read_versions(connection: Connection, shelf: ReleaseStore, entity: type[Entity], record_id: str) -> list[Version]:
    """The newest releases, newest first, each with the record as it was."""
    history = read_history(connection)[:MOST]
    found = []
    before: dict[str, Any] | None = None
    for place, release in enumerate(reversed(history)):
        frozen = shelf.find(release["id"])
        record = _record(frozen, entity, record_id) if frozen else None
        changed = _changed(before, record) if place and before and record else []
        found.append(Version(release, frozen is not None, record, changed))
        before = record
    return found[::-1]


def _record(frozen: FrozenRelease, entity: type[Entity], record_id: str) -> dict[str, Any] | None:
    """A record of an edition, out of its database."""
    file = frozen.file("dataset.sqlite")
    if file is None or not frozen.lies_ready(file):
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
