"""`column()` and `reference()`: what a declaration says of one column, and the column that results."""

import datetime as dt
import types
import typing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field

from app.entity.words import Bilingual, Vocabulary

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"


class Json(sa.types.TypeDecorator[Any]):
    """JSON, which PostgreSQL keeps parsed. Its dialect is imported only where that is the database."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """The type that a database has for it."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(sa.JSON())
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB())


# Both databases sort and compare text by code point, so that they give the same pages in the same order.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = Json()
SQL_TYPES: dict[type, sa.types.TypeEngine[Any]] = {
    str: TEXT,
    int: sa.BigInteger(),
    float: sa.Double(),
    dt.date: sa.Date(),
    list: JSON,
}


# What a type is called for people.
KINDS: dict[type, str] = {str: "text", int: "integer", float: "number", dt.date: "date", list: "list"}


class Reference(NamedTuple):
    """A foreign key, and the two names under which `include=` follows it."""

    table: str
    include: str
    reverse: str | None


@dataclass(frozen=True, eq=False)
class Declared:
    """What `column()` was told; `Column` adds what the annotation tells."""

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
    vocabulary: type[Vocabulary] | None = None


@dataclass(frozen=True, eq=False)
class Column:
    """One column of an entity, resolved: everything that a parameter, a schema or a file header derives from.

    There is one object for each column, so that requests are known by it at no cost.
    """

    name: str
    scalar: type
    nullable: bool
    declared: Declared
    sql: sa.ColumnElement[Any] = field(repr=False, compare=False)
    vocabulary: type[Vocabulary] | None = None
    items: Any = None  # the type of a list's items: str, or a TypedDict

    @property
    def kind(self) -> str:
        """What its type is called for people."""
        return KINDS[self.scalar]

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several values."""
        return self.scalar is list

    @property
    def countable(self) -> bool:
        """Whether its values are few enough to be counted: those of a vocabulary, and those declared so."""
        return self.vocabulary is not None or self.declared.facet

    @property
    def searched(self) -> bool:
        """Whether `q=` looks into it: text that people wrote, be it one or a list, not a word of a few nor a link."""
        written = self.scalar is str or self.items is str
        return written and not (self.countable or self.declared.computed)

    @property
    def measured(self) -> bool:
        """Whether figures fill this column: a number with a unit is never typed in by hand."""
        return self.declared.unit is not None

    @property
    def quantity(self) -> bool:
        """Whether it holds amounts of something, in a unit of its own or in the one that another column names."""
        return self.measured or self.declared.unit_in is not None

    @property
    def addable(self) -> bool:
        """Whether its amounts can be added up at all: so much for each of something cannot."""
        return self.quantity and not self.declared.ratio


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
    vocabulary: type[Vocabulary] | None = None,
    primary_key: bool = False,
) -> Any:
    """Declare a column: its short title and its description, each in Chinese and English.

    `unit` says that figures fill the column and in which unit; `unit_in` names the column that holds its unit;
    `ratio` says that its amounts are so much for each of something;
    `computed` says that the loader works the value out and the seed does not carry it; `facet` that its values are
    few enough to count; `names` that it names the record, which a search puts first; a higher `rank` puts it further
    back.
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
        vocabulary=vocabulary,
    )
    return _field(declared, ge=ge, primary_key=primary_key)


def reference(
    table: str,
    title: tuple[str, str],
    about: tuple[str, str],
    *,
    include: str,
    reverse: str | None = None,
    rank: int = 0,
) -> Any:
    """Declare a foreign key to `table`; `include=` follows it as `include`, and back from there as `reverse`."""
    declared = Declared(
        Bilingual(*title), Bilingual(*about), facet=True, rank=rank, reference=Reference(table, include, reverse)
    )
    return _field(declared, foreign_key=f"{table}.id")


def _field(declared: Declared, **arguments: Any) -> Any:
    # sa_type is a stand-in: Entity.__table_cls__ sets the type that the annotation asks for.
    given = {name: value for name, value in arguments.items() if value is not None and value is not False}
    return Field(
        title=declared.title.en,
        description=declared.about.en,
        sa_type=sa.Text,
        sa_column_kwargs={"comment": declared.about.en, "info": {"declared": declared}},
        **given,
    )


class Annotation(NamedTuple):
    """What an annotation tells: `Role | None` is (str, True, Role), `list[str]` is (list, False, None, str)."""

    scalar: type
    nullable: bool
    vocabulary: type[Vocabulary] | None = None
    items: Any = None


def read_annotation(annotation: Any) -> Annotation:
    """What the annotation of a declared column tells."""
    options = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    nullable = types.NoneType in options
    (kind,) = (option for option in options if option is not types.NoneType)
    if typing.get_origin(kind) is list:
        return Annotation(list, nullable, items=typing.get_args(kind)[0])
    if issubclass(kind, Vocabulary):
        return Annotation(str, nullable, kind)
    return Annotation(kind, nullable)


def constraints(part: sa.Column[Any], vocabulary: type[Vocabulary] | None) -> list[sa.CheckConstraint]:
    """What a value must satisfy, as the database holds it."""
    checks = []
    if vocabulary:
        terms = ", ".join(f"'{term}'" for term in vocabulary)
        checks.append(sa.CheckConstraint(f'"{part.name}" IN ({terms})', name=f"{part.name}_term"))
    if (least := part.info["declared"].ge) is not None:
        checks.append(sa.CheckConstraint(f'"{part.name}" >= {least}', name=f"{part.name}_least"))
    return checks
