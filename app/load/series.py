"""Figures of one series: which is the latest, and which of one time contradict each other.

A series is alike in the columns of `Figure.series`; wholes and parts are series of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter, itemgetter
from sys import intern
from typing import Any, NamedTuple

from app.load.checks import Record
from app.load.faults import SeedFault
from app.load.rows import Row
from app.models.figure import Figure
from app.models.qualifiers import Standing

CORRECTED = ("indicator_id", "subject_kind", "subject_id", "unit")  # alike in a figure and the one that replaces it

# The hash of its columns, and whether it is one of parts. The texts of a million series would take 0.6 GB more.
Series = tuple[int, bool]
_columns_of = itemgetter(*Figure.series)
Time = tuple[str, str | None]  # its last day, and in ISO 8601 if the source states one
Amount = tuple[float | None, float | None, float | None]  # value, lower and upper bound


class Member(NamedTuple):
    """A figure of a series. It agrees with another if a number can be what both state: about 80 agrees with all."""

    id: str
    line: int
    amount: Amount

    @property
    def least(self) -> float:
        """The least that it states."""
        return float("-inf") if self.amount[1] is None else self.amount[1]

    @property
    def most(self) -> float:
        """The most that it states."""
        return float("inf") if self.amount[2] is None else self.amount[2]


class SeriesChecks:
    """The series of the figures read so far, without those that are replaced."""

    def __init__(self) -> None:
        self._series: dict[Series, dict[Time, list[Member]]] = {}
        self._declared: list[Row] = []
        self._disputed: dict[tuple[Series, Time], set[Amount]] = {}  # what figures state that a conflict is declared of

    def row(self, row: Row) -> Iterator[SeedFault]:
        """Add a figure, and report a conflict or a correction that says nothing of why."""
        values = row.values
        for name in ("conflicts_with_id", "replaced_by_id"):
            if values[name] and not (values["note_zh"] and values["note_en"]):
                yield row.fault(name, "Say why in note_zh and note_en.")
        if row.broken or not values["time_end"] or not values["unit"]:
            return
        if values["conflicts_with_id"] or values["replaced_by_id"]:
            self._declared.append(row)
        if not values["replaced_by_id"]:
            series, time = _series_of(values), _time_of(values)
            member = Member(values["id"], row.line, _amount_of(values))
            self._series.setdefault(series, {}).setdefault(time, []).append(member)

    def complete(self, figures: Mapping[str, Record]) -> Iterator[SeedFault]:
        """Report declarations of what cannot be, and contradictions that are not declared."""
        for row in self._declared:
            rival, successor = (figures.get(row.values[name]) for name in ("conflicts_with_id", "replaced_by_id"))
            if rival:
                yield from self._conflict(row, rival.values())
            if successor:
                values = successor.values()
                if other := [name for name in CORRECTED if values[name] != row.values[name]]:
                    detail = f"{values['id']!r} has another {other[0]}, so that it corrects nothing here."
                    yield row.fault("replaced_by_id", f"{detail} Name the one that does.")
        for series, times in self._series.items():
            _, are_parts = series  # which do not speak of the same
            for time, members in times.items():
                if len(members) > 1 and not are_parts:
                    yield from _contradictions(members, self._disputed.get((series, time), frozenset()), figures)

    def _conflict(self, row: Row, rival: dict[str, Any]) -> Iterator[SeedFault]:
        key = _series_of(row.values), _time_of(row.values)
        if _amount_of(row.values) == _amount_of(rival):
            detail = f"{rival['id']!r} states the same amount, so that nothing is in dispute. Leave this empty."
            yield row.fault("conflicts_with_id", detail)
        elif key == (_series_of(rival), _time_of(rival)):
            self._disputed.setdefault(key, set()).update([_amount_of(row.values), _amount_of(rival)])
        else:
            detail = (
                f"{rival['id']!r} differs in one of {', '.join(Figure.series)} or in time. Only figures that are "
                "alike in all of them contradict each other. Correct one of the two, or leave this empty."
            )
            yield row.fault("conflicts_with_id", detail)

    def standings(self) -> Iterator[tuple[str, Standing]]:
        """Yield the figures that are disputed or not the latest of their series, and what they are."""
        for series, times in self._series.items():
            last_day = max(day for day, _ in times)
            for time, members in times.items():
                disputed: AbstractSet[Amount] = self._disputed.get((series, time), frozenset())
                for each in members:
                    if each.amount in disputed:
                        yield each.id, Standing.DISPUTED
                    elif time[0] < last_day:
                        yield each.id, Standing.EARLIER


def _series_of(values: Mapping[str, Any]) -> Series:
    return hash(_columns_of(values)), values["part_of_id"] is not None


def _time_of(values: Mapping[str, Any]) -> Time:
    return intern(values["time_end"]), values["time"] and intern(values["time"])


def _amount_of(values: Mapping[str, Any]) -> Amount:
    return values["value"], values["lower"], values["upper"]


def _contradictions(
    members: Sequence[Member], disputed: AbstractSet[Amount], figures: Mapping[str, Record]
) -> Iterator[SeedFault]:
    """Report each figure of one time that contradicts one before it, or one of a dispute in which it has no part."""
    highest, lowest = max(members, key=attrgetter("least")), min(members, key=attrgetter("most"))
    if highest.least <= lowest.most:
        return
    for each in members:
        rival = lowest if each.least > lowest.most else highest
        agrees = rival.least <= each.most and each.least <= rival.most
        if agrees or each.amount in disputed or (each.line < rival.line and rival.amount not in disputed):
            continue
        own, other = (figures[figure.id].values()["as_stated"] for figure in (each, rival))
        detail = (
            f"{own!r} of {each.id!r} contradicts {other!r} of {rival.id!r} (figures.csv:{rival.line}): both are of one "
            "indicator, subject, place, status, period and time. Where they differ, say so in time_stated, place_id, "
            "subject_id, change, per or part_of_id. Where both stand, name one in conflicts_with_id of the other; "
            "where one is wrong, name the right one in its replaced_by_id; say why in the notes."
        )
        yield SeedFault("figures.csv", each.line, "as_stated", detail)
