"""What an aggregate tells of its numbers in words: that not all are exact, that not all are in one unit."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.entity import Column, Entity, Qualified, Words
from app.query import plan
from app.query.aggregation import Group, Measure


class Note(NamedTuple):
    """A note: the aggregate that it needs of every group, and what it says of them, if anything."""

    witness: sa.ColumnElement[Any]
    tell: Callable[[Sequence[Any], int], Words | None]


@lru_cache(plan.SHAPES)
def notes(entity: type[Entity], chosen: tuple[Group, ...], measured: tuple[Measure, ...]) -> tuple[Note, ...]:
    """The notes that measures of a collection's groups may need."""
    return tuple(_notes(entity, {group.column.name for group in chosen}, measured))


def _notes(entity: type[Entity], grouped: set[str], measured: Sequence[Measure]) -> Iterator[Note]:
    columns = entity.columns()
    amounts = {measure.amount.name for measure in measured if measure.amount}
    qualified = entity.qualified
    if qualified and amounts & set(qualified.amounts):
        inexact = sa.case((columns[qualified.by].sql != qualified.exact, 1))
        yield Note(sa.func.count(inexact), partial(_inexact, qualified))
    for unit in dict.fromkeys(measure.unit_in for measure in measured):
        if unit and unit not in grouped:
            yield Note(sa.func.min(columns[unit].sql), partial(_units, columns[unit]))


def _inexact(qualified: Qualified, counts: Sequence[int], records: int) -> Words | None:
    if not (inexact := sum(counts)):
        return None
    return Words(
        f"{records} 条记录中有 {inexact} 条不是确数（{qualified.by} 不是 {qualified.exact}），由其算出的数也不是；"
        f"各条的 {qualified.lower} 与 {qualified.upper} 给出原词所限的下限与上限。",
        f"Records that are not exact ({qualified.by} other than {qualified.exact}): {inexact} of {records}. Nor is "
        f"what is worked out from them; {qualified.lower} and {qualified.upper} tell of each how far its words go.",
    )


def _units(column: Column, units: Sequence[str | None], _records: int) -> Words | None:
    if len(different := sorted({unit for unit in units if unit is not None})) < 2:
        return None
    return Words(
        f"各组单位不同（{'、'.join(different)}），不可相互比较；加上按 {column.name} 分组即可分清。",
        f"The groups are in different units ({', '.join(different)}) and not to be compared; group by {column.name} "
        "too to see which is in which.",
    )
