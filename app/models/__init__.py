"""The entities, one module each. Every module in this package is imported, and its collection served."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from sqlmodel import SQLModel

from app.entity import Entity, HasSubject, NamedInSource, attach_subjects
from app.models.figure import Figure
from app.models.term import attach_vocabularies

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def _tables(base: type[Entity]) -> Iterator[type[Entity]]:
    """Return every subclass of `base` that is a table."""
    for child in base.__subclasses__():
        if "collection" in vars(child):
            yield child
        yield from _tables(child)


# The entities whose records a figure or a mention may have as its subject.
SUBJECTS: tuple[type[Entity], ...] = tuple(
    sorted(
        (each for each in _tables(NamedInSource) if issubclass(each, NamedInSource) and each.can_be_subject),
        key=lambda entity: entity.collection.slug,
    )
)
attach_subjects((each for each in _tables(HasSubject) if issubclass(each, HasSubject)), SUBJECTS)

_by_table = {entity.collection.table: entity for entity in _tables(Entity)}

attach_vocabularies(_by_table.values())

# Parents first, the order of inserts.
ENTITIES: tuple[type[Entity], ...] = tuple(
    _by_table[table.name] for table in SQLModel.metadata.sorted_tables if table.name in _by_table
)

# By slug, in the order of display.
COLLECTIONS: dict[str, type[Entity]] = {
    entity.collection.slug: entity
    for entity in sorted(ENTITIES, key=lambda entity: (entity.collection.rank, entity.collection.slug))
}

__all__ = ["COLLECTIONS", "ENTITIES", "SUBJECTS", "Figure"]
