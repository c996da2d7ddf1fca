"""What `include=` can follow from an entity, forwards and backwards, as the declarations name it."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.entity import Entity
from app.models import ENTITIES, Figure


class Link(NamedTuple):
    """One join: from a row of one entity to the rows of `target` whose `remote` equals its `local`."""

    local: sa.ColumnElement[Any]
    remote: sa.ColumnElement[Any]
    target: type[Entity]


class Relation(NamedTuple):
    """A name under which related records are put inside a record: one of them, or a list."""

    name: str
    many: bool
    links: tuple[Link, ...]


@cache
def relations(entity: type[Entity]) -> Mapping[str, Relation]:
    """The entity's relations by name."""
    return {relation.name: relation for relation in (*_forward(entity), *_backward(entity))}


def _forward(entity: type[Entity]) -> Iterator[Relation]:
    for column in entity.columns().values():
        if reference := column.declared.reference:
            target = _entity(reference.table)
            yield Relation(reference.include, False, (Link(column.sql, target.table().c.id, target),))
    if entity is Figure:
        subjects = (Link(column, subject.table().c.id, subject) for subject, column in _subject_columns())
        yield Relation("subject", False, tuple(subjects))


def _backward(entity: type[Entity]) -> Iterator[Relation]:
    for other in ENTITIES:
        for refers in other.columns().values():
            reference = refers.declared.reference
            if reference and reference.reverse and reference.table == entity.collection.table:
                yield Relation(reference.reverse, True, (Link(entity.table().c.id, refers.sql, other),))
    for subject, column in _subject_columns():
        if subject is entity:
            yield Relation("figures", True, (Link(entity.table().c.id, column, Figure),))


def _subject_columns() -> Iterator[tuple[type[Entity], sa.Column[Any]]]:
    for column in Figure.table().columns:
        if subject := column.info.get("subject"):
            yield subject, column


def _entity(table: str) -> type[Entity]:
    return next(entity for entity in ENTITIES if entity.collection.table == table)
