"""Releases, their files, and the changes between two releases."""

import datetime as dt
from typing import Annotated, Any

from pydantic import Field, NonNegativeInt

from app.api.models.envelope import Address, Closed, Links, Meta, Sha256
from app.api.texts import chinese, described
from app.entity import Bilingual


class CurrentRelease(Closed, json_schema_extra=chinese(description="当前提供的版本。")):
    """The served release."""

    id: str
    edition: str
    released_on: dt.date
    content_hash: Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
    previous_id: Annotated[
        str | None,
        Field(
            **described(
                Bilingual(
                    "首次加载此版本时正在提供的版本；没有则为空。较旧的版本若后来加载，也排在较新的版本之后。",
                    "The release that was served when this one was first loaded; null if there was none. An older "
                    "edition that is loaded later follows a newer one.",
                )
            )
        ),
    ]
    counts: dict[str, NonNegativeInt]


class ReleaseFile(Closed, json_schema_extra=chinese(description="版本中的一个文件。")):
    """A file of a release."""

    name: str
    media_type: str
    bytes: NonNegativeInt
    sha256: Sha256
    rows: NonNegativeInt | None
    url: Address


class Release(
    CurrentRelease, json_schema_extra=chinese(description="数据集的一个版本。服务器没有保存其文件时，`files` 为空。")
):
    """A release of the dataset. `files` is empty if this server does not store its files."""

    files: list[ReleaseFile]
    links: Links


class ReleasesAnswer(Closed, json_schema_extra=chinese(description="全部版本，最后加载的在前。")):
    """Every release, the last loaded first."""

    data: list[Release]
    meta: Meta
    links: Links


class ReleaseAnswer(Closed, json_schema_extra=chinese(description="一个版本。")):
    """One release."""

    data: Release
    meta: Meta
    links: Links


class DiffRecord(Closed, json_schema_extra=chinese(description="增加或删除的一条记录。")):
    """A record that was added or removed."""

    collection: str
    id: str
    name_zh: str
    name_en: str


class DiffValue(Closed, json_schema_extra=chinese(description="记录的一个字段，以及它在新旧版本中的值。")):
    """A field of a record with its value in the old and the new release."""

    collection: str
    id: str
    field: str
    before: Any
    after: Any


class Diff(Closed, json_schema_extra=chinese(description="从一个版本到另一个版本的改动。")):
    """The changes from one release to another."""

    old: str
    new: str
    added: list[DiffRecord]
    removed: list[DiffRecord]
    changed: list[DiffValue]


class DiffAnswer(Closed, json_schema_extra=chinese(description="从一个版本到另一个版本的改动。")):
    """The changes from one release to another."""

    data: Diff
    meta: Meta
    links: Links
