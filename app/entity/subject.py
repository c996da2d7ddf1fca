"""`HasSubject`: an entity whose records each speak of a record of some other entity, its subject."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import sqlalchemy as sa

from app.entity.column import TEXT, column
from app.entity.declaration import Cited, Entity
from app.entity.words import vocabulary

kind_of_subject = partial(
    column,
    ("对象类别", "Subject kind"),
    ("所说对象的类别。", "What kind of record it speaks of."),
    facet=True,
    example="program",
)
id_of_subject = partial(
    column, ("对象", "Subject"), ("所说的对象。", "Record that it speaks of."), facet=True, example="labour-cooperation"
)
collection_of_subject = partial(
    column,
    ("对象集合", "Subject collection"),
    ("对象所在的集合，即 /v1/ 之后的地址。", "Collection that holds the subject: its address after /v1/."),
    computed=True,
    example="programs",
)


class HasSubject(Cited):
    """A cited entity with subjects. It declares `subject_kind`, `subject_id` and `subject_collection`.

    The first two name a record of any of the entities that `attach_subjects` gets. For each of these a column of its
    own, a plain foreign key, repeats the id where the kind is its own, and one check holds that it does. (Generated
    columns would need no check, but no SQLite table that has them can be rebuilt by a migration.)
    """

    @classmethod
    def stored(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of the table's columns: the subject is repeated in the column of its kind."""
        return {**values, **cls._no_subject(), _own_column(values["subject_kind"]): values["subject_id"]}

    @classmethod
    @cache
    def _no_subject(cls) -> dict[str, None]:
        return {column.name: None for column in cls.table().columns if "subject" in column.info}


def attach_subjects(owners: Iterable[type[HasSubject]], subjects: Sequence[type[Entity]]) -> None:
    """Add the columns, foreign keys and checks by which records of the owners have any of these as their subject."""
    own_columns = {each.collection.singular: _own_column(each.collection.singular) for each in subjects}
    kinds = vocabulary("SubjectKind", {each.collection.singular: each.collection.title for each in subjects})
    collections = vocabulary("SubjectCollection", {each.collection.slug: each.collection.title for each in subjects})
    ways = [
        f"subject_kind = '{kind}' AND {own} IS NOT NULL AND {own} = subject_id"
        + "".join(f" AND {other} IS NULL" for other in own_columns.values() if other != own)
        for kind, own in own_columns.items()
    ]
    for table in (owner.table() for owner in owners):
        for entity, name in zip(subjects, own_columns.values(), strict=True):
            own = sa.Column(name, TEXT, sa.ForeignKey(f"{entity.collection.table}.id"), info={"subject": entity})
            table.append_column(own)
            # Null for the records of other kinds, which the partial index leaves out.
            present = own.is_not(None)
            sa.Index(f"ix_{table.name}_{name}", own, sqlite_where=present, postgresql_where=present)
        for named, terms in ((table.c.subject_kind, kinds), (table.c.subject_collection, collections)):
            named.info["declared"] = replace(named.info["declared"], vocabulary=terms)
        table.append_constraint(sa.CheckConstraint(" OR ".join(ways), name="subject"))


def _own_column(kind: str) -> str:
    return f"subject_{kind.replace('-', '_')}_id"
