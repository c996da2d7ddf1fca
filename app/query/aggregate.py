"""Records in groups: one SELECT for counts and sums alike, as a `Table`; nothing is added up that is not alike."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity, Table, Words
from app.errors import Fault, InvalidQuery
from app.formats import json
from app.formats.cells import flat
from app.query import plan
from app.query.addable import require_addable, rules
from app.query.aggregate_request import MAX_GROUPS, AggregateRequest
from app.query.aggregation import Group, Measure, joined
from app.query.conditions import Shapes, conditions, shapes_of, values_of
from app.query.index import require_index
from app.query.notes import notes
from app.query.request import SortKey

BATCH = 2_000  # rows that are written at once

Rows = Sequence[Sequence[Any]]


class AggregateShape(NamedTuple):
    """What of a request decides its statement."""

    entity: type[Entity]
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    filters: Shapes
    sort: tuple[SortKey, ...]


@lru_cache(plan.SHAPES)
def aggregate_statement(shape: AggregateShape) -> sa.Select[Any]:
    """SELECT for each group its keys and measures; then its count, what notes need, and which rules it breaks."""
    asked = shape.entity, shape.groups, shape.measures
    keys = [group.column.sql for group in shape.groups]
    measured = [measure.column.sql for measure in shape.measures]
    witnesses = [note.witness for note in notes(*asked)]
    flags = [rule.broken for rule in rules(*asked)]
    columns = [*keys, *measured, sa.func.count(), *witnesses, *flags]
    return (
        sa.select(*(column.label(f"column_{number}") for number, column in enumerate(columns)))
        .select_from(joined(shape.entity, shape.groups))
        .where(*conditions(shape.filters))
        .group_by(*keys)
        .order_by(*(plan.ordering(key, backwards=False) for key in shape.sort))
        .limit(MAX_GROUPS + 1)
    )


def read_aggregate(connection: Connection, request: AggregateRequest) -> Table:
    """The table of an aggregate: a row for each group.

    Raises InvalidQuery where a measure would add or compare what is not alike, or the groups are too many.
    """
    require_index(connection, request.filters)
    asked = request.entity, request.groups, request.measures
    shape = AggregateShape(*asked, shapes_of(request.filters), request.sort)
    rows = connection.execute(aggregate_statement(shape), values_of(request.filters)).all()
    if len(rows) > MAX_GROUPS:
        raise InvalidQuery([Fault("group_by", f"makes more than {MAX_GROUPS:,} groups; add filters")])
    width = len(request.columns)
    told = width + 1 + len(notes(*asked))
    require_addable(connection, request, rows, range(told, told + len(rules(*asked))))
    records = sum(row[width] for row in rows)
    said = [note.tell([row[place] for row in rows], records) for place, note in enumerate(notes(*asked), width + 1)]
    note = _joined([each for each in said if each])
    shown = [row[:width] for row in rows[: request.limit]]
    collection = request.entity.collection
    return Table(
        f"{collection.slug}-aggregate",
        Words(f"{collection.title.zh}汇总", f"{collection.title.en}, aggregated"),
        request.columns,
        _batches(shown),
        _written(request, shown),
        {"total": len(rows), "records": records} | note,
        provenance=note,
    )


def _batches(rows: Rows) -> Iterator[Rows]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _written(request: AggregateRequest, rows: Rows) -> Iterator[list[bytes]]:
    names, flatten = [column.name for column in request.columns], flat(request.columns)
    for batch in _batches(rows):
        yield [json.encode(dict(zip(names, cells, strict=True))) for cells in flatten(batch)]


def _joined(said: Sequence[Words]) -> dict[str, str]:
    return {"note_zh": "".join(each.zh for each in said), "note_en": " ".join(each.en for each in said)} if said else {}
