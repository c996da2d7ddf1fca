"""The served dataset as the standards describe it, with its files."""

import re
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.formats import FORMATS
from app.models import COLLECTIONS
from app.models.place import Place
from app.models.term import Term
from app.read.dataset import read_catalog, read_history, read_release
from app.read.provenance import read_sources
from app.releases.store import FrozenRelease, ReleaseStore
from app.standards.dataset import Dataset, File


def read_dataset(
    connection: Connection, store: ReleaseStore, base_url: str, *, is_public: bool, contact: str = ""
) -> Dataset:
    """Return the dataset of the served release.

    `base_url` is the address before `/v1`, `is_public` whether it is the same for every client; `contact` is the
    publisher's, empty if there is none.
    """
    release = read_release(connection)
    frozen = store.find(release["id"])
    files = _frozen_files(frozen, base_url) if frozen else _living_files(base_url)
    # A release that was frozen before a collection was added has no files of it.
    entities = tuple(each for each in COLLECTIONS.values() if any(file.entity is each for file in files))
    return Dataset(
        read_catalog(connection),
        release,
        read_history(connection),
        read_sources(connection),
        _read_records(connection, Place),
        entities,
        files,
        base_url,
        is_public,
        contact,
        _read_records(connection, Term),
    )


def _read_records(connection: Connection, entity: type[Entity]) -> list[dict[str, Any]]:
    table = entity.table().c
    return [msgspec.json.decode(row.record) for row in connection.execute(sa.select(table.record).order_by(table.id))]


def _frozen_files(frozen: FrozenRelease, base_url: str) -> list[File]:
    """Return the frozen files of the release."""
    folder = f"{base_url}/v1/releases/{frozen.edition.id}/files"
    return [
        File(
            each.name,
            f"{folder}/{each.name}",
            each.media_type,
            COLLECTIONS.get(re.split("[./]", each.name)[0]),
            each.bytes,
            each.sha256,
            each.rows,
        )
        for each in frozen.edition.files
    ]


def _living_files(base_url: str) -> list[File]:
    """Return the files that are made on request, for a release that is not frozen."""
    return [
        File(f"{slug}.{form.name}", f"{base_url}/v1/{slug}.{form.name}", form.media_type, entity)
        for slug, entity in COLLECTIONS.items()
        for form in FORMATS.values()
    ]
