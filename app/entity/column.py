"""`column()` and `reference()` declare a column; `Column` is the resolved result."""

import datetime as dt
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field

from app.entity.words import Absence, Bilingual, Labels, Terms, Vocabulary

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
TERMS_TABLE = "vocabularies"  # of the terms that are data, to which columns with `terms` refer


class Json(sa.types.TypeDecorator[Any]):
    """JSON; JSONB on PostgreSQL, whose dialect is imported on demand."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the dialect's type."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(sa.JSON())
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB())


# Both databases collate text by code point, so that pages are the same on both.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = Json()
SQL_TYPES: dict[type, sa.types.TypeEngine[Any]] = {
    str: TEXT,
    int: sa.BigInteger(),
    float: sa.Double(),
    dt.date: sa.Date(),
    list: JSON,
}

# Display names of the types.
KINDS: dict[type, str] = {str: "text", int: "integer", float: "number", dt.date: "date", list: "list"}


class Reference(NamedTuple):
    """A foreign key and its two names in `include=`, forward and reverse, with the title of the way back.

    One to the same collection leads to the larger record that a record is a part of, if it is one `to_whole`.
    """

    table: str
    include: str
    reverse: str | None
    inverse: Bilingual | None = None
    to_whole: bool = True


@dataclass(frozen=True, eq=False)
class Declared:
    """The arguments of `column()` or `reference()`; `Column` adds what the annotation says."""

    title: Bilingual
    about: Bilingual
    unit: str | None = None
    unit_in: str | None = None
    ratio: bool = False
    facet: bool = False
    computed: bool = False
    names: bool = False
    rank: int = 0
    example: Any = None
    reference: Reference | None = None
    ge: int | None = None
    pattern: str | None = None
    form: str | None = None  # the pattern in words, for curators
    vocabulary: type[Vocabulary] | None = None
    terms: Terms | None = None
    absence: Absence | None = None
    default: str | None = None  # of an empty cell, and where a seed has no such column


@dataclass(frozen=True, eq=False)
class Column:
    """A resolved column of an entity, from which parameters, schemas and file headers derive.

    There is one instance per column, compared and hashed by identity: a cheap cache key.
    """

    name: str
    scalar: type
    nullable: bool
    declared: Declared
    sql: sa.ColumnElement[Any] = field(repr=False, compare=False)
    vocabulary: type[Vocabulary] | None = None
    items: Any = None  # the type of a list's items: str, or a TypedDict
    label_of: "Column | None" = None  # the column of slugs, if this one holds their labels

    @property
    def kind(self) -> str:
        """The display name of its type."""
        return KINDS[self.scalar]

    @property
    def is_list(self) -> bool:
        """True if a cell holds several values."""
        return self.scalar is list

    @property
    def is_term(self) -> bool:
        """True if its values are terms of a vocabulary."""
        return self.vocabulary is not None or self.declared.terms is not None

    @property
    def vocabulary_id(self) -> str | None:
        """The id of its vocabulary: `TeamKind` is `team-kind`."""
        if self.declared.terms:
            return self.declared.terms.id
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", self.vocabulary.__name__).lower() if self.vocabulary else None

    @property
    def vocabulary_name(self) -> str:
        """The name of its vocabulary as a type: `team-kind` is `TeamKind`."""
        return (self.vocabulary_id or "").title().replace("-", "")

    def labels(self, served: Labels) -> Mapping[str, Bilingual]:
        """Return the labels of its vocabulary's terms by slug: those of the code, or of a release. None for others."""
        if self.declared.terms:
            return served.get(self.declared.terms.id, {})
        return self.vocabulary.labels() if self.vocabulary else {}

    @property
    def is_categorical(self) -> bool:
        """True if it has few distinct values, so that `facet=` and `group_by=` accept it."""
        return self.is_term or self.declared.facet

    @property
    def is_searchable(self) -> bool:
        """True if `q=` searches it: free text or a list of texts, but no category and nothing computed."""
        is_text = self.scalar is str or self.items is str
        return is_text and not (self.is_categorical or self.declared.computed)

    @property
    def has_own_unit(self) -> bool:
        """True if it has a fixed unit. Figures fill such a column; the seed never does."""
        return self.declared.unit is not None

    @property
    def is_quantity(self) -> bool:
        """True if it has a fixed unit, or one that another column names."""
        return self.has_own_unit or self.declared.unit_in is not None

    @property
    def absence(self) -> Absence:
        """What an empty value means, unless the declaration says it.

        There is nothing to compute, or the record is the root of its tree or no part of another; every other fact
        is one that the source does not state.
        """
        if self.declared.absence:
            return self.declared.absence
        refers_to_its_own = self.declared.reference is not None and self.declared.reference.table == self.sql.table.name
        is_derived = self.declared.computed and not self.has_own_unit
        return Absence.NOT_APPLICABLE if is_derived or refers_to_its_own else Absence.NOT_STATED

    @property
    def is_additive(self) -> bool:
        """True if its amounts can be summed; ratios cannot."""
        return self.is_quantity and not self.declared.ratio


@cache
def label_column(column: Column) -> Column:
    """Return the column that holds the labels of a column's slugs."""
    title = column.declared.title
    about = Bilingual(
        f"“{title.zh}”的名称：词项的标签，或所指记录的名称。",
        f"The names of “{title.en}”: the labels of its terms, or the names of the records that it refers to.",
    )
    example = next(iter(column.vocabulary)).label.en if column.vocabulary else "Bijiang District"
    declared = Declared(title, about, computed=True, rank=column.declared.rank, example=example)
    return Column(f"{column.name}_label", str, column.nullable, declared, column.sql, label_of=column)


def column(
    title: tuple[str, str],
    about: tuple[str, str],
    *,
    unit: str | None = None,
    unit_in: str | None = None,
    ratio: bool = False,
    facet: bool = False,
    computed: bool = False,
    names: bool = False,
    rank: int = 0,
    example: Any = None,
    ge: int | None = None,
    pattern: str | None = None,
    form: str | None = None,
    vocabulary: type[Vocabulary] | None = None,
    terms: Terms | None = None,
    absence: Absence | None = None,
    default: str | None = None,
    primary_key: bool = False,
) -> Any:
    """Declare a column: its short title and its description, each in Chinese and English.

    - `unit`: the fixed unit of its amounts, which are filled from figures; `unit_in`: the column that holds the unit.
    - `ratio`: its amounts are per something and cannot be summed.
    - `computed`: the loader computes it; the seed has no such column.
    - `facet`: it has few distinct values.
    - `vocabulary`, `terms`: its values are terms of an enumeration, which the code knows, or of a vocabulary of data.
    - `names`: it names the record; search ranks matches in names first.
    - `form`: the pattern in words, for the load's messages to curators.
    - `rank`: columns are shown in ascending rank.
    - `absence`: what an empty value means, where the rule of `Column.absence` does not hold.
    - `default`: the value where the seed has none.
    """
    declared = Declared(
        Bilingual(*title),
        Bilingual(*about),
        unit,
        unit_in,
        ratio,
        facet,
        computed or unit is not None,
        names,
        rank,
        example,
        ge=ge,
        pattern=pattern,
        form=form,
        vocabulary=vocabulary,
        terms=terms,
        absence=absence,
        default=default,
    )
    return _field(declared, ge=ge, primary_key=primary_key)


def reference(
    table: str,
    title: tuple[str, str],
    about: tuple[str, str],
    *,
    include: str,
    reverse: str | None = None,
    inverse: tuple[str, str] | None = None,
    to_whole: bool = True,
    rank: int = 0,
    absence: Absence | None = None,
) -> Any:
    """Declare a foreign key to `table`; `include=` follows it as `include`, and back from there as `reverse`.

    `inverse` is the heading above the records that refer to one record, unless the collection's title says enough.
    A reference to the same collection is `to_whole` if the records of it are parts of the one that it leads to.
    """
    declared = Declared(
        Bilingual(*title),
        Bilingual(*about),
        facet=to_whole,  # what contradicts or corrects a record groups nothing
        rank=rank,
        reference=Reference(table, include, reverse, Bilingual(*inverse) if inverse else None, to_whole),
        absence=absence,
    )
    return _field(declared, foreign_key=f"{table}.id")


def _field(declared: Declared, **arguments: Any) -> Any:
    # sa_type is a placeholder: Entity.__table_cls__ sets the type that the annotation demands.
    return Field(
        title=declared.title.en,
        description=declared.about.en,
        sa_type=sa.Text,
        sa_column_kwargs={"comment": declared.about.en, "info": {"declared": declared}},
        **{name: value for name, value in arguments.items() if value is not None and value is not False},
    )


class Annotation(NamedTuple):
    """A parsed annotation: `Role | None` is (str, True, Role), `list[str]` is (list, False, None, str)."""

    scalar: type
    nullable: bool
    vocabulary: type[Vocabulary] | None = None
    items: Any = None


def read_annotation(annotation: Any) -> Annotation:
    """Parse the annotation of a declared column."""
    options = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    nullable = types.NoneType in options
    (kind,) = (option for option in options if option is not types.NoneType)
    if typing.get_origin(kind) is list:
        return Annotation(list, nullable, items=typing.get_args(kind)[0])
    if issubclass(kind, Vocabulary):
        return Annotation(str, nullable, kind)
    return Annotation(kind, nullable)


def constraints(part: sa.Column[Any], vocabulary: type[Vocabulary] | None) -> list[sa.CheckConstraint]:
    """Return the CHECK constraints of a column."""
    checks = []
    if vocabulary:
        terms = ", ".join(f"'{term}'" for term in vocabulary)
        checks.append(sa.CheckConstraint(f'"{part.name}" IN ({terms})', name=f"{part.name}_term"))
    if (minimum := part.info["declared"].ge) is not None:
        checks.append(sa.CheckConstraint(f'"{part.name}" >= {minimum}', name=f"{part.name}_least"))
    return checks


def term_reference(part: sa.Column[Any]) -> list[Any]:
    """Return what makes a column refer to terms: a column that holds the vocabulary, a check of it, and the key."""
    terms: Terms | None = part.info["declared"].terms
    if terms is None:
        return []
    name = f"{part.name}_vocabulary"
    return [
        sa.Column(name, TEXT, nullable=False, server_default=terms.id, comment=f"Vocabulary of {part.name}."),
        sa.CheckConstraint(f"\"{name}\" = '{terms.id}'", name=name),
        sa.ForeignKeyConstraint([name, part.name], [f"{TERMS_TABLE}.vocabulary", f"{TERMS_TABLE}.slug"]),
    ]
