"""A boolean expression of index terms, written in the query syntax of each database."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Has:
    """Matches records with the term, or with any term that begins with it."""

    term: str
    prefix: bool = False


@dataclass(frozen=True)
class All:
    """Matches records that match every part."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Any:
    """Matches records that match at least one part."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Without:
    """Matches records that match `base` and not `excluded`."""

    base: "Expression"
    excluded: "Expression"


Expression = Has | All | Any | Without


def all_of(parts: Iterable[Expression]) -> Expression:
    """Join parts with AND. Duplicates are dropped."""
    (first, *rest) = dict.fromkeys(parts)
    return All((first, *rest)) if rest else first


def any_of(parts: Iterable[Expression]) -> Expression:
    """Join parts with OR. Duplicates are dropped."""
    (first, *rest) = dict.fromkeys(parts)
    return Any((first, *rest)) if rest else first


class Syntax(NamedTuple):
    """A database's query syntax: the quote around a term, the prefix mark after it, and the operators."""

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
    """Return the expression in a syntax. Terms hold letters, digits and `MARKS`, so they need no escaping."""
    match expression:
        case Has(term, prefix):
            return f"{syntax.quote}{term}{syntax.quote}{syntax.prefix if prefix else ''}"
        case All(parts):
            return f"({syntax.all.join(write(part, syntax) for part in parts)})"
        case Any(parts):
            return f"({syntax.any.join(write(part, syntax) for part in parts)})"
        case Without(base, excluded):
            return f"({write(base, syntax)}{syntax.without}{write(excluded, syntax)})"
