"""Releases, their files, and the changes between two releases."""

import datetime as dt
from typing import Annotated, Any

from pydantic import Field, NonNegativeInt

from app.api.models.envelope import Address, Closed, Links, Meta, Sha256


class CurrentRelease(Closed):
    """The served release."""

    id: str
    edition: str
    released_on: dt.date
    content_hash: Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
    previous_id: Annotated[
        str | None,
        Field(
            description="The release that was served when this one was first loaded; null if there was none. An older "
            "edition that is loaded later follows a newer one."
        ),
    ]
    counts: dict[str, NonNegativeInt]


class ReleaseFile(Closed):
    """A file of a release."""

    name: str
    media_type: str
    bytes: NonNegativeInt
    sha256: Sha256
    rows: NonNegativeInt | None
    url: Address


class Release(CurrentRelease):
    """A release of the dataset. `files` is empty if this server does not store its files."""

    files: list[ReleaseFile]
    links: Links


class ReleasesAnswer(Closed):
    """Every release, the last loaded first."""

    data: list[Release]
    meta: Meta
    links: Links


class ReleaseAnswer(Closed):
    """One release."""

    data: Release
    meta: Meta
    links: Links


class DiffRecord(Closed):
    """A record that was added or removed."""

    collection: str
    id: str
    name_zh: str
    name_en: str


class DiffValue(Closed):
    """A field of a record with its value in the old and the new release."""

    collection: str
    id: str
    field: str
    before: Any
    after: Any


class Diff(Closed):
    """The changes from one release to another."""

    old: str
    new: str
    added: list[DiffRecord]
    removed: list[DiffRecord]
    changed: list[DiffValue]


class DiffAnswer(Closed):
    """The changes from one release to another."""

    data: Diff
    meta: Meta
    links: Links
