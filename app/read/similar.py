"""Existing values that are similar to a missing one."""

import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import SLUG, Entity
from app.nearest import find_nearest

PREFIX_CHARS = 2  # that must be equal
MAX_CANDIDATES = 1000


def similar_ids(connection: Connection, entity: type[Entity], record_id: str) -> list[str]:
    """Return up to three ids of an entity's records with the same prefix that are similar, the nearest first."""
    return similar_values(connection, entity.table().c.id, record_id) if re.fullmatch(SLUG, record_id) else []


def similar_values(connection: Connection, column: sa.ColumnElement[str], text: str) -> list[str]:
    """Return up to three values of a column with the same prefix that are similar, the nearest first."""
    candidates = sa.select(column).where(column.startswith(text[:PREFIX_CHARS], autoescape=True))
    return find_nearest(text, connection.scalars(candidates.order_by(column).limit(MAX_CANDIDATES)))
