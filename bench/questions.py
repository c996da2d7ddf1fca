"""Questions to contestants; each contestant has a request for a question, or none."""

from dataclasses import dataclass
from typing import NamedTuple


class Condition(NamedTuple):
    """A filter: a column that equals a value, or is at least that (`gte`)."""

    column: str
    value: str
    operator: str = "eq"


Where = tuple[Condition, ...]


class Spot(NamedTuple):
    """A position in the collection: after this record, at this offset, at this cursor."""

    id: str
    offset: int
    cursor: str


@dataclass(frozen=True)
class Record:
    """The record of this id."""

    id: str


@dataclass(frozen=True)
class Page:
    """A number of records ordered by id, of all or of those that match, from the first one or from a spot."""

    limit: int
    where: Where = ()
    spot: Spot | None = None


@dataclass(frozen=True)
class Facet:
    """The number of records for each value of a column.

    `fields` only makes addresses differ: no record is in the response.
    """

    column: str
    where: Where = ()
    fields: tuple[str, ...] = ()


class Groups(Facet):
    """The same as a group-by, for contestants with a separate address for it."""


Question = Record | Page | Facet
Answer = list[dict[str, object]] | dict[object, int]
