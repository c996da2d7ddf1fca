"""Which records match: filters and searches, each a shape, of which statements are made, and the values bound to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.entity import Column
from app.query.operators import Operator
from app.query.searching import Search, SearchShape


class FilterShape(NamedTuple):
    """What of a filter decides its condition."""

    column: Column
    operator: Operator

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """What a row must satisfy."""
        name, many = self.operator.parameter(self.column), self.operator.takes == "many"
        kind = sa.Boolean() if self.operator.takes == "truth" else self.column.sql.type
        return self.operator.condition(self.column.sql, sa.bindparam(name, type_=kind, expanding=many))


@dataclass(frozen=True)
class Filter:
    """One condition: a column, an operator, and the value that the text stood for."""

    column: Column
    operator: Operator
    value: Any

    @property
    def shape(self) -> FilterShape:
        """What decides the condition."""
        return FilterShape(self.column, self.operator)

    @property
    def values(self) -> dict[str, Any]:
        """What is bound to it."""
        return {self.operator.parameter(self.column): self.operator.bind(self.value)}


Condition = Filter | Search
Shapes = tuple[FilterShape | SearchShape, ...]


def shapes_of(asked: Iterable[Condition]) -> Shapes:
    """What of conditions decides a statement."""
    return tuple(each.shape for each in asked)


def values_of(asked: Iterable[Condition]) -> dict[str, Any]:
    """The values that the conditions are bound to."""
    return {name: value for each in asked for name, value in each.values.items()}


def conditions(shapes: Shapes) -> list[sa.ColumnElement[bool]]:
    """What a row must satisfy to match all of them."""
    return [shape.condition for shape in shapes]


def without(asked: Iterable[Condition], column: Column) -> tuple[Condition, ...]:
    """The conditions but for a column's own."""
    return tuple(each for each in asked if not (isinstance(each, Filter) and each.column is column))
