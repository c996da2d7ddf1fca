"""What a client may ask, whoever answers; each contestant has an address for it, or none."""

from dataclasses import dataclass
from typing import NamedTuple


class Condition(NamedTuple):
    """A filter: a column that equals a value, or is at least that (`gte`)."""

    column: str
    value: str
    operator: str = "eq"


Where = tuple[Condition, ...]


class Spot(NamedTuple):
    """A place in the collection, in each way of telling it: behind this record, after so many, at this cursor."""

    id: str
    offset: int
    cursor: str


@dataclass(frozen=True)
class Record:
    """The record of this id."""

    id: str


@dataclass(frozen=True)
class Page:
    """So many records in the order of their ids, of all or of those that match, from the first or from a spot on."""

    limit: int
    where: Where = ()
    spot: Spot | None = None


@dataclass(frozen=True)
class Facet:
    """Each value of a column, and how many records have it.

    `told` are columns that no record will be told of, as there is none: they only make one address differ from another.
    """

    column: str
    where: Where = ()
    told: tuple[str, ...] = ()


class Groups(Facet):
    """The same as a group-by, where that is an address of its own."""


Question = Record | Page | Facet
Answer = list[dict[str, object]] | dict[object, int]
