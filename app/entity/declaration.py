"""`Entity` and the other base classes of declarations."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.entity.column import (
    SLUG,
    SQL_TYPES,
    Column,
    Declared,
    column,
    constraints,
    read_annotation,
    reference,
    term_reference,
)
from app.entity.words import Bilingual

RESERVED_IDS = frozenset({"aggregate"})  # routes below a collection that are no record

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Collection(NamedTuple):
    """A collection's names: in URLs, for one record, and for readers."""

    slug: str
    singular: str
    title: Bilingual
    about: Bilingual
    rank: int = 5  # lists show lower ranks first

    @property
    def table(self) -> str:
        """The slug with underscores, for tables, JSON keys and module names."""
        return self.slug.replace("-", "_")


class Qualified(NamedTuple):
    """The columns that hold inexact amounts, their `lower` and `upper` bounds, and how exact they are.

    Amounts are exact where the column `by` has the value `exact`.
    """

    amounts: tuple[str, ...]
    by: str
    exact: str
    lower: str
    upper: str


class Entity(SQLModel):
    """A record of a collection. Subclass with `table=True` and declare `collection`; everything else derives."""

    collection: ClassVar[Collection]

    # Columns that are often filtered together. Each group gets a composite index; the first one also orders the rows.
    filtered_together: ClassVar[tuple[tuple[str, ...], ...]] = ()

    # The columns that must have the same value in all records whose amounts are summed, besides the unit.
    additive_within: ClassVar[tuple[str, ...]] = ()
    # Columns that differ where another one does: a refusal names that alone.
    follows: ClassVar[Mapping[str, str]] = {}

    # The columns that, all together, no two records have alike whose amounts are summed, unless they are parts of one
    # whole.
    added_once: ClassVar[tuple[str, ...]] = ()

    # The column that is empty in all records whose amounts are summed: others are replaced by the record it names.
    replaced_column: ClassVar[str] = ""

    # The columns that the site's table shows after the name, if not the ones that it derives; `relation.column` too.
    table_columns: ClassVar[tuple[str, ...]] = ()

    # The references by whose records search finds a record too: by their names and summary, the names of their
    # ancestors, and last by these columns of theirs.
    searched_through: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    # True if a seed may lack its file, because the seed is older than the entity.
    may_be_missing: ClassVar[bool] = False

    # True if the OpenAPI document, which has to stay small, declares of its pages and records what most programs need.
    # Its files, aggregates, other filters and orders work as those of all collections do.
    briefly_documented: ClassVar[bool] = False
    # Columns of which the OpenAPI document declares the most usual filters alone: bounds of dates, else equality.
    briefly_filtered: ClassVar[frozenset[str]] = frozenset()

    # Its inexact amounts, if it has any.
    qualified: ClassVar[Qualified | None] = None

    id: str = column(
        ("标识", "Identifier"),
        ("稳定的小写 ASCII 标识，不随重新加载而变。", "Stable lower-case ASCII slug; a reload does not change it."),
        pattern=f"^{SLUG}$",
        form="a to z, 0 to 9 and single hyphens, such as youth-teams",
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
        """Build the table: type each column by its annotation; add constraints and indexes."""
        added, covered = [], []
        for part in parts:
            if isinstance(part, sa.Column) and part.name in cls.model_fields:
                annotation = read_annotation(cls.model_fields[part.name].annotation)
                part.type = SQL_TYPES[annotation.scalar]
                added += [*constraints(part, annotation.vocabulary), *term_reference(part)]
                declared = part.info["declared"]
                if annotation.vocabulary or declared.facet or declared.reference or declared.unit or declared.unit_in:
                    covered.append(part.name)
        record = sa.Column(
            "record", sa.Text(), nullable=False, comment="The record's JSON as it is served, written once at load."
        )
        table = sa.Table(name, metadata, *parts, record, *added, **options)
        for part in parts:
            if isinstance(part, sa.Column) and part.foreign_keys:
                sa.Index(None, table.c[part.name], table.c.id)  # pages are ordered by id
        for filtered in cls.filtered_together:
            # A covering index: facets and sums are computed without reading the table.
            columns = dict.fromkeys([*filtered, "id", *covered])
            sa.Index(f"ix_{name}_{'_'.join(filtered)}", *(table.c[column] for column in columns))
        return table

    @classmethod
    def table(cls) -> sa.Table:
        """The entity's table."""
        return SQLModel.metadata.tables[cls.collection.table]

    @classmethod
    def stored(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return a record's column values for INSERT. An entity may add columns that are not served."""
        return dict(values)

    @classmethod
    @cache
    def columns(cls) -> Mapping[str, Column]:
        """Return the entity's columns by name, in display order."""
        columns = []
        for name, info in cls.model_fields.items():
            sql = cls.table().columns[name]
            scalar, nullable, vocabulary, items = read_annotation(info.annotation)
            declared: Declared = sql.info["declared"]
            columns.append(Column(name, scalar, nullable, declared, sql, vocabulary or declared.vocabulary, items))
        return {column.name: column for column in sorted(columns, key=lambda column: column.declared.rank)}


class Described(Entity):
    """An entity with a short summary."""

    summary_zh: str = column(
        ("中文简介", "Chinese summary"), ("中文简介，用我们自己的话写成。", "Summary in Chinese, in our words.")
    )
    summary_en: str = column(
        ("英文简介", "English summary"), ("英文简介，用我们自己的话写成。", "Summary in English, in our words.")
    )


class Cited(Entity):
    """An entity that cites a span of its source: the words at `paragraph[start:end]`."""

    # The column that holds those words; `locate` computes their span.
    words_column: ClassVar[str]

    # The columns that sort records as their sources name them.
    order_in_source: ClassVar[tuple[str, ...]] = ("source_id", "paragraph", "start")

    @classmethod
    def __table_cls__(cls, name: str, metadata: sa.MetaData, *parts: Any, **options: Any) -> sa.Table:
        """Build the table; the span is as long as the words, and an index has the order of the source."""
        fits = sa.CheckConstraint(f'length({cls.words_column}) = "end" - "start"', name="place")
        table = super().__table_cls__(name, metadata, *parts, fits, **options)
        sa.Index(None, *(table.c[each] for each in cls.order_in_source), table.c.id)
        return table

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

    # True if figures and mentions may have it as their subject.
    can_be_subject: ClassVar[bool] = True

    as_named: str = column(
        ("原文名称", "As named"),
        ("来源中的原词，一字不改。", "The very words by which the source names it."),
        rank=1,
        names=True,
    )
