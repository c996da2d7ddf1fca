"""The records that stand at a place of a source, for whoever verifies them."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Cited, CitedSpan
from app.models import ENTITIES
from app.models.source import Source


def read_cited(connection: Connection, source_id: str) -> list[CitedSpan]:
    """Every record of every collection that cites a source."""
    found = []
    for entity in ENTITIES:
        if issubclass(entity, Cited):
            table = entity.table().c
            words = table[entity.words_column]
            statement = sa.select(table.id, words, table.paragraph, table.start, table.end).where(
                table.source_id == source_id
            )
            found += [CitedSpan(entity.collection.slug, *row) for row in connection.execute(statement)]
    return found


def read_paragraphs(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """The paragraphs of every source, by the source's id."""
    table = Source.table().c
    return {row.id: row.paragraphs for row in connection.execute(sa.select(table.id, table.paragraphs))}
