"""What a collection can be grouped by and what can be worked out for each group, and the columns of the answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db.exact_sum import ExactSum
from app.entity import Bilingual, Column, Declared, Entity
from app.request.relations import relations

NAMES = ("name_zh", "name_en")  # what a related record can be grouped by besides its countable columns


class Join(NamedTuple):
    """A related record, brought by its id, which `local` holds; null where that is."""

    local: sa.ColumnElement[Any]
    target: sa.FromClause


class Group(NamedTuple):
    """A field to group by: its column in the answer, and the join that brings it where it is a related record's."""

    column: Column
    join: Join | None = None


def joined(entity: type[Entity], chosen: Iterable[Group]) -> sa.FromClause:
    """The records of a collection, each beside the related ones that groups need."""
    source: sa.FromClause = entity.table()
    for join in dict.fromkeys(group.join for group in chosen if group.join):
        source = source.outerjoin(join.target, join.target.c.id == join.local)
    return source


class Function(NamedTuple):
    """How one number is made of many; one that `adds` needs records of like things, none of them twice."""

    name: str
    title: Bilingual
    adds: bool
    sql: Callable[[sa.ColumnElement[Any]], sa.ColumnElement[Any]]
    scalar: type | None = None  # of the result, where it is not the column's own


def _mean(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(ExactSum(column), sa.Double) / sa.cast(sa.func.count(column), sa.Double)


FUNCTIONS = (
    Function("sum", Bilingual("合计", "sum"), True, ExactSum),
    Function("min", Bilingual("最小", "least"), False, sa.func.min),
    Function("max", Bilingual("最大", "greatest"), False, sa.func.max),
    Function("avg", Bilingual("平均", "average"), True, _mean, float),
)


class Measure(NamedTuple):
    """What can be worked out for a group, its column in the answer, and the amounts it is made of; a count has none."""

    name: str
    column: Column
    function: Function | None = None
    amount: Column | None = None

    @property
    def adds(self) -> bool:
        """Whether amounts are added up for it."""
        return self.function is not None and self.function.adds

    @property
    def unit_in(self) -> str | None:
        """The column that holds the unit of its amounts, where they can be in different ones."""
        return self.amount.declared.unit_in if self.amount else None


def columns_of(chosen: Iterable[Group], measured: Iterable[Measure]) -> tuple[Column, ...]:
    """The columns of an answer: what is grouped by, then what is worked out."""
    return (*(group.column for group in chosen), *(measure.column for measure in measured))


@cache
def groups(entity: type[Entity]) -> Mapping[str, Group]:
    """By name, what a collection can be grouped by: its countable columns, and `relation.column` of related records."""
    own = {name: Group(column) for name, column in entity.columns().items() if column.is_categorical}
    return own | {group.column.name: group for group in _related(entity)}


@cache
def measures(entity: type[Entity]) -> Mapping[str, Measure]:
    """By name, what can be worked out for groups of a collection: `count`, and `sum:x` and the like of its amounts."""
    made = (
        _measure(function, column)
        for column in entity.columns().values()
        if column.is_additive
        for function in FUNCTIONS
    )
    return {"count": _count(entity)} | {measure.name: measure for measure in made}


def self_references(entity: type[Entity]) -> list[Column]:
    """The columns by which a record names a larger one of its own collection that it is a part of."""
    own = entity.collection.table
    return [
        column
        for column in entity.columns().values()
        if column.declared.reference and column.declared.reference.table == own
    ]


def _related(entity: type[Entity]) -> Iterator[Group]:
    for relation in relations(entity).values():
        if relation.many or len(relation.links) > 1:
            continue
        (link,) = relation.links
        local = next(column for column in entity.columns().values() if column.sql is link.local)
        join = Join(link.local, link.target.table().alias())
        for name, column in link.target.columns().items():
            if column.is_categorical or name in NAMES:
                brought = Column(
                    f"{relation.name}.{name}",
                    column.scalar,
                    local.nullable or column.nullable,
                    replace(column.declared, title=_joined(local, column)),
                    join.target.c[name],
                    column.vocabulary,
                )
                yield Group(brought, join)


def _joined(local: Column, column: Column) -> Bilingual:
    one, other = local.declared.title, column.declared.title
    return Bilingual(f"{one.zh}·{other.zh}", f"{one.en}: {other.en}")


def _count(entity: type[Entity]) -> Measure:
    title = entity.collection.title
    about = Bilingual(f"这一组的{title.zh}条数。", f"How many {title.en.lower()} are in the group.")
    return Measure("count", Column("count", int, False, Declared(Bilingual("条数", "Count"), about), sa.func.count()))


def _measure(function: Function, amount: Column) -> Measure:
    title, what = amount.declared.title, function.title
    declared = Declared(
        Bilingual(f"{title.zh}{what.zh}", f"{title.en}, {what.en}"),
        Bilingual(
            f"这一组的{what.zh}：{amount.declared.about.zh}", f"The group's {what.en}. {amount.declared.about.en}"
        ),
        amount.declared.unit,
        amount.declared.unit_in,
    )
    column = Column(
        f"{function.name}_{amount.name}", function.scalar or amount.scalar, True, declared, function.sql(amount.sql)
    )
    return Measure(f"{function.name}:{amount.name}", column, function, amount)
