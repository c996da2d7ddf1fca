"""The relations that `include=` can embed, forwards and backwards, derived from the declarations."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.entity import Entity
from app.evidence.explain import explain
from app.models import ENTITIES, Figure
from app.models.source import Source

Record = dict[str, Any]


class Link(NamedTuple):
    """One join: from a row of one entity to the rows of `target` whose `remote` equals its `local`."""

    local: sa.ColumnElement[Any]
    remote: sa.ColumnElement[Any]
    target: type[Entity]


class Relation(NamedTuple):
    """A named relation to one record (`many` is false) or to a list of records.

    With `compute`, what follows from a record and its related one is embedded instead of the related one.
    """

    name: str
    many: bool
    links: tuple[Link, ...]
    compute: Callable[[Record, Record], Record] | None = None


@cache
def relations(entity: type[Entity]) -> Mapping[str, Relation]:
    """Return the entity's relations by name."""
    return {relation.name: relation for relation in (*_forward(entity), *_backward(entity))}


def _forward(entity: type[Entity]) -> Iterator[Relation]:
    for column in entity.columns().values():
        if reference := column.declared.reference:
            target = next(each for each in ENTITIES if each.collection.table == reference.table)
            links = (Link(column.sql, target.table().c.id, target),)
            yield Relation(reference.include, False, links)
            if entity is Figure and target is Source:
                yield Relation("evidence", False, links, explain)
    if subjects := tuple(Link(column, target.table().c.id, target) for target, column in _subject_columns(entity)):
        yield Relation("subject", False, subjects)


def _backward(entity: type[Entity]) -> Iterator[Relation]:
    own_id = entity.table().c.id
    for other in ENTITIES:
        for column in other.columns().values():
            reference = column.declared.reference
            if reference and reference.reverse and reference.table == entity.collection.table:
                yield Relation(reference.reverse, True, (Link(own_id, column.sql, other),))
    for other in ENTITIES:
        for subject, subject_column in _subject_columns(other):
            if subject is entity:
                yield Relation(other.collection.table, True, (Link(own_id, subject_column, other),))


def _subject_columns(entity: type[Entity]) -> Iterator[tuple[type[Entity], sa.Column[Any]]]:
    """Yield each kind of record that the entity's records may have as subject, with the column that holds its id."""
    for column in entity.table().columns:
        if subject := column.info.get("subject"):
            yield subject, column
