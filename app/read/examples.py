"""Example values of every column, from the records of the release, for the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.models import ENTITIES

MAX_SAMPLED_RECORDS = 200  # of each collection
MAX_EXAMPLE_BYTES = 200  # of an example as JSON: longer prose and lists explain nothing that their schemas do not

Examples = Mapping[type[Entity], Mapping[str, Any]]


def read_examples(connection: Connection) -> Examples:
    """Return a value of each column by entity and name; a column without values, or with long ones only, has none."""
    return {entity: _examples_of(connection, entity) for entity in ENTITIES}


def _examples_of(connection: Connection, entity: type[Entity]) -> dict[str, Any]:
    table = entity.table().c
    rows = connection.execute(sa.select(table.record).order_by(table.id).limit(MAX_SAMPLED_RECORDS))
    records = [msgspec.json.decode(record) for (record,) in rows]
    values = {name: [each[name] for each in records if each[name] not in (None, [])] for name in entity.columns()}
    examples = {name: _shortest(each) for name, each in values.items() if each}
    return {name: each for name, each in examples.items() if len(msgspec.json.encode(each)) <= MAX_EXAMPLE_BYTES}


def _shortest(values: list[Any]) -> Any:
    """Return the shortest text, which keeps the document small; of other values, the first."""
    return min(values, key=len) if isinstance(values[0], str) else values[0]
