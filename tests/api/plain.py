"""Aggregates computed from all records in plain Python, independently of the service's SQL."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.entity import Entity
from app.request.relations import relations
from tests.conftest import Record

Groups = dict[tuple[Any, ...], list[Record]]
Reason = tuple[str, str]  # what is wrong, and with which column


@dataclass(frozen=True)
class Plain:
    """A collection with all others, to which its records refer."""

    entity: type[Entity]
    everything: Mapping[str, list[Record]]

    @property
    def records(self) -> list[Record]:
        return self.everything[self.entity.collection.slug]

    def value_of(self, name: str, record: Record) -> Any:
        """Return the value of a field to group by, also of a related record."""
        if "." not in name:
            return record[name]
        relation, column = name.split(".")
        (link,) = relations(self.entity)[relation].links
        targets = self.everything[link.target.collection.slug]
        return next((target[column] for target in targets if target["id"] == record[link.local.name]), None)

    def grouped(self, names: list[str], records: list[Record]) -> Groups:
        """Group records by fields, ordered by key with nulls last; without fields, into one group."""
        groups: Groups = {} if names else {(): []}
        for record in records:
            groups.setdefault(tuple(self.value_of(name, record) for name in names), []).append(record)
        return dict(sorted(groups.items(), key=lambda item: [(each is None, each or 0) for each in item[0]]))

    def reasons(self, measures: list[str], groups: Groups) -> set[Reason]:
        """Return why measures of these groups would mislead."""
        reasons = {
            reason for records in groups.values() for measure in measures for reason in self._reasons(measure, records)
        }
        if others := {reason for reason in reasons if reason[0] != "several"}:
            reasons = others
        return reasons - {("unlike", name) for kind, name in reasons if kind == "twice"}

    def _reasons(self, measure: str, records: list[Record]) -> Iterator[Reason]:
        function, _, name = measure.partition(":")
        if not name:
            return
        known = [Fraction(repr(record[name])) for record in records if record[name] is not None]
        if len(known) < len(records):
            yield "unknown", name
        elif function in {"sum", "avg"} and sum(known) > Fraction(sys.float_info.max):
            yield "too large", name
        if (unit := self.entity.columns()[name].declared.unit_in) and len({record[unit] for record in records}) > 1:
            yield "unlike", unit
        if function in {"sum", "avg"}:
            for other in self.entity.additive_within:
                if len({record[other] for record in records}) > 1:
                    yield "unlike", other
            wholes = [record for record in records if record.get("part_of_id") is None]
            same = {tuple(record[each] for each in self.entity.added_once) for record in wholes}
            if self.entity.added_once and len(same) < len(wholes):
                yield "several", self.entity.added_once[-1]
            yield from self._twice({record["id"] for record in records})

    def _twice(self, together: set[str]) -> Iterator[Reason]:
        by_id = {record["id"]: record for record in self.records}
        for name, column in self.entity.columns().items():
            if column.declared.reference and column.declared.reference.table == self.entity.collection.table:
                for one in together:
                    whole, passed = by_id[one][name], {one}
                    while whole is not None and whole not in passed:
                        passed.add(whole)
                        whole = by_id[whole][name]
                    if (passed - {one}) & together:
                        yield "twice", name


def measure_of(measure: str, records: list[Record]) -> float | None:
    """Return a measure of records without nulls, computed exactly and rounded once."""
    if measure == "count":
        return len(records)
    function, name = measure.split(":")
    exact = [Fraction(repr(record[name])) for record in records]
    if not exact:
        return None
    results = {"sum": sum(exact, Fraction(0)), "min": min(exact), "max": max(exact), "avg": sum(exact, Fraction(0))}
    return float(results[function]) / (len(exact) if function == "avg" else 1)


def answer(names: list[str], measures: list[str], groups: Groups) -> list[Record]:
    """Return the rows that an aggregate of these groups has."""
    return [
        dict(zip(names, keys, strict=True))
        | {measure.replace(":", "_"): measure_of(measure, records) for measure in measures}
        for keys, records in groups.items()
    ]
