"""Which index terms a record must have: one expression, written as each database wants it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Has:
    """The term itself, or any term that begins with it."""

    term: str
    prefix: bool = False


@dataclass(frozen=True)
class All:
    """Every one of the parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Any:
    """At least one of the parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Without:
    """The matches of `base` that are not matches of `excluded`."""

    base: "Expression"
    excluded: "Expression"


Expression = Has | All | Any | Without


def all_of(parts: Iterable[Expression]) -> Expression:
    """Match all of the parts. Duplicates are dropped."""
    (first, *rest) = dict.fromkeys(parts)
    return All((first, *rest)) if rest else first


def any_of(parts: Iterable[Expression]) -> Expression:
    """Match at least one of the parts. Duplicates are dropped."""
    (first, *rest) = dict.fromkeys(parts)
    return Any((first, *rest)) if rest else first


class Syntax(NamedTuple):
    """How a database wants an expression: what stands round a term, behind one that may go on, and between parts."""

    quote: str
    prefix: str
    all: str
    any: str
    without: str


SYNTAXES = {
    "sqlite": Syntax('"', " *", " AND ", " OR ", " NOT "),  # FTS5
    "postgresql": Syntax("'", ":*", " & ", " | ", " & !"),  # tsquery
}


def write(expression: Expression, syntax: Syntax) -> str:
    """The expression in a syntax. Terms hold letters, digits and our marks: no quote and no backslash."""
    match expression:
        case Has(term, prefix):
            return f"{syntax.quote}{term}{syntax.quote}{syntax.prefix if prefix else ''}"
        case All(parts):
            return f"({syntax.all.join(write(part, syntax) for part in parts)})"
        case Any(parts):
            return f"({syntax.any.join(write(part, syntax) for part in parts)})"
        case Without(base, excluded):
            return f"({write(base, syntax)}{syntax.without}{write(excluded, syntax)})"
