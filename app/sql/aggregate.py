"""The statements of an aggregate: groups with their measures, parts with their whole, and two records of one thing."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from app.entity import Column, Entity
from app.request.aggregate import MAX_GROUPS
from app.request.measures import Group, Measure, join_groups, self_references
from app.request.records import SortKey
from app.sql.aggregate_rules import notes, rules
from app.sql.conditions import Shapes, where
from app.sql.memo import cached_by_shape
from app.sql.statements import order_by


class AggregateShape(NamedTuple):
    """The part of a request that its SQL depends on."""

    entity: type[Entity]
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    filters: Shapes
    sort: tuple[SortKey, ...]


@cached_by_shape
def aggregate_statement(shape: AggregateShape) -> sa.Select[Any]:
    """SELECT for each group its keys, its measures, its count, the values of notes, and whether it breaks each rule."""
    what = shape.entity, shape.groups, shape.measures
    keys = [group.column.sql for group in shape.groups]
    measures = [measure.column.sql for measure in shape.measures]
    note_values, broken = [note.value for note in notes(*what)], [rule.broken for rule in rules(*what)]
    columns = [*keys, *measures, sa.func.count(), *note_values, *broken]
    return (
        sa.select(*(column.label(f"column_{number}") for number, column in enumerate(columns)))
        .select_from(join_groups(shape.entity, shape.groups))
        .where(*where(shape.filters))
        .group_by(*keys)
        .order_by(*(order_by(key, backwards=False) for key in shape.sort))
        .limit(MAX_GROUPS + 1)
    )


@cached_by_shape
def part_statement(
    entity: type[Entity], filters: Shapes, group_by: tuple[Group, ...], reference: Column
) -> sa.Select[Any]:
    """SELECT the first part and whole that both match and are in one group, with the keys of the group.

    The recursion starts at the matching records that are parts, mostly few, and climbs through records that do not
    match themselves.
    """
    table, parents = entity.table(), entity.table().alias()
    matching, parent = where(filters), parents.c[reference.name]
    keys = [group.column.sql.label(f"key_{number}") for number, group in enumerate(group_by)]
    source = join_groups(entity, group_by)
    parts = sa.select(table.c.id.label("part"), reference.sql.label("whole"), *keys).select_from(source)
    chain = parts.where(reference.sql.is_not(None), *matching).cte("chain", recursive=True)
    climb = sa.select(chain.c.part, parent, *list(chain.c)[2:]).join(parents, parents.c.id == chain.c.whole)
    chain = chain.union(climb.where(parent.is_not(None)))
    chain_keys = list(chain.c)[2:]
    # A correlated subquery by the whole's id: no database plans a join of all pairs.
    same_group = [key.element.is_not_distinct_from(chain_key) for key, chain_key in zip(keys, chain_keys, strict=True)]
    whole = sa.select(table.c.id).select_from(source).where(table.c.id == chain.c.whole)
    return (
        sa.select(chain)
        .where(whole.where(*matching, *same_group).exists())
        .order_by(*(key.asc().nulls_last() for key in chain_keys), chain.c.part, chain.c.whole)
        .limit(1)
    )


@cached_by_shape
def several_statement(entity: type[Entity], filters: Shapes, group_by: tuple[Group, ...]) -> sa.Select[Any]:
    """SELECT the first two records of one group that speak of one thing, with the keys of the group.

    Parts are left out: where nothing else is wrong, those of a group are of one whole.
    """
    record_id, columns = entity.table().c.id, entity.columns()
    keys, same = [group.column.sql for group in group_by], [columns[name].sql for name in entity.added_once]
    wholes = [reference.sql.is_(None) for reference in self_references(entity)]
    first, last = sa.func.min(record_id), sa.func.max(record_id)
    return (
        sa.select(first, last, *(key.label(f"key_{number}") for number, key in enumerate(keys)))
        .select_from(join_groups(entity, group_by))
        .where(*where(filters), *wholes)
        .group_by(*keys, *same)
        .having(sa.func.count() > 1)
        .order_by(first)
        .limit(1)
    )
