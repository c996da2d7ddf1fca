"""The records that somebody may have meant who named none."""

import re
from difflib import get_close_matches

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import SLUG, Entity

BEGINNING = 2  # characters that are taken to be right
MOST = 1000  # ids that are looked through


def near_ids(connection: Connection, entity: type[Entity], record_id: str) -> list[str]:
    """Up to three ids of an entity's records that begin like this one and are nearly it, the nearest first."""
    if not re.fullmatch(SLUG, record_id):
        return []
    column = entity.table().c.id
    alike = sa.select(column).where(column.startswith(record_id[:BEGINNING])).order_by(column).limit(MOST)
    return get_close_matches(record_id, connection.scalars(alike).all(), n=3)
