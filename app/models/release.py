"""Releases: each state of the dataset that was loaded."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.entity import JSON, TEXT


class Release(SQLModel, table=True):
    """One release with its catalogue. The one with the highest `sequence` is served."""

    __tablename__ = "releases"

    id: str = Field(primary_key=True, sa_type=TEXT)
    sequence: int = Field(unique=True, sa_type=sa.BigInteger)
    edition: str = Field(sa_type=TEXT)
    released_on: dt.date
    content_hash: str = Field(sa_type=TEXT)
    previous_id: str | None = Field(foreign_key="releases.id", sa_type=TEXT)
    counts: dict[str, int] = Field(sa_type=JSON)
    catalog: dict[str, Any] = Field(sa_type=JSON)
    loaded_at: dt.datetime = Field(sa_type=sa.DateTime(timezone=True))
    # The rules that its search index was written by; null if the index must be written again.
    indexed_by: str | None = Field(default=None, sa_type=TEXT)

    @property
    def loaded_in_utc(self) -> dt.datetime:
        """When it was loaded. SQLite returns UTC without a time zone, PostgreSQL a time in the session's."""
        return self.loaded_at.astimezone(dt.UTC) if self.loaded_at.tzinfo else self.loaded_at.replace(tzinfo=dt.UTC)
