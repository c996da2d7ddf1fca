"""Records in groups: one SELECT for counts and sums alike, as a `Table`; nothing is added up that is not alike."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from app.entity import Bilingual, Table
from app.errors import Fault, InvalidQuery
from app.formats import json
from app.formats.cells import flattener
from app.read.aggregate_faults import require_addable
from app.read.aggregate_notes import describe
from app.read.index import require_index
from app.request.aggregate import MAX_GROUPS, AggregateRequest
from app.sql.aggregate import AggregateShape, aggregate_statement
from app.sql.aggregate_notes import notes
from app.sql.aggregate_rules import rules
from app.sql.conditions import shapes_of, values_of

BATCH = 2_000  # rows that are written at once

Rows = Sequence[Sequence[Any]]


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
    said = [
        describe(note, [row[place] for row in rows], records) for place, note in enumerate(notes(*asked), width + 1)
    ]
    note = _joined([each for each in said if each])
    shown = [row[:width] for row in rows[: request.limit]]
    collection = request.entity.collection
    return Table(
        f"{collection.slug}-aggregate",
        Bilingual(f"{collection.title.zh}汇总", f"{collection.title.en}, aggregated"),
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
    names, flatten = [column.name for column in request.columns], flattener(request.columns)
    for batch in _batches(rows):
        yield [json.encode(dict(zip(names, cells, strict=True))) for cells in flatten(batch)]


def _joined(said: Sequence[Bilingual]) -> dict[str, str]:
    return {"note_zh": "".join(each.zh for each in said), "note_en": " ".join(each.en for each in said)} if said else {}
