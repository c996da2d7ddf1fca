"""What somebody may have meant who named nothing that there is."""

import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import SLUG, Entity
from app.nearest import find_nearest

BEGINNING = 2  # characters that are taken to be right
MOST = 1000  # values that are looked through


def similar_ids(connection: Connection, entity: type[Entity], record_id: str) -> list[str]:
    """Up to three ids of an entity's records that begin like this one and are nearly it, the nearest first."""
    return similar_values(connection, entity.table().c.id, record_id) if re.fullmatch(SLUG, record_id) else []


def similar_values(connection: Connection, column: sa.ColumnElement[str], text: str) -> list[str]:
    """Up to three values of a column that begin like this text and are nearly it, the nearest first."""
    alike = sa.select(column).where(column.startswith(text[:BEGINNING], autoescape=True)).order_by(column).limit(MOST)
    return find_nearest(text, connection.scalars(alike))
