"""Figures of one series: which is the latest, and which of one time contradict each other.

A series has one indicator, subject, place, unit, status and period; wholes and parts are series of their own.
"""

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from app.load.faults import SeedFault
from app.load.rows import Row
from app.models.figure import Standing

SERIES = ("indicator_id", "subject_kind", "subject_id", "place_id", "unit", "status", "period")
CORRECTED = ("indicator_id", "subject_kind", "subject_id", "unit")  # alike in a figure and the one that replaces it


class Member(NamedTuple):
    """A figure of a series."""

    id: str
    line: int
    file: str
    as_stated: str
    time: tuple[str | None, str]  # as stated, and its last day
    amount: tuple[float | None, float | None, float | None]  # value, lower and upper bound
    part_of_id: str | None
    conflicts_with_id: str | None
    replaced_by_id: str | None

    @property
    def last_day(self) -> str:
        """The last day of its time."""
        return self.time[1]

    def contradicts(self, other: "Member") -> bool:
        """Whether no value can be what both state. A value without bounds is taken as it stands."""
        (low, high), (least, most) = self.bounds(), other.bounds()
        return bool(low > most or least > high)

    def bounds(self) -> tuple[float, float]:
        """The least and the most that it states."""
        value, lower, upper = self.amount
        if value is not None and lower is None and upper is None:
            return value, value
        return (float("-inf") if lower is None else lower), (float("inf") if upper is None else upper)


class SeriesChecks:
    """The series of the figures read so far."""

    def __init__(self) -> None:
        self._series: dict[tuple[Any, ...], list[Member]] = {}
        self._keys: dict[str, tuple[Any, ...]] = {}  # of the figures that a conflict may name, by id
        self._declared: list[Row] = []

    def row(self, row: Row) -> Iterator[SeedFault]:
        """Add a figure, and report a conflict or a correction that says nothing of why."""
        values = row.values
        for name in ("conflicts_with_id", "replaced_by_id"):
            if values[name] and not (values["note_zh"] and values["note_en"]):
                yield row.fault(name, "Say why in note_zh and note_en.")
        if row.broken or not values["time_end"] or not values["unit"]:
            return
        key = (*(values[name] for name in SERIES), values["part_of_id"] is not None)
        self._keys[values["id"]] = (*key, values["time"], values["time_end"])
        self._series.setdefault(key, []).append(
            Member(
                values["id"],
                row.line,
                row.file,
                values["as_stated"],
                (values["time"], values["time_end"]),
                (values["value"], values["lower"], values["upper"]),
                values["part_of_id"],
                values["conflicts_with_id"],
                values["replaced_by_id"],
            )
        )
        if values["conflicts_with_id"] or values["replaced_by_id"]:
            self._declared.append(row.pick(*CORRECTED, "conflicts_with_id", "replaced_by_id"))

    def complete(self, figures: Mapping[str, Any]) -> Iterator[SeedFault]:
        """Report contradictions that are not declared, and declared ones that are none."""
        for members in self._series.values():
            if len(members) > 1:
                yield from _contradictions(members)
        for row in self._declared:
            rival, successor = row.values["conflicts_with_id"], row.values["replaced_by_id"]
            if rival in self._keys and self._keys[rival] != self._keys[row.values["id"]]:
                detail = (
                    f"{rival!r} differs in one of {', '.join(SERIES)} or in time. Only figures that are alike in all "
                    "of them contradict each other. Correct one of the two, or leave this empty."
                )
                yield row.fault("conflicts_with_id", detail)
            if successor in figures:
                values = figures[successor].values()
                if other := [name for name in CORRECTED if values[name] != row.values[name]]:
                    detail = f"{successor!r} has another {other[0]}, so that it corrects nothing here."
                    yield row.fault("replaced_by_id", f"{detail} Name the one that does.")

    def standings(self) -> Iterator[tuple[str, Standing]]:
        """Yield the figures that are not the latest and undisputed ones of their series, and what they are."""
        disputed = {
            record_id
            for row in self._declared
            if row.values["conflicts_with_id"]
            for record_id in (row.values["id"], row.values["conflicts_with_id"])
        }
        for members in self._series.values():
            standing = [each for each in members if not each.replaced_by_id]
            latest = max(map(attrgetter("last_day"), standing), default="")
            for each in members:
                if each.replaced_by_id:
                    yield each.id, Standing.REPLACED
                elif each.id in disputed:
                    yield each.id, Standing.DISPUTED
                elif each.last_day < latest:
                    yield each.id, Standing.EARLIER


def _contradictions(members: Iterable[Member]) -> Iterator[SeedFault]:
    before: dict[tuple[str | None, str], list[Member]] = {}
    for member in members:
        if member.replaced_by_id:
            continue
        of_time = before.setdefault(member.time, [])
        for other in of_time:
            declared = member.conflicts_with_id == other.id or other.conflicts_with_id == member.id
            siblings = member.part_of_id is not None and member.part_of_id == other.part_of_id
            if member.contradicts(other) and not declared and not siblings:
                detail = (
                    f"{member.as_stated!r} contradicts {other.as_stated!r} of {other.id!r} in line {other.line}: the "
                    "two have one indicator, subject, place, status, period and time. Where they differ, say so: in "
                    "time_stated, place_id, subject_id, or part_of_id. Where both stand, name one in conflicts_with_id "
                    "of the other; where one is wrong, name the right one in its replaced_by_id; say why in the notes."
                )
                yield SeedFault(member.file, member.line, "as_stated", detail)
                break
        of_time.append(member)
