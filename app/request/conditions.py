"""The conditions of a request: filters and searches."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.entity import Bilingual, Column, Declared, Entity
from app.request.operators import Operator
from app.search import Query

# The rank of a search result, as a column to sort by. A search computes it; no table holds it.
RANK = Column(
    "rank",
    int,
    False,
    Declared(
        Bilingual("位次", "Rank"),
        Bilingual("与查询的相符程度。", "How well the record fits the query: lower is better."),
        ge=0,
    ),
    sa.literal_column("rank", sa.Integer()),
)


@dataclass(frozen=True)
class Filter:
    """A column, an operator and a parsed value."""

    column: Column
    operator: Operator
    value: Any


@dataclass(frozen=True)
class Search:
    """A full-text query over the records of some entities, or of all if there are none."""

    query: Query
    entities: tuple[type[Entity], ...] = ()


Condition = Filter | Search


def exclude_column(conditions: Iterable[Condition], column: Column) -> tuple[Condition, ...]:
    """Return the conditions except the filters on a column."""
    return tuple(each for each in conditions if not (isinstance(each, Filter) and each.column is column))
