"""WHERE clauses: the shape of each condition, from which statements are built, and its bind values."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.entity import Column
from app.request.conditions import Condition, Filter
from app.request.operators import Operator
from app.sql.search import SearchShape, search_shape, search_values


class FilterShape(NamedTuple):
    """The part of a filter that its SQL depends on."""

    column: Column
    operator: Operator

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """The condition, with a bind parameter for the value."""
        name, many = self.operator.parameter(self.column), self.operator.takes == "many"
        sql_type = sa.Boolean() if self.operator.takes == "truth" else self.column.sql.type
        return self.operator.condition(self.column.sql, sa.bindparam(name, type_=sql_type, expanding=many))


Shapes = tuple[FilterShape | SearchShape, ...]


def shapes_of(conditions: Iterable[Condition]) -> Shapes:
    """Return the shape of each condition."""
    return tuple(
        FilterShape(each.column, each.operator) if isinstance(each, Filter) else search_shape(each)
        for each in conditions
    )


def values_of(conditions: Iterable[Condition]) -> dict[str, Any]:
    """Return the bind values of all conditions."""
    values: dict[str, Any] = {}
    for each in conditions:
        if isinstance(each, Filter):
            values[each.operator.parameter(each.column)] = each.operator.bind(each.value)
        else:
            values |= search_values(each)
    return values


def where(shapes: Shapes) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on a row."""
    return [shape.condition for shape in shapes]
