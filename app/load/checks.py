"""What must hold between any records: unique ids, references that exist, and no cycles."""

from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

import msgspec

from app.entity import Entity, HasSubject
from app.load.faults import SeedFault
from app.load.rows import Row
from app.models import ENTITIES, Figure
from app.models.term import Term
from app.nearest import suggest_nearest

TERMS_FILE = f"{Term.collection.slug}.csv"
NAMES = ("name_zh", "name_en")
NAMED_ONCE = {Figure: "source_id", Term: "vocabulary"}  # names occur once among the records that have one value here
BY_SINGULAR = {entity.collection.singular: entity for entity in ENTITIES}
BY_TABLE = {entity.collection.table: entity for entity in ENTITIES}


class Record(NamedTuple):
    """A record as it will be served, and the line it was read from."""

    line: int
    json: bytes

    def values(self) -> dict[str, Any]:
        """Return the values as JSON has them."""
        values: dict[str, Any] = msgspec.json.decode(self.json)
        return values

    def fill(self, column: str, value: Any) -> "Record":
        """Return the record with a column filled."""
        return Record(self.line, msgspec.json.encode(self.values() | {column: value}))


Records = dict[type[Entity], dict[str, Record]]  # by id


class ReferenceChecks:
    """Checks of references. Rows come parents first; those of a collection to itself wait until it is complete."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._own: list[tuple[Row, str]] = []  # references within the collection, by column

    def row(self, row: Row) -> Iterator[SeedFault]:
        """Report references to records of other collections that do not exist."""
        for name, target in _references(row.entity):
            record_id = row.values[name]
            if record_id is None or name in row.broken:
                continue
            if target is row.entity:
                self._own.append((row.pick(name), name))
            elif record_id not in self._records[target]:
                yield row.fault(name, missing_id(target, record_id, self._records))
        if issubclass(row.entity, HasSubject):
            kind, subject = row.values["subject_kind"], row.values["subject_id"]
            if kind and subject and subject not in self._records[BY_SINGULAR[kind]]:
                yield row.fault("subject_id", missing_id(BY_SINGULAR[kind], subject, self._records))

    def complete(self, entity: type[Entity]) -> Iterator[SeedFault]:
        """Report references within a collection that do not exist or form a cycle."""
        parents: dict[str, set[str]] = {}
        for row, name in self._own:
            parent = row.values[name]
            if parent not in self._records[entity]:
                yield row.fault(name, missing_id(entity, parent, self._records))
            elif row.values["id"]:
                if entity is Term:
                    yield from self._other_vocabulary(row, name)
                parents.setdefault(row.values["id"], set()).add(parent)
        try:
            TopologicalSorter(parents).prepare()
        except CycleError as error:
            cycle = error.args[1]
            row, name = next(each for each in self._own if each[0].values["id"] == cycle[0])
            yield row.fault(name, f"The references form a cycle: {' → '.join(reversed(cycle))}.")
        self._own.clear()

    def _other_vocabulary(self, row: Row, name: str) -> Iterator[SeedFault]:
        terms = self._records[Term]
        own, other = (terms[row.values[each]].values()["vocabulary"] for each in ("id", name))
        if own and other and own != other:
            yield row.fault(name, f"{row.values[name]!r} is of another vocabulary. Name a term of {own}.")


class TermChecks:
    """Checks of terms. They follow from `vocabularies.csv` alone, which comes before what refers to it."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def row(self, row: Row) -> Iterator[SeedFault]:
        """Report values that are no terms, unless no term could be read."""
        for name, vocabulary in _terms(row.entity) if self._records[Term] else ():
            slug = row.values[name]
            if slug is not None and name not in row.broken and Term.id_of(vocabulary, slug) not in self._records[Term]:
                yield row.fault(name, self._missing(vocabulary, slug))

    def _missing(self, vocabulary: str, slug: str) -> str:
        prefix = Term.id_of(vocabulary, "")
        terms = [each.removeprefix(prefix) for each in self._records[Term] if each.startswith(prefix)]
        hint, known = suggest_nearest(slug, terms), f" Its terms: {', '.join(terms)}." if terms else ""
        return f"{slug!r} is no term of {vocabulary}.{hint}{known} Use one of them, or add it to {TERMS_FILE}."


class NameChecks:
    """Checks that no two figures of a source, and no two terms of a vocabulary, have one name: they look the same."""

    def __init__(self) -> None:
        self._lines: dict[int, int] = {}  # of the records, by the hash of what may occur once

    def row(self, row: Row) -> Iterator[SeedFault]:
        """Report a name that an earlier record has in the same source or vocabulary."""
        if not (scope := NAMED_ONCE.get(row.entity)):
            return
        for name in NAMES:
            key = (row.values[scope], row.values[name])
            if all(key) and (line := self._lines.setdefault(hash((row.entity, name, *key)), row.line)) != row.line:
                noun, hint = row.entity.collection.singular, ": a place, a date" if row.entity is Figure else ""
                yield row.fault(name, f"The {noun} of line {line} has this name too. Add what tells them apart{hint}.")

    def complete(self, _entity: type[Entity]) -> Iterator[SeedFault]:
        """Report nothing: all faults show in `row`."""
        yield from ()


@cache
def _references(entity: type[Entity]) -> list[tuple[str, type[Entity]]]:
    references = ((name, column.declared.reference) for name, column in entity.columns().items())
    return [(name, BY_TABLE[reference.table]) for name, reference in references if reference]


@cache
def _terms(entity: type[Entity]) -> list[tuple[str, str]]:
    """Return the columns whose values are terms of vocabularies of the seed, each with its vocabulary."""
    declared = ((name, column.declared.terms) for name, column in entity.columns().items())
    return [(name, terms.id) for name, terms in declared if terms]


def missing_id(entity: type[Entity], record_id: str, records: Records) -> str:
    """Return the detail of a fault: no record has this id, and which one is near."""
    hint = suggest_nearest(record_id, records[entity])
    return f"No {entity.collection.singular} has the id {record_id!r}.{hint}"
