"""The statements of an aggregate: groups with their measures, and parts that stand beside their whole."""

from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.entity import Column, Entity
from app.request.aggregate import MAX_GROUPS
from app.request.measures import Group, Measure, joined
from app.request.records import SortKey
from app.sql import MAX_SHAPES
from app.sql.aggregate_notes import notes
from app.sql.aggregate_rules import rules
from app.sql.conditions import Shapes, where
from app.sql.statements import ordering


class AggregateShape(NamedTuple):
    """What of a request decides its statement."""

    entity: type[Entity]
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    filters: Shapes
    sort: tuple[SortKey, ...]


@lru_cache(MAX_SHAPES)
def aggregate_statement(shape: AggregateShape) -> sa.Select[Any]:
    """SELECT for each group its keys and measures; then its count, what notes need, and which rules it breaks."""
    asked = shape.entity, shape.groups, shape.measures
    keys = [group.column.sql for group in shape.groups]
    measured = [measure.column.sql for measure in shape.measures]
    witnesses = [note.witness for note in notes(*asked)]
    flags = [rule.broken for rule in rules(*asked)]
    columns = [*keys, *measured, sa.func.count(), *witnesses, *flags]
    return (
        sa.select(*(column.label(f"column_{number}") for number, column in enumerate(columns)))
        .select_from(joined(shape.entity, shape.groups))
        .where(*where(shape.filters))
        .group_by(*keys)
        .order_by(*(ordering(key, backwards=False) for key in shape.sort))
        .limit(MAX_GROUPS + 1)
    )


@lru_cache(MAX_SHAPES)
def part_statement(
    entity: type[Entity], filters: Shapes, chosen: tuple[Group, ...], reference: Column
) -> sa.Select[Any]:
    """SELECT a part, its whole and their group's keys: the first pair of which both match and are in one group.

    The chain upwards begins at the matching records that are parts at all, mostly few; it passes through records that
    do not match themselves.
    """
    table, up = entity.table(), entity.table().alias()
    matching, above = where(filters), up.c[reference.name]
    keys = [group.column.sql.label(f"key_{number}") for number, group in enumerate(chosen)]
    parts = sa.select(table.c.id.label("part"), reference.sql.label("whole"), *keys).select_from(joined(entity, chosen))
    chain = parts.where(reference.sql.is_not(None), *matching).cte("chain", recursive=True)
    carried = list(chain.c)[2:]
    further = sa.select(chain.c.part, above, *carried).join(up, up.c.id == chain.c.whole).where(above.is_not(None))
    chain = chain.union(further)
    carried = list(chain.c)[2:]
    # Asked for each pair by the whole's id, so that no database thinks of joining everything with everything.
    alike = [key.element.is_not_distinct_from(carried_key) for key, carried_key in zip(keys, carried, strict=True)]
    whole = sa.select(table.c.id).select_from(joined(entity, chosen)).where(table.c.id == chain.c.whole)
    return (
        sa.select(chain)
        .where(whole.where(*matching, *alike).exists())
        .order_by(*(key.asc().nulls_last() for key in carried), chain.c.part, chain.c.whole)
        .limit(1)
    )
