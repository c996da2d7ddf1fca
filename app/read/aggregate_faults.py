"""Misleading sums: what is wrong in which group, and the parameters that would be right."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Column
from app.errors import Fault, InvalidQuery
from app.nearest import join_words
from app.request.aggregate import MAX_GROUP_FIELDS, AggregateRequest
from app.request.measures import groups, join_groups, self_references
from app.sql.aggregate import part_statement, several_statement
from app.sql.aggregate_rules import Kind, adding_measures, rules
from app.sql.conditions import shapes_of, values_of, where

MAX_VALUES_IN_ERROR = 20

Keys = Sequence[Any]  # of a group


class Breach(NamedTuple):
    """The first group in which some measures would mislead because of a column."""

    connection: Connection
    request: AggregateRequest
    measures: str
    column: Column
    keys: Keys

    @property
    def where(self) -> str:
        """The group, for people."""
        pairs = zip(self.request.groups, self.keys, strict=True)
        names = [f"{group.column.name}={_text(key)}" for group, key in pairs]
        return f"in the group {', '.join(names)}" if names else "among the matching records"

    @property
    def group_by(self) -> list[str]:
        """The parameter that groups by the column too; empty if that is not possible."""
        names = [group.column.name for group in self.request.groups]
        possible = len(names) < MAX_GROUP_FIELDS and self.column.name in groups(self.request.entity)
        return [f"group_by={','.join([*names, self.column.name])}"] if possible else []

    @property
    def or_group(self) -> str:
        """The advice to group by the column too, if that is possible."""
        return f", or group by {self.column.name} too" if self.group_by else ""

    def select(self, *columns: sa.ColumnElement[Any], all_groups: bool = False) -> sa.Select[Any]:
        """SELECT columns of the records in the group, or of all matching records."""
        statement = sa.select(*columns).select_from(join_groups(self.request.entity, self.request.groups))
        statement = statement.where(*where(shapes_of(self.request.filters)))
        if all_groups:
            return statement
        pairs = zip(self.request.groups, self.keys, strict=True)
        return statement.where(*(group.column.sql.is_not_distinct_from(key) for group, key in pairs))

    def execute(self, statement: sa.Select[Any]) -> sa.Result[Any]:
        """Execute a statement with the values of the request."""
        return self.connection.execute(statement, values_of(self.request.filters))


def require_addable(connection: Connection, request: AggregateRequest, rows: Sequence[tuple[Keys, Keys]]) -> None:
    """Raise InvalidQuery if a group would mislead. Each row has the keys of a group and whether it breaks each rule."""
    adding = adding_measures(request.measures)
    part = _find_part(connection, request, adding) if adding else None
    faults: list[Fault] = []
    named: set[str] = set()
    for number, rule in enumerate(rules(request.entity, request.groups, request.measures)):
        keys = next((keys for keys, broken in rows if broken[number]), None)
        if keys is None or request.entity.follows.get(rule.column.name) in named:
            continue
        if part and rule.column is part.column:  # which says more
            continue
        named.add(rule.column.name)
        breach = Breach(connection, request, join_words(rule.measures), rule.column, keys)
        faults.append(_FAULTS[rule.kind](breach))
    if part:
        faults.append(part.fault)
    # To compare all records of a group takes seconds for a million: only where no other fault shows.
    if adding and not faults and (several := _find_several(connection, request, adding)):
        faults.append(several)
    if faults:
        raise InvalidQuery(faults)


def _mixed(breach: Breach) -> Fault:
    column = breach.column
    select = breach.select(column.sql).distinct().order_by(column.sql.asc().nulls_last()).limit(MAX_VALUES_IN_ERROR + 1)
    values = breach.execute(select).scalars().all()
    shown, more = values[:MAX_VALUES_IN_ERROR], ["more"] if len(values) > MAX_VALUES_IN_ERROR else []
    detail = (
        f"{breach.measures} would combine {breach.request.entity.collection.title.en.lower()} that differ in "
        f"{column.name}: {breach.where} it is {join_words([*map(_text, shown), *more])}. "
        f"Ask for one of them{breach.or_group}."
    )
    return Fault("measure", detail, [*(_filter(column, value) for value in shown), *breach.group_by])


class PartFound(NamedTuple):
    """The fault that a group holds a record and its own part, and the column that says so."""

    column: Column
    fault: Fault


def _find_part(connection: Connection, request: AggregateRequest, measures: tuple[str, ...]) -> PartFound | None:
    """Return a fault if a group holds a record and its own part, at any level."""
    filters, values = shapes_of(request.filters), values_of(request.filters)
    for reference in self_references(request.entity):
        statement = part_statement(request.entity, filters, request.groups, reference)
        if row := connection.execute(statement, values).first():
            part, whole, *keys = row
            breach = Breach(connection, request, join_words(measures), reference, keys)
            detail = (
                f"{breach.measures} would count something twice: {breach.where} {part!r} is a part of {whole!r}. "
                f"Leave parts out{breach.or_group}."
            )
            return PartFound(reference, Fault("measure", detail, [_filter(reference, None), *breach.group_by]))
    return None


def _find_several(connection: Connection, request: AggregateRequest, measures: tuple[str, ...]) -> Fault | None:
    """Return a fault if a group holds two statements on one thing."""
    entity, filters = request.entity, request.filters
    if not entity.added_once:
        return None
    statement = several_statement(entity, shapes_of(filters), request.groups)
    row = connection.execute(statement, values_of(filters)).first()
    if row is None:
        return None
    one, other, *keys = row
    breach = Breach(connection, request, join_words(measures), entity.columns()[entity.added_once[-1]], keys)
    detail = (
        f"{breach.measures} would add two statements on one thing: {breach.where} {one!r} and {other!r} have the same "
        f"{join_words(entity.added_once)}, and are not parts of one whole. Ask for one of them, or count them."
    )
    return Fault("measure", detail, [f"id={one}", f"id={other}", "measure=count"])


def _replaced(breach: Breach) -> Fault:
    column, record_id = breach.column, breach.request.entity.columns()["id"].sql
    example = breach.select(record_id, column.sql).where(column.sql.is_not(None)).order_by(record_id).limit(1)
    one, other = tuple(breach.execute(example).one())
    detail = (
        f"{breach.measures} would add what is corrected: {breach.where} {one!r} is replaced by {other!r}. "
        "Leave out what is replaced."
    )
    return Fault("measure", detail, [_filter(column, None)])


def _unknown(breach: Breach) -> Fault:
    column = breach.column
    missing = sa.case((column.sql.is_(None), breach.request.entity.table().c.id))
    counts = breach.select(sa.func.count(), sa.func.count(missing), sa.func.min(missing))
    total, unknown, example = tuple(breach.execute(counts).one())
    detail = (
        f"{breach.measures} would ignore unknown values: {breach.where} {column.name} is null for {unknown} of "
        f"{total}, such as {example!r} ({column.declared.about.en.rstrip('.')}). Use one of the `allowed` parameters."
    )
    return Fault("measure", detail, _around_nulls(breach) or ["measure=count"])


def _around_nulls(breach: Breach) -> list[str]:
    """Return the parameters that exclude nulls, or that measure bounds instead; each only if it has a result."""
    column, qualified, parameters = breach.column, breach.request.entity.qualified, []
    if breach.execute(breach.select(sa.func.count(column.sql), all_groups=True)).scalar_one():
        parameters.append(f"{column.name}__isnull=false")
    if qualified and column.name in qualified.amounts:
        columns = breach.request.entity.columns()
        lower, upper = columns[qualified.lower], columns[qualified.upper]
        counts = breach.select(sa.func.count(), sa.func.count(lower.sql), sa.func.count(upper.sql), all_groups=True)
        if len(set(breach.execute(counts).one())) == 1 and lower.declared.unit_in == column.declared.unit_in:
            parameters.append(f"measure=min:{lower.name},max:{upper.name}")
    return parameters


def _too_large(breach: Breach) -> Fault:
    detail = f"The result of {breach.measures} is too large: {breach.where}. Add filters."
    return Fault("measure", detail, ["measure=count"])


def _filter(column: Column, value: Any) -> str:
    return f"{column.name}__isnull=true" if value is None else f"{column.name}={_text(value)}"


def _text(value: Any) -> str:
    return "null" if value is None else str(value)


_FAULTS: dict[Kind, Callable[[Breach], Fault]] = {
    "mixed": _mixed,
    "replaced": _replaced,
    "unknown": _unknown,
    "too large": _too_large,
}
