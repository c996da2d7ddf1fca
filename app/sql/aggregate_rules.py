"""Rules against misleading sums: mixed units, unknown values, sums too large; each as an aggregate over a group."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from app.db.exact_sum import ExactSum
from app.entity import Column, Entity
from app.request.measures import Group, Measure
from app.sql import MAX_SHAPES

Kind = Literal["mixed", "unknown", "too large"]


class Rule(NamedTuple):
    """A rule: the measures that need it, the column that it is about, and which groups break it, as an aggregate."""

    measures: tuple[str, ...]
    column: Column
    broken: sa.ColumnElement[Any]
    kind: Kind


@lru_cache(MAX_SHAPES)
def rules(entity: type[Entity], chosen: tuple[Group, ...], measured: tuple[Measure, ...]) -> tuple[Rule, ...]:
    """The rules that measures of a collection's groups must keep, all but the one on parts."""
    return tuple(_rules(entity, {group.column.name for group in chosen}, measured))


def _rules(entity: type[Entity], grouped: set[str], measured: Sequence[Measure]) -> Iterator[Rule]:
    columns = entity.columns()
    for unit in dict.fromkeys(measure.unit_in for measure in measured):
        if unit and unit not in grouped:
            names = tuple(measure.name for measure in measured if measure.unit_in == unit)
            yield Rule(names, columns[unit], _differs(columns[unit]), "mixed")
    if adding := summing(measured):
        for name in entity.additive_within:
            if name not in grouped:
                yield Rule(adding, columns[name], _differs(columns[name]), "mixed")
    for amount in dict.fromkeys(measure.amount for measure in measured):
        if amount:
            of_it = [measure for measure in measured if measure.amount is amount]
            known = sa.func.count(amount.sql)
            yield Rule(tuple(measure.name for measure in of_it), amount, known < sa.func.count(), "unknown")
            if summed := summing(of_it):
                too_large = sa.and_(known > 0, known == sa.func.count(), ExactSum(amount.sql).is_(None))
                yield Rule(summed, amount, too_large, "too large")


def summing(measured: Sequence[Measure]) -> tuple[str, ...]:
    """The names of the measures that add amounts up."""
    return tuple(measure.name for measure in measured if measure.adds)


def _differs(column: Column) -> sa.ColumnElement[Any]:
    """Whether a group's records differ in a column; null is a value of its own."""
    differs = sa.func.min(column.sql) != sa.func.max(column.sql)
    known = sa.func.count(column.sql)
    return sa.or_(differs, sa.and_(known > 0, known < sa.func.count())) if column.nullable else differs
