"""Existing values that are similar to a missing one."""

import re
from heapq import nlargest
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import SLUG, Entity
from app.nearest import find_nearest

PREFIX_CHARS = 2  # that must be equal
MAX_TEXT_CHARS = 64  # of a missing value; a longer one has no similar ones, for comparing takes the square of it
MAX_CANDIDATES = 1000  # values that are read
MAX_COMPARED = 20  # of them that are compared in full: those with the most pairs of letters in common


def similar_ids(connection: Connection, entity: type[Entity], record_id: str) -> list[str]:
    """Return up to three ids of an entity's records with the same prefix that are similar, the nearest first."""
    return similar_values(connection, entity.table().c.id, record_id) if re.fullmatch(SLUG, record_id) else []


def similar_values(connection: Connection, column: sa.ColumnElement[str], text: str) -> list[str]:
    """Return up to three values of a column with the same prefix that are similar, the nearest first."""
    if len(text) > MAX_TEXT_CHARS:
        return []
    candidates = sa.select(column).where(column.startswith(text[:PREFIX_CHARS], autoescape=True))
    values = connection.scalars(candidates.order_by(column).limit(MAX_CANDIDATES))
    return find_nearest(text, nlargest(MAX_COMPARED, values, lambda value: _common_pairs(text, value)))


def _common_pairs(text: str, other: str) -> float:
    """Return the share of neighbouring letters that two texts have in common, from 0 to 1; in time linear in both."""
    pairs, others = {*pairwise(text)}, {*pairwise(other)}
    return len(pairs & others) / (len(pairs | others) or 1)
