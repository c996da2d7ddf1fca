"""Cross-checks: what must hold between rows, told before the database would refuse it."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter

from app.entity import Column, Entity
from app.load.compute import Records
from app.load.faults import SeedFault
from app.load.rows import Row
from app.models import ENTITIES, Figure
from app.models.excluded_numeral import ExcludedNumeral

SINGULARS = {entity.collection.table: entity.collection.singular for entity in ENTITIES}


def check(rows: Iterable[Row], records: Records) -> Iterator[SeedFault]:
    """Every fault between rows."""
    rows = list(rows)
    for row in rows:
        for column in row.entity.columns().values():
            if column.declared.reference and column.name not in row.broken:
                yield from _reference(row, column, records)
        if row.entity is Figure:
            yield from _figure(row, records)
    yield from _claimed_twice(rows)


def _reference(row: Row, column: Column, records: Records) -> Iterator[SeedFault]:
    assert column.declared.reference  # noqa: S101 - tells the type
    kind = SINGULARS[column.declared.reference.table]
    target = row.values[column.name]
    if target is not None and (kind, target) not in records:
        yield row.fault(column.name, _missing(kind, target, records))


def _missing(kind: str, target: str, records: Records) -> str:
    ids = [record_id for singular, record_id in records if singular == kind and record_id]
    near = get_close_matches(target, ids, n=1)
    return f"there is no {kind} {target!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def _figure(row: Row, records: Records) -> Iterator[SeedFault]:
    values = row.values
    kind, subject = values["subject_kind"], values["subject_id"]
    if kind and subject and (kind, subject) not in records:
        yield row.fault("subject_id", _missing(kind, subject, records))
    indicator = records.get(("indicator", values["indicator_id"]))
    if indicator and values["unit"] and indicator.values["unit"] not in {None, values["unit"]}:
        unit = indicator.values["unit"]
        yield row.fault("indicator_id", f"{values['indicator_id']!r} is in {unit}, these words are in {values['unit']}")
    whole = records.get(("figure", values["part_of_id"]))
    if whole and values["unit"] and whole.values["unit"]:
        yield from _part(row, whole)


def _claimed_twice(rows: Iterable[Row]) -> Iterator[SeedFault]:
    """A numeral is a figure or it is none: no exclusion may overlap one."""
    figures = [row for row in rows if row.entity is Figure and row.values["end"]]
    for excluded in rows:
        if excluded.entity is ExcludedNumeral and excluded.values["end"]:
            for figure in figures:
                if _paragraph(figure) == _paragraph(excluded) and _overlap(figure, excluded):
                    name = figure.values["id"]
                    yield excluded.fault(
                        "as_named", f"{excluded.words!r} is in the figure {name!r} too; keep one of them"
                    )


def _paragraph(row: Row) -> tuple[str, int]:
    return row.values["source_id"], row.values["paragraph"]


def _overlap(one: Row, other: Row) -> bool:
    return bool(one.values["start"] < other.values["end"] and other.values["start"] < one.values["end"])


def _part(part: Row, whole: Row) -> Iterator[SeedFault]:
    name = whole.values["id"]
    if part.values["unit"] != whole.values["unit"]:
        yield part.fault("part_of_id", f"is in {part.values['unit']}, its whole {name!r} in {whole.values['unit']}")
    elif (least := part.values["lower"]) is not None and (most := whole.values["upper"]) is not None and least > most:
        yield part.fault("part_of_id", f"is at least {least}, more than its whole {name!r} of at most {most}")


def parents_first(rows: Iterable[Row], faults: list[SeedFault]) -> dict[type[Entity], list[Row]]:
    """The rows by entity, each after the rows of its own collection that it refers to; cycles go to `faults`."""
    ordered: dict[type[Entity], list[Row]] = {entity: [] for entity in ENTITIES}
    own = {entity: _references_to_itself(entity) for entity in ENTITIES}
    by_entity: dict[type[Entity], dict[str, Row]] = {entity: {} for entity in ENTITIES}
    for row in rows:
        if row.values["id"]:  # one without is told already, and can be in no circle
            by_entity[row.entity][row.values["id"]] = row
    for entity, by_id in by_entity.items():
        graph = {
            record_id: {target for name in own[entity] if (target := row.values[name]) in by_id}
            for record_id, row in by_id.items()
        }
        try:
            ordered[entity] = [by_id[record_id] for record_id in TopologicalSorter(graph).static_order()]
        except CycleError as fault:
            circle = fault.args[1]
            faults.append(by_id[circle[0]].fault(own[entity][0], f"goes in a circle: {' → '.join(reversed(circle))}"))
    return ordered


def _references_to_itself(entity: type[Entity]) -> list[str]:
    return [
        column.name
        for column in entity.columns().values()
        if column.declared.reference and column.declared.reference.table == entity.collection.table
    ]
