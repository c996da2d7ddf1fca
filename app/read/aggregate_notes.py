"""Notes on an aggregate, for people: that not all values are exact, that not all are in one unit."""

from collections.abc import Sequence
from typing import Any

from app.entity import Bilingual, Column, Qualified
from app.sql.aggregate_notes import Note


def describe(note: Note, witnesses: Sequence[Any], records: int) -> Bilingual | None:
    """Return the note, given each group's witness and the number of records; None if there is nothing to say."""
    if isinstance(note.about, Qualified):
        return _inexact(note.about, witnesses, records)
    return _units(note.about, witnesses)


def _inexact(qualified: Qualified, counts: Sequence[int], records: int) -> Bilingual | None:
    if not (inexact := sum(counts)):
        return None
    return Bilingual(
        f"{records} 条记录中有 {inexact} 条不是确数（{qualified.by} 不是 {qualified.exact}），由其算出的数也不是；"
        f"各条的 {qualified.lower} 与 {qualified.upper} 给出原词所限的下限与上限。",
        f"Records that are not exact ({qualified.by} other than {qualified.exact}): {inexact} of {records}. Nor is "
        f"what is worked out from them; {qualified.lower} and {qualified.upper} tell of each how far its words go.",
    )


def _units(column: Column, units: Sequence[str | None]) -> Bilingual | None:
    if len(different := sorted({unit for unit in units if unit is not None})) < 2:
        return None
    return Bilingual(
        f"各组单位不同（{'、'.join(different)}），不可相互比较；加上按 {column.name} 分组即可分清。",
        f"The groups are in different units ({', '.join(different)}) and not to be compared; group by {column.name} "
        "too to see which is in which.",
    )
