"""Whether a group holds a record beside its own part: what a sum would count twice."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from app.entity import Column
from app.request.aggregate import AggregateRequest
from app.request.measures import self_references
from app.sql.aggregate import part_statement
from app.sql.conditions import shapes_of, values_of


class Part(NamedTuple):
    """A part and its whole, by their ids, that stand in one group; `reference` is the column that leads up."""

    reference: Column
    part: str
    whole: str
    keys: Sequence[Any]


def find_part(connection: Connection, request: AggregateRequest) -> Part | None:
    """The first part that stands in one group with its whole, at whatever level; None where there is none."""
    filters, values = shapes_of(request.filters), values_of(request.filters)
    for reference in self_references(request.entity):
        statement = part_statement(request.entity, filters, request.groups, reference)
        if found := connection.execute(statement, values).first():
            return Part(reference, found[0], found[1], found[2:])
    return None
