"""Misleading sums: what is wrong in which group, and the parameters that would be right."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Column
from app.errors import Fault, InvalidQuery
from app.read.aggregate_parts import find_part
from app.request.aggregate import MAX_FIELDS, AggregateRequest
from app.request.measures import groups, joined
from app.sql.aggregate_rules import Kind, rules, summing
from app.sql.conditions import shapes_of, values_of, where

MAX_VALUES_IN_ERROR = 20


class Breach(NamedTuple):
    """The first group, by its keys, of which some measures would mislead because of a column."""

    connection: Connection
    request: AggregateRequest
    measures: tuple[str, ...]
    column: Column
    keys: Sequence[Any]

    @property
    def told(self) -> str:
        """The measures, for people."""
        return listed(self.measures)

    @property
    def place(self) -> str:
        """The group, for people."""
        named = [f"{group.column.name}={_text(key)}" for group, key in zip(self.request.groups, self.keys, strict=True)]
        return f"in the group {', '.join(named)}" if named else "among the records that match"

    def select(self, *columns: sa.ColumnElement[Any], everywhere: bool = False) -> sa.Select[Any]:
        """SELECT these of the group's records, or of all that match."""
        request = self.request
        statement = sa.select(*columns).select_from(joined(request.entity, request.groups))
        statement = statement.where(*where(shapes_of(request.filters)))
        if not everywhere:
            pairs = zip(request.groups, self.keys, strict=True)
            statement = statement.where(*(group.column.sql.is_not_distinct_from(key) for group, key in pairs))
        return statement

    def execute(self, statement: sa.Select[Any]) -> sa.Result[Any]:
        """The statement's answer."""
        return self.connection.execute(statement, values_of(self.request.filters))

    def grouping_by(self, column: Column) -> list[str]:
        """The `group_by` that has the column too, where there is room for it."""
        names = [group.column.name for group in self.request.groups]
        room = len(names) < MAX_FIELDS and column.name in groups(self.request.entity)
        return [f"group_by={','.join([*names, column.name])}"] if room else []


def require_addable(
    connection: Connection, request: AggregateRequest, rows: Sequence[Sequence[Any]], flags: Sequence[int]
) -> None:
    """Hold every rule against every group; `flags` are the places in a row that tell of each. Raises InvalidQuery."""
    width = len(request.groups)
    faults = []
    for rule, flag in zip(rules(request.entity, request.groups, request.measures), flags, strict=True):
        if broken := next((row for row in rows if row[flag]), None):
            faults.append(_FAULTS[rule.kind](Breach(connection, request, rule.measures, rule.column, broken[:width])))
    adding = summing(request.measures)
    if adding and (found := find_part(connection, request)):
        breach = Breach(connection, request, adding, found.reference, found.keys)
        faults.append(_twice(breach, found.part, found.whole))
    if faults:
        raise InvalidQuery(faults)


# --- how a breach is told: what is wrong where, and the parameters that would be right


def _unlike(breach: Breach) -> Fault:
    column, what = breach.column, breach.request.entity.collection.title.en.lower()
    found = breach.select(column.sql).distinct().order_by(column.sql.asc().nulls_last()).limit(MAX_VALUES_IN_ERROR + 1)
    values = breach.execute(found).scalars().all()
    shown = listed(
        [*map(_text, values[:MAX_VALUES_IN_ERROR]), *(["more"] if len(values) > MAX_VALUES_IN_ERROR else [])]
    )
    grouping = breach.grouping_by(column)
    detail = (
        f"{breach.told} would put together {what} that differ in {column.name}: {breach.place} it is {shown}; "
        f"ask for one of them{f', or group by {column.name} too' if grouping else ''}"
    )
    return Fault("measure", detail, [*(_filter(column, value) for value in values[:MAX_VALUES_IN_ERROR]), *grouping])


def _twice(breach: Breach, part: str, whole: str) -> Fault:
    column = breach.column
    grouping = breach.grouping_by(column)
    detail = (
        f"{breach.told} would count something twice: {breach.place}, {part!r} is a part of {whole!r}; "
        f"leave parts out{f', or group by {column.name} too' if grouping else ''}"
    )
    return Fault("measure", detail, [_filter(column, None), *grouping])


def _unknown(breach: Breach) -> Fault:
    column, table = breach.column, breach.request.entity.table()
    missing = sa.case((column.sql.is_(None), table.c.id))
    counts = breach.select(sa.func.count(), sa.func.count(missing), sa.func.min(missing))
    total, unknown, example = tuple(breach.execute(counts).one())
    detail = (
        f"{breach.told} would pass over what is not known: {breach.place}, {column.name} is null for {unknown} "
        f"of {total}, such as {example!r} ({column.declared.about.en.rstrip('.')})"
    )
    return Fault("measure", detail, _around(breach, column) or ["measure=count"])


def _around(breach: Breach, column: Column) -> list[str]:
    """The ways around nulls: leave them out, or ask for the bounds of all; each only where it leads somewhere."""
    ways, qualified = [], breach.request.entity.qualified
    if breach.execute(breach.select(sa.func.count(column.sql), everywhere=True)).scalar_one():
        ways.append(f"{column.name}__isnull=false")
    if qualified and column.name in qualified.amounts:
        columns = breach.request.entity.columns()
        lower, upper = columns[qualified.lower], columns[qualified.upper]
        counts = breach.select(sa.func.count(), *map(sa.func.count, (lower.sql, upper.sql)), everywhere=True)
        if len(set(breach.execute(counts).one())) == 1 and lower.declared.unit_in == column.declared.unit_in:
            ways.append(f"measure=min:{lower.name},max:{upper.name}")
    return ways


def _too_large(breach: Breach) -> Fault:
    detail = f"{breach.told} is too large a number to be told: {breach.place}; add filters"
    return Fault("measure", detail, ["measure=count"])


def _filter(column: Column, value: Any) -> str:
    return f"{column.name}__isnull=true" if value is None else f"{column.name}={_text(value)}"


def _text(value: Any) -> str:
    return "null" if value is None else str(value)


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


_FAULTS: dict[Kind, Callable[[Breach], Fault]] = {"mixed": _unlike, "unknown": _unknown, "too large": _too_large}
