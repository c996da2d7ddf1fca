"""Aggregates as a `Table`: one SELECT for all groups, refused if a measure would mislead."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from app.entity import Bilingual, Column, Qualified, Table
from app.errors import Fault, InvalidQuery
from app.formats import json
from app.formats.cells import flattener
from app.read.aggregate_faults import require_addable
from app.read.index import require_index
from app.read.terms import read_terms, require_terms
from app.request.aggregate import MAX_GROUPS, AggregateRequest
from app.sql.aggregate import AggregateShape, aggregate_statement
from app.sql.aggregate_rules import Note, notes
from app.sql.conditions import shapes_of, values_of
from app.sql.prepared import counted

BATCH_ROWS = 2_000

Rows = Sequence[Sequence[Any]]


def read_aggregate(connection: Connection, request: AggregateRequest) -> Table:
    """Return the table of an aggregate with a row for each group.

    Raises InvalidQuery if a measure would add or compare unlike values, or there are too many groups.
    """
    require_index(connection, request.filters)
    require_terms(connection, request.entity, request.filters, request.parameters)
    what = request.entity, request.groups, request.measures
    shape = AggregateShape(*what, shapes_of(request.filters), request.sort)
    rows = counted(connection.execute(aggregate_statement(shape), values_of(request.filters)).all())
    if len(rows) > MAX_GROUPS:
        raise InvalidQuery([Fault("group_by", f"There are more than {MAX_GROUPS:,} groups. Add filters.")])
    # A row has the columns of the answer, the group's count, the values of notes, and whether it breaks each rule.
    count_index = len(request.columns)
    rules_index = count_index + 1 + len(notes(*what))
    require_addable(connection, request, [(row[: len(request.groups)], row[rules_index:]) for row in rows])
    records = sum(row[count_index] for row in rows)
    note_values = ([row[index] for row in rows] for index in range(count_index + 1, rules_index))
    described = [_describe(note, values, records) for note, values in zip(notes(*what), note_values, strict=True)]
    note = _join_notes([text for text in described if text])
    shown = [row[:count_index] for row in rows[: request.limit]]
    collection = request.entity.collection
    return Table(
        f"{collection.slug}-aggregate",
        Bilingual(f"{collection.title.zh}汇总", f"{collection.title.en}, aggregated"),
        request.columns,
        _batches(shown),
        _encode(request, shown),
        {"total": len(rows), "records": records} | note,
        provenance=note,
        terms=read_terms(connection),
    )


def _batches(rows: Rows) -> Iterator[Rows]:
    for start in range(0, len(rows), BATCH_ROWS):
        yield rows[start : start + BATCH_ROWS]


def _encode(request: AggregateRequest, rows: Rows) -> Iterator[list[bytes]]:
    names, flatten = [column.name for column in request.columns], flattener(request.columns)
    for batch in _batches(rows):
        yield [json.encode(dict(zip(names, cells, strict=True))) for cells in flatten(batch)]


def _join_notes(texts: Sequence[Bilingual]) -> dict[str, str]:
    texts_zh, texts_en = "".join(text.zh for text in texts), " ".join(text.en for text in texts)
    return {"note_zh": texts_zh, "note_en": texts_en} if texts else {}


def _describe(note: Note, values: Sequence[Any], records: int) -> Bilingual | None:
    """Return the text of a note, from its value in each group; None if there is nothing to note."""
    if isinstance(note.about, Qualified):
        return _describe_inexact(note.about, sum(values), records)
    return _describe_units(note.about, sorted({unit for unit in values if unit is not None}))


def _describe_inexact(qualified: Qualified, inexact: int, records: int) -> Bilingual | None:
    if not inexact:
        return None
    return Bilingual(
        f"{records} 条记录中有 {inexact} 条不是确数（{qualified.by} 不是 {qualified.exact}），据此算出的也不是；"
        f"各条的 {qualified.lower} 与 {qualified.upper} 是原词所限的下限与上限。",
        f"Records that are not exact ({qualified.by} other than {qualified.exact}): {inexact} of {records}. Measures "
        f"computed from them are not exact either. Their {qualified.lower} and {qualified.upper} give the bounds that "
        "the words allow.",
    )


def _describe_units(column: Column, units: Sequence[str]) -> Bilingual | None:
    if len(units) < 2:
        return None
    return Bilingual(
        f"各组单位不同（{'、'.join(units)}），不可相互比较；请同时按 {column.name} 分组。",
        f"The groups have different units ({', '.join(units)}) and cannot be compared. Group by {column.name} too.",
    )
