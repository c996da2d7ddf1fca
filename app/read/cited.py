"""The records that cite a source, for those who verify them."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import col

from app.entity import Cited, CitedSpan
from app.evidence.explain import COMPUTED
from app.evidence.numerals import TIMES
from app.evidence.spans import Paragraph
from app.models import ENTITIES, Figure
from app.models.source import Source


def read_cited(connection: Connection, source_id: str) -> list[CitedSpan]:
    """Return the cited span of every record that cites a source."""
    spans = []
    for entity in ENTITIES:
        if issubclass(entity, Cited):
            table = entity.table().c
            columns = table.id, table[entity.words_column], table.paragraph, table.start, table.end
            rows = connection.execute(sa.select(*columns).where(table.source_id == source_id))
            spans += [CitedSpan(entity.collection.slug, *row) for row in rows]
    table = Figure.table().c
    times = sa.select(table.id, table.time_stated, table.time_paragraph, table.time_offset)
    for record_id, words, paragraph, start in connection.execute(
        times.where(table.source_id == source_id, table.time_stated.is_not(None))
    ):
        spans.append(CitedSpan(TIMES, record_id, words, paragraph, start, start + len(words)))
    return spans


def read_stated(connection: Connection, source_id: str) -> list[Mapping[str, Any]]:
    """Return the words of each figure of a source, with what was computed from them."""
    table = Figure.table().c
    columns = (table[name] for name in ("id", "as_stated", *COMPUTED))
    return [*connection.execute(sa.select(*columns).where(table.source_id == source_id)).mappings()]


def read_paragraphs(connection: Connection) -> dict[str, list[Paragraph]]:
    """Return the paragraphs of each source by the source's id."""
    rows = connection.execute(sa.select(col(Source.id), col(Source.paragraphs)))
    return {row.id: [Paragraph(*map(each.get, Paragraph._fields)) for each in row.paragraphs] for row in rows}
