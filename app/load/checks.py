"""Cross-checks: what must hold between rows, told before the database would refuse it.

Rows come one after the other, parents first, and only with what is looked at here; what hangs on rows that are yet to
come is kept until their collection is complete.
"""

from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from operator import itemgetter
from typing import Any

from app.entity import Cited, Column, Entity
from app.load.faults import SeedFault
from app.load.rows import Row
from app.load.spool import Batch
from app.models import ENTITIES, Figure
from app.models.excluded_numeral import ExcludedNumeral
from app.models.figure import Comparator
from app.models.indicator import Indicator
from app.nearest import suggest_nearest

BY_SINGULAR = {entity.collection.singular: entity for entity in ENTITIES}
BY_TABLE = {entity.collection.table: entity for entity in ENTITIES}

_OF_FIGURES = ("subject_kind", "subject_id", "field", "value", "lower", "comparator", "unit")
_OF_PLACES = ("paragraph", "start", "end")


@cache
def looked_at(entity: type[Entity]) -> tuple[str, ...]:
    """The columns of an entity that are looked at here, or by which its rows are laid."""
    references = [column.name for column in _references(entity)]
    words = [entity.words_column] if issubclass(entity, Cited) else []
    own = {Figure: (*_OF_FIGURES, *_OF_PLACES), ExcludedNumeral: _OF_PLACES}.get(entity, ())
    together = [name for filtered in entity.filtered_together for name in filtered]
    return tuple(dict.fromkeys(["id", *references, *words, *own, *together]))


@cache
def _references(entity: type[Entity]) -> list[Column]:
    return [column for column in entity.columns().values() if column.declared.reference]


@cache
def _target(column: Column) -> type[Entity]:
    assert column.declared.reference  # noqa: S101 - tells the type
    return BY_TABLE[column.declared.reference.table]


class Checks:
    """What is known of the rows so far."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._unresolved: list[tuple[Row, Column]] = []  # references to rows of the same collection
        self._parts: list[Row] = []
        self._units: dict[str, str | None] = {}
        self._excluded: dict[tuple[str, int], list[Row]] = {}

    def row(self, row: Row) -> Iterator[SeedFault]:
        """Every fault of a row that shows by now."""
        for column in _references(row.entity):
            target = row.values[column.name]
            if target is None or column.name in row.broken:
                continue
            if _target(column) is row.entity:
                self._unresolved.append((row, column))
            elif target not in self._batch[_target(column)]:
                yield row.fault(column.name, self._missing(_target(column), target))
        if row.entity is Figure:
            yield from self._figure(row)
        if row.entity is ExcludedNumeral and row.values["end"]:
            self._excluded.setdefault(_paragraph(row), []).append(row)

    def complete(self, entity: type[Entity]) -> Iterator[SeedFault]:
        """Every fault that shows when all rows of an entity are there."""
        parents: dict[str, set[str]] = {}
        for row, column in self._unresolved:
            target = row.values[column.name]
            if target not in self._batch[entity]:
                yield row.fault(column.name, self._missing(entity, target))
            elif row.values["id"]:
                parents.setdefault(row.values["id"], set()).add(target)
        try:
            TopologicalSorter(parents).prepare()
        except CycleError as fault:
            circle = fault.args[1]
            row, column = next(each for each in self._unresolved if each[0].values["id"] == circle[0])
            yield row.fault(column.name, f"goes in a circle: {' → '.join(reversed(circle))}")
        self._unresolved.clear()
        for part in self._parts:
            if part.values["part_of_id"] in self._batch[entity]:
                yield from _part(part, self._batch[entity].values(part.values["part_of_id"]))
        self._parts.clear()

    def _missing(self, entity: type[Entity], target: str) -> str:
        return f"there is no {entity.collection.singular} {target!r}.{suggest_nearest(target, self._batch[entity])}"

    def _figure(self, row: Row) -> Iterator[SeedFault]:
        values = row.values
        yield from self._subject(row)
        unit = values["unit"]
        if unit and (wanted := self._unit(values["indicator_id"])) not in {None, unit}:
            yield row.fault("indicator_id", f"{values['indicator_id']!r} is in {wanted}, these words are in {unit}")
        if unit and values["part_of_id"]:
            self._parts.append(row)
        for excluded in self._excluded.get(_paragraph(row), ()) if values["end"] else ():
            if _overlap(row, excluded):
                told = f"{excluded.words!r} is in the figure {values['id']!r} too; keep one of them"
                yield excluded.fault("as_named", told)

    def _subject(self, figure: Row) -> Iterator[SeedFault]:
        """A figure's subject, and the column of it that the figure fills."""
        kind, subject, field = itemgetter("subject_kind", "subject_id", "field")(figure.values)
        if not (kind and subject):
            return
        entity = BY_SINGULAR[kind]
        if subject not in self._batch[entity]:
            yield figure.fault("subject_id", self._missing(entity, subject))
        elif field is not None and not {"as_stated", "field"} & figure.broken:
            yield from self._filled(figure, entity)

    def _filled(self, figure: Row, entity: type[Entity]) -> Iterator[SeedFault]:
        values = figure.values
        field, kind, subject = values["field"], values["subject_kind"], values["subject_id"]
        column = entity.columns().get(field)
        if column is None or not column.has_own_unit:
            measured = [name for name, each in entity.columns().items() if each.has_own_unit]
            right = f"one of {', '.join(measured)}, or empty" if measured else "empty"
            yield figure.fault("field", f"{field!r} is no measured column of {kind}; it is {right}")
        elif column.declared.unit != values["unit"]:
            told = f"{field} is counted in {column.declared.unit}, these words in {values['unit']}"
            yield figure.fault("field", told)
        elif values["comparator"] != Comparator.EQ:
            yield figure.fault("field", f"{figure.words!r} is not exact, so it fills no column; leave field empty")
        elif not self._batch[entity].fill(subject, field, values["value"]):
            yield figure.fault("field", f"{field} of {subject!r} is filled by another figure already")

    def _unit(self, indicator_id: str) -> str | None:
        """The unit of an indicator; None also where there is none."""
        if indicator_id not in self._units and indicator_id in self._batch[Indicator]:
            self._units[indicator_id] = self._batch[Indicator].values(indicator_id)["unit"]
        return self._units.get(indicator_id)


def _paragraph(row: Row) -> tuple[str, int]:
    return row.values["source_id"], row.values["paragraph"]


def _overlap(one: Row, other: Row) -> bool:
    return bool(one.values["start"] < other.values["end"] and other.values["start"] < one.values["end"])


def _part(part: Row, whole: dict[str, Any]) -> Iterator[SeedFault]:
    name = whole["id"]
    if whole["unit"] is None:
        return
    if part.values["unit"] != whole["unit"]:
        yield part.fault("part_of_id", f"is in {part.values['unit']}, its whole {name!r} in {whole['unit']}")
    elif (least := part.values["lower"]) is not None and (most := whole["upper"]) is not None and least > most:
        yield part.fault("part_of_id", f"is at least {least}, more than its whole {name!r} of at most {most}")
