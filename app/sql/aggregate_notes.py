"""What the notes of an aggregate depend on: how many values are not exact, and in which units they are."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.entity import Column, Entity, Qualified
from app.request.measures import Group, Measure
from app.sql import MAX_SHAPES


class Note(NamedTuple):
    """A note: the aggregate that it needs of every group, and what it says of them, if anything."""

    witness: sa.ColumnElement[Any]
    about: Qualified | Column


@lru_cache(MAX_SHAPES)
def notes(entity: type[Entity], chosen: tuple[Group, ...], measured: tuple[Measure, ...]) -> tuple[Note, ...]:
    """The notes that measures of a collection's groups may need."""
    return tuple(_notes(entity, {group.column.name for group in chosen}, measured))


def _notes(entity: type[Entity], grouped: set[str], measured: Sequence[Measure]) -> Iterator[Note]:
    columns = entity.columns()
    amounts = {measure.amount.name for measure in measured if measure.amount}
    qualified = entity.qualified
    if qualified and amounts & set(qualified.amounts):
        inexact = sa.case((columns[qualified.by].sql != qualified.exact, 1))
        yield Note(sa.func.count(inexact), qualified)
    for unit in dict.fromkeys(measure.unit_in for measure in measured):
        if unit and unit not in grouped:
            yield Note(sa.func.min(columns[unit].sql), columns[unit])
