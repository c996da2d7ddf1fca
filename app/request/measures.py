"""The fields that a collection can be grouped by, the measures of a group, and the columns of the answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db.exact_sum import ExactSum
from app.entity import Bilingual, Column, Declared, Entity
from app.request.relations import reachable, references

NAMES = ("name_zh", "name_en")  # non-categorical columns of a related record to group by


class Join(NamedTuple):
    """A left join to a related record by its id, which `local` holds."""

    local: sa.ColumnElement[Any]
    target: sa.FromClause


class Group(NamedTuple):
    """A field to group by: its column in the answer, and the join if it is a related record's."""

    column: Column
    join: Join | None = None


class Function(NamedTuple):
    """An aggregate function. One that `adds` requires records of like things, none of them twice."""

    name: str
    title: Bilingual
    adds: bool
    sql: Callable[[sa.ColumnElement[Any]], sa.ColumnElement[Any]]
    scalar: type | None = None  # of the result; None is that of the column


def _mean(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(ExactSum(column), sa.Double) / sa.cast(sa.func.count(column), sa.Double)


FUNCTIONS = (
    Function("sum", Bilingual("合计", "sum"), True, ExactSum),
    Function("min", Bilingual("最小", "least"), False, sa.func.min),
    Function("max", Bilingual("最大", "greatest"), False, sa.func.max),
    Function("avg", Bilingual("平均", "average"), True, _mean, float),
)


class Measure(NamedTuple):
    """A function of an amount, and its column in the answer; a count has neither function nor amount."""

    name: str
    column: Column
    function: Function | None = None
    amount: Column | None = None

    @property
    def adds(self) -> bool:
        """Whether it adds amounts up."""
        return self.function is not None and self.function.adds

    @property
    def unit_in(self) -> str | None:
        """The column with the unit of its amounts, if units vary."""
        return self.amount.declared.unit_in if self.amount else None


def columns_of(group_by: Iterable[Group], measured: Iterable[Measure]) -> tuple[Column, ...]:
    """Return the columns of an answer: those of the groups, then those of the measures."""
    return (*(group.column for group in group_by), *(measure.column for measure in measured))


def join_groups(entity: type[Entity], group_by: Iterable[Group]) -> sa.FromClause:
    """Return an entity's table, joined with the related records that the groups need."""
    source: sa.FromClause = entity.table()
    for join in dict.fromkeys(group.join for group in group_by if group.join):
        source = source.outerjoin(join.target, join.target.c.id == join.local)
    return source


@cache
def groups(entity: type[Entity]) -> Mapping[str, Group]:
    """Return the fields to group by: the categorical columns, and `relation.column` of related records."""
    own = {name: Group(column) for name, column in entity.columns().items() if column.is_categorical}
    return own | {group.column.name: group for group in _related_groups(entity)}


@cache
def measures(entity: type[Entity]) -> Mapping[str, Measure]:
    """Return the measures by name: `count`, and `sum:x` and the like for each amount."""
    amounts = [column for column in entity.columns().values() if column.is_additive]
    made = [_count(entity), *(_measure(function, amount) for amount in amounts for function in FUNCTIONS)]
    return {measure.name: measure for measure in made}


def self_references(entity: type[Entity]) -> list[Column]:
    """Return the columns in which a record names the larger record of its collection that it is a part of."""
    columns = ((column, column.declared.reference) for column in entity.columns().values())
    table = entity.collection.table
    return [column for column, reference in columns if reference and reference.table == table and reference.to_whole]


def _related_groups(entity: type[Entity]) -> Iterator[Group]:
    for relation in references(entity).values():
        reference = relation.key.declared.reference if relation.key else None
        if len(relation.links) > 1 or (reference and not reference.to_whole):
            continue  # nobody groups by what contradicts or corrects a record
        (link,) = relation.links
        join = Join(link.local, link.target.table().alias())
        for name, column in link.target.columns().items():
            if column.is_categorical or name in NAMES:
                step = reachable(entity)[f"{relation.name}.{name}"]
                yield Group(replace(step, sql=join.target.c[name]), join)


def _count(entity: type[Entity]) -> Measure:
    title = entity.collection.title
    about = Bilingual(f"这一组的{title.zh}条数。", f"Number of {title.en.lower()} in the group.")
    return Measure("count", Column("count", int, False, Declared(Bilingual("条数", "Count"), about), sa.func.count()))


def _measure(function: Function, amount: Column) -> Measure:
    title, about, label = amount.declared.title, amount.declared.about, function.title
    declared = Declared(
        Bilingual(f"{title.zh}{label.zh}", f"{title.en}, {label.en}"),
        Bilingual(f"这一组的{label.zh}：{about.zh}", f"The group's {label.en}. {about.en}"),
        amount.declared.unit,
        amount.declared.unit_in,
    )
    scalar = function.scalar or amount.scalar
    column = Column(f"{function.name}_{amount.name}", scalar, True, declared, function.sql(amount.sql))
    return Measure(f"{function.name}:{amount.name}", column, function, amount)
