"""The relations that `include=` can embed and `fields=` can reach along, derived from the declarations."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.entity import Bilingual, Column, Entity
from app.evidence.explain import explain
from app.models import ENTITIES, Figure
from app.models.source import Source
from app.models.term import Term

Record = dict[str, Any]


class Link(NamedTuple):
    """One join: from a row of one entity to the rows of `target` whose `remote` equals its `local`."""

    local: sa.ColumnElement[Any]
    remote: sa.ColumnElement[Any]
    target: type[Entity]


class Relation(NamedTuple):
    """A named relation to one record, whose id the column `key` holds, or to a list of records (`many`).

    With `compute`, what follows from a record and its related one is embedded instead of the related one.
    """

    name: str
    links: tuple[Link, ...]
    key: Column | None = None
    compute: Callable[[Record, Record], Record] | None = None

    @property
    def many(self) -> bool:
        """Whether it leads to a list of records."""
        return self.key is None

    def target(self, record: Mapping[str, Any]) -> type[Entity]:
        """Return the kind of record that it leads to from this one."""
        kind = record.get(f"{self.name}_kind")
        targets = (link.target for link in self.links)
        return next(each for each in targets if kind is None or each.collection.singular == kind)


class Referrer(NamedTuple):
    """The way to records that refer to one record: their column `key` holds its id, and they match `query`.

    Records refer to a term of their `vocabulary` by its slug.
    """

    entity: type[Entity]
    key: str
    title: Bilingual
    query: tuple[tuple[str, str], ...] = ()
    vocabulary: str | None = None


@cache
def relations(entity: type[Entity]) -> Mapping[str, Relation]:
    """Return the entity's relations by name."""
    return {relation.name: relation for relation in (*_forward(entity), *_backward(entity))}


@cache
def references(entity: type[Entity]) -> Mapping[Column, Relation]:
    """Return the relations that lead to one record, by the column that holds its id."""
    return {each.key: each for each in relations(entity).values() if each.key and not each.compute}


@cache
def referrers(entity: type[Entity]) -> tuple[Referrer, ...]:
    """Return the ways to records that refer to one of the entity's, in the order in which lists show collections."""
    ways = [
        Referrer(other, column.name, reference.inverse or other.collection.title)
        for other in ENTITIES
        for column in other.columns().values()
        if (reference := column.declared.reference) and reference.table == entity.collection.table
    ]
    kind = (("subject_kind", entity.collection.singular),)
    ways += [
        Referrer(other, "subject_id", other.collection.title, kind)
        for other in ENTITIES
        for subject, _ in _subject_columns(other)
        if subject is entity
    ]
    if entity is Term:
        ways += [
            Referrer(other, column.name, _by_column(other, column), vocabulary=terms.id)
            for other in ENTITIES
            for column in other.columns().values()
            if (terms := column.declared.terms)
        ]
    return tuple(sorted(ways, key=lambda way: way.entity.collection.rank))


def _by_column(entity: type[Entity], column: Column) -> Bilingual:
    """Return the title of the records that have a term in a column."""
    title, own = entity.collection.title, column.declared.title
    return Bilingual(f"{title.zh}（{own.zh}）", f"{title.en} ({own.en.lower()})")


@cache
def reachable(entity: type[Entity]) -> Mapping[str, Column]:
    """Return the entity's columns, then as `relation.column` those of the records that its relations to one lead to."""
    steps = (step for key, relation in references(entity).items() for step in _steps(relation, key))
    return {**entity.columns(), **{step.name: step for step in steps}}


@cache
def labelled(entity: type[Entity]) -> tuple[Column, ...]:
    """Return the columns of slugs that have labels: terms of vocabularies, and references."""
    return tuple(each for each in entity.columns().values() if each.is_term or each in references(entity))


def _steps(relation: Relation, key: Column) -> Iterator[Column]:
    """Yield the columns of a related record. Of several kinds of record, they are those that all have alike."""
    first, *others = (link.target.columns() for link in relation.links)
    for name, column in first.items():
        if all(name in other and _is_like(column, other[name]) for other in others):
            one, own = key.declared.title, column.declared
            title = Bilingual(f"{one.zh}·{own.title.zh}", f"{one.en}: {own.title.en}")
            unit_in = own.unit_in and f"{relation.name}.{own.unit_in}"
            yield replace(
                column,
                name=f"{relation.name}.{name}",
                nullable=key.nullable or any(each[name].nullable for each in (first, *others)),
                declared=replace(own, title=title, unit_in=unit_in),
            )


def _is_like(one: Column, other: Column) -> bool:
    """Whether two columns hold the same kind of value under the same title."""
    kinds = ((each.scalar, each.items, each.vocabulary_id, each.declared.title) for each in (one, other))
    return next(kinds) == next(kinds)


def _forward(entity: type[Entity]) -> Iterator[Relation]:
    for column in entity.columns().values():
        if reference := column.declared.reference:
            target = next(each for each in ENTITIES if each.collection.table == reference.table)
            links = (Link(column.sql, target.table().c.id, target),)
            yield Relation(reference.include, links, column)
            if entity is Figure and target is Source:
                yield Relation("evidence", links, column, explain)
    if subjects := tuple(Link(column, target.table().c.id, target) for target, column in _subject_columns(entity)):
        yield Relation("subject", subjects, entity.columns()["subject_id"])


def _backward(entity: type[Entity]) -> Iterator[Relation]:
    own_id = entity.table().c.id
    for other in ENTITIES:
        for column in other.columns().values():
            reference = column.declared.reference
            if reference and reference.reverse and reference.table == entity.collection.table:
                yield Relation(reference.reverse, (Link(own_id, column.sql, other),))
    for other in ENTITIES:
        for subject, subject_column in _subject_columns(other):
            if subject is entity:
                yield Relation(other.collection.table, (Link(own_id, subject_column, other),))


def _subject_columns(entity: type[Entity]) -> Iterator[tuple[type[Entity], sa.Column[Any]]]:
    """Yield each kind of record that the entity's records may have as subject, with the column that holds its id."""
    for column in entity.table().columns:
        if subject := column.info.get("subject"):
            yield subject, column
