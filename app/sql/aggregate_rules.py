"""Rules against misleading sums and notes on groups, each as a column of the aggregate's statement."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from app.db.exact_sum import ExactSum
from app.entity import Column, Entity, Qualified
from app.request.measures import Group, Measure
from app.sql import MAX_SHAPES

Kind = Literal["mixed", "replaced", "unknown", "too large"]


class Rule(NamedTuple):
    """A rule for some measures, the column it is about, and whether a group breaks it, as an aggregate."""

    measures: tuple[str, ...]
    column: Column
    broken: sa.ColumnElement[Any]
    kind: Kind


class Note(NamedTuple):
    """A note on all groups, and the aggregate that it needs of each: the number of inexact values, or the unit."""

    value: sa.ColumnElement[Any]
    about: Qualified | Column


@lru_cache(MAX_SHAPES)
def rules(entity: type[Entity], group_by: tuple[Group, ...], measures: tuple[Measure, ...]) -> tuple[Rule, ...]:
    """Return the rules for measures of groups, except those that need a statement of their own."""
    return tuple(_rules(entity, {group.column.name for group in group_by}, measures))


@lru_cache(MAX_SHAPES)
def notes(entity: type[Entity], group_by: tuple[Group, ...], measures: tuple[Measure, ...]) -> tuple[Note, ...]:
    """Return the notes that measures of groups may need."""
    return tuple(_notes(entity, {group.column.name for group in group_by}, measures))


def _rules(entity: type[Entity], grouped: set[str], measures: Sequence[Measure]) -> Iterator[Rule]:
    columns = entity.columns()
    for unit in _units(measures, grouped):
        names = tuple(measure.name for measure in measures if measure.unit_in == unit)
        yield Rule(names, columns[unit], _differs(columns[unit]), "mixed")
    if adding := adding_measures(measures):
        for name in entity.additive_within:
            if name not in grouped:
                yield Rule(adding, columns[name], _differs(columns[name]), "mixed")
        if entity.replaced_column:
            replaced = columns[entity.replaced_column]
            yield Rule(adding, replaced, sa.func.count(replaced.sql) > 0, "replaced")
    for amount in dict.fromkeys(measure.amount for measure in measures):
        if amount:
            own = [measure for measure in measures if measure.amount is amount]
            known = sa.func.count(amount.sql)
            yield Rule(tuple(measure.name for measure in own), amount, known < sa.func.count(), "unknown")
            if adding := adding_measures(own):
                too_large = sa.and_(known > 0, known == sa.func.count(), ExactSum(amount.sql).is_(None))
                yield Rule(adding, amount, too_large, "too large")


def _notes(entity: type[Entity], grouped: set[str], measures: Sequence[Measure]) -> Iterator[Note]:
    columns, qualified = entity.columns(), entity.qualified
    if qualified and {measure.amount.name for measure in measures if measure.amount} & set(qualified.amounts):
        yield Note(sa.func.count(sa.case((columns[qualified.by].sql != qualified.exact, 1))), qualified)
    for unit in _units(measures, grouped):
        yield Note(sa.func.min(columns[unit].sql), columns[unit])


def adding_measures(measures: Sequence[Measure]) -> tuple[str, ...]:
    """Return the names of the measures that add amounts up."""
    return tuple(measure.name for measure in measures if measure.adds)


def _units(measures: Sequence[Measure], grouped: set[str]) -> list[str]:
    """Return the columns with units of the measures by which the records are not grouped."""
    units = dict.fromkeys(measure.unit_in for measure in measures)
    return [unit for unit in units if unit and unit not in grouped]


def _differs(column: Column) -> sa.ColumnElement[Any]:
    """Whether the records of a group differ in a column; null is a value too."""
    differs = sa.func.min(column.sql) != sa.func.max(column.sql)
    known = sa.func.count(column.sql)
    return sa.or_(differs, sa.and_(known > 0, known < sa.func.count())) if column.nullable else differs
