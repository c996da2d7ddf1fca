"""Whether a group holds a record beside its own part: what a sum would count twice."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Column, Entity
from app.query import plan
from app.query.aggregate_request import AggregateRequest
from app.query.aggregation import Group, joined, self_references
from app.query.conditions import Shapes, conditions, shapes_of, values_of


class Part(NamedTuple):
    """A part and its whole, by their ids, that stand in one group; `reference` is the column that leads up."""

    reference: Column
    part: str
    whole: str
    keys: Sequence[Any]


def find_part(connection: Connection, request: AggregateRequest) -> Part | None:
    """The first part that stands in one group with its whole, at whatever level; None where there is none."""
    filters, values = shapes_of(request.filters), values_of(request.filters)
    for reference in self_references(request.entity):
        statement = part_statement(request.entity, filters, request.groups, reference)
        if found := connection.execute(statement, values).first():
            return Part(reference, found[0], found[1], found[2:])
    return None


@lru_cache(plan.SHAPES)
def part_statement(
    entity: type[Entity], filters: Shapes, chosen: tuple[Group, ...], reference: Column
) -> sa.Select[Any]:
    """SELECT a part, its whole and their group's keys: the first pair of which both match and are in one group.

    The chain upwards begins at the matching records that are parts at all, mostly few; it passes through records that
    do not match themselves.
    """
    table, up = entity.table(), entity.table().alias()
    matching, above = conditions(filters), up.c[reference.name]
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
