"""`Entity` and what it can be built on: the base classes of every declaration."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.entity.column import SLUG, SQL_TYPES, Column, column, constraints, read_annotation, reference
from app.entity.words import Bilingual

RESERVED_IDS = frozenset({"aggregate"})  # an address of its own beside the records

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Collection(NamedTuple):
    """What a collection is called: in addresses, for one record, and for people."""

    slug: str
    singular: str
    title: Bilingual
    about: Bilingual
    rank: int = 5  # lists show lower ranks first

    @property
    def table(self) -> str:
        """The collection's name where a hyphen may not stand: tables, keys of JSON, module names."""
        return self.slug.replace("-", "_")


class Qualified(NamedTuple):
    """Amounts that are not always exact: `by` is the column that tells, `exact` what it says where they are.

    `lower` and `upper` are the columns that hold the bounds which the words allow.
    """

    amounts: tuple[str, ...]
    by: str
    exact: str
    lower: str
    upper: str


class Entity(SQLModel):
    """A collection's record. Subclass with `table=True` and declare `collection`; the rest derives."""

    collection: ClassVar[Collection]

    # Columns that clients filter by at once, beside each reference by itself: the database has an index for them, and
    # lays its rows in the order of the first.
    filtered_together: ClassVar[tuple[tuple[str, ...], ...]] = ()

    # The columns in which records must agree before their amounts may be added up; their unit must agree anyway.
    addable_within: ClassVar[tuple[str, ...]] = ()

    # Which of its amounts are not always exact, if any.
    qualified: ClassVar[Qualified | None] = None

    id: str = column(
        ("标识", "Identifier"),
        ("稳定的小写 ASCII 标识，不随重新加载而变。", "Stable lower-case ASCII slug; a reload does not change it."),
        pattern=f"^{SLUG}$",
        example="bijiang",
        primary_key=True,
        names=True,
    )
    name_zh: str = column(("中文名", "Chinese name"), ("中文名称。", "Name in Chinese."), example="碧江区", names=True)
    name_en: str = column(
        ("英文名", "English name"), ("英文名称。", "Name in English."), example="Bijiang District", names=True
    )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Name the table after the collection."""
        super().__init_subclass__(**kwargs)
        if "collection" in vars(cls):
            cls.__tablename__ = cls.collection.table

    @classmethod
    def __table_cls__(cls, name: str, metadata: sa.MetaData, *parts: Any, **options: Any) -> sa.Table:
        """Build the table: each column typed by its annotation, its constraints held by the database too."""
        checks, counted = [], []
        for part in parts:
            if isinstance(part, sa.Column) and part.name in cls.model_fields:
                told = read_annotation(cls.model_fields[part.name].annotation)
                part.type = SQL_TYPES[told.scalar]
                checks += constraints(part, told.vocabulary)
                declared = part.info["declared"]
                amount = declared.unit is not None or declared.unit_in is not None
                counted += [part.name] if told.vocabulary or declared.facet or amount else []
        record = sa.Column(
            "record", sa.Text(), nullable=False, comment="The record's JSON as it is served, written once at load."
        )
        table = sa.Table(name, metadata, *parts, record, *checks, **options)
        for part in parts:
            if isinstance(part, sa.Column) and part.foreign_keys:
                sa.Index(None, table.c[part.name], table.c.id)  # a page comes in its order
        for filtered in cls.filtered_together:
            # What can be counted goes with it, and amounts: to count and to add up needs no look at records.
            columns = dict.fromkeys([*filtered, "id", *counted])
            sa.Index(f"ix_{name}_{'_'.join(filtered)}", *(table.c[column] for column in columns))
        return table

    @classmethod
    def table(cls) -> sa.Table:
        """The entity's table."""
        return SQLModel.metadata.tables[cls.collection.table]

    @classmethod
    def stored(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """A record's values as its table holds them; an entity may add what only the database needs."""
        return dict(values)

    @classmethod
    @cache
    def columns(cls) -> Mapping[str, Column]:
        """The entity's columns by name, in the order in which every format shows them."""
        resolved = []
        for name, info in cls.model_fields.items():
            sql = cls.table().columns[name]
            told = read_annotation(info.annotation)
            declared = sql.info["declared"]
            vocabulary = told.vocabulary or declared.vocabulary
            resolved.append(Column(name, told.scalar, told.nullable, declared, sql, vocabulary, told.items))
        return {item.name: item for item in sorted(resolved, key=lambda item: item.declared.rank)}


class Described(Entity):
    """An entity with a short description in our own words."""

    summary_zh: str = column(
        ("中文简介", "Chinese summary"), ("中文简介，用我们自己的话写成。", "Summary in Chinese, in our words.")
    )
    summary_en: str = column(
        ("英文简介", "English summary"), ("英文简介，用我们自己的话写成。", "Summary in English, in our words.")
    )


class Cited(Entity):
    """An entity that stands at a place of its source: the words at `paragraph[start:end]`."""

    # The column that holds those words; `locate` finds them at their place.
    words_column: ClassVar[str]

    @classmethod
    def __table_cls__(cls, name: str, metadata: sa.MetaData, *parts: Any, **options: Any) -> sa.Table:
        """Build the table; its words are as long as their place."""
        fits = sa.CheckConstraint(f'length({cls.words_column}) = "end" - "start"', name="place")
        return super().__table_cls__(name, metadata, *parts, fits, **options)

    source_id: str = reference(
        "sources", ("来源", "Source"), ("所引来源。", "Source that is cited."), include="source", rank=2
    )
    paragraph: int = column(
        ("段落", "Paragraph"),
        ("在来源正文中的段落序号，从 1 起。", "Body paragraph of the source, counted from 1."),
        facet=True, rank=2, ge=1, example=5,
    )  # fmt: skip
    start: int = column(
        ("起点", "Start"),
        ("原词在段落中的起点，按码位从 0 计。", "Where the words begin in the paragraph, in code points from 0."),
        computed=True, rank=2, ge=0, example=474,
    )  # fmt: skip
    end: int = column(
        ("终点", "End"),
        ("原词在段落中的终点（不含）。", "Where the words end in the paragraph (exclusive)."),
        computed=True, rank=2, ge=1, example=478,
    )  # fmt: skip


class NamedInSource(Described, Cited):
    """An entity that the source names."""

    words_column: ClassVar[str] = "as_named"

    # Whether figures may speak of it.
    can_be_subject: ClassVar[bool] = True

    as_named: str = column(
        ("原文名称", "As named"),
        ("来源中的原词，一字不改。", "The very words by which the source names it."),
        rank=1,
        names=True,
    )
