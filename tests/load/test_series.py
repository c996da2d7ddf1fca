"""Figures of one series and time: which contradict each other, in whatever order the file has them."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest

from app.load.checks import Record
from app.load.rows import Row
from app.load.series import Member, SeriesChecks
from app.models import Figure
from app.quantity import number, parse

EMPTY = dict.fromkeys((*Figure.series, "part_of_id", "conflicts_with_id", "replaced_by_id", "time"))
NOTES = {"note_zh": "虚构。", "note_en": "Fictional."}


def figure(record_id: str, words: str, **cells: str) -> dict[str, Any]:
    """The values of a figure of 6 August 2022, unless the cells say otherwise."""
    quantity = parse(words)
    amounts = {name: number(getattr(quantity, name)) for name in ("value", "lower", "upper")}
    own = {"id": record_id, "as_stated": words, "unit": quantity.unit.code, "time_end": "2022-08-06"}
    return EMPTY | NOTES | amounts | own | cells


def checked(figures: Sequence[dict[str, Any]]) -> tuple[list[str], dict[str, str]]:
    """Return what the checks report, and the standings of the figures."""
    checks = SeriesChecks()
    faults = [fault for line, each in enumerate(figures, 2) for fault in checks.row(Row(Figure, F, line, each))]
    records = {each["id"]: Record(line, msgspec.json.encode(each)) for line, each in enumerate(figures, 2)}
    return [*map(str, [*faults, *checks.complete(records)])], dict(checks.standings())


F = "figures.csv"
A, B, C = figure("a", "80人"), figure("b", "80人"), figure("c", "90人")
AGREEING: dict[str, list[dict[str, Any]]] = {
    "the same": [A, B],
    "bounds that meet": [A, figure("more", "不少于80人"), figure("less", "近90人"), figure("range", "70至80人")],
    "an approximate value": [A, figure("about", "约100人")],
    "other times": [A, C | {"time_end": "2021-12-31"}],
    "other subjects": [A, C | {"subject_id": "other"}],
    "other statuses": [A, C | {"status": "planned"}],
    "parts of one whole": [A | {"part_of_id": "w"}, C | {"part_of_id": "w"}],
    "parts of two wholes": [A | {"part_of_id": "w"}, C | {"part_of_id": "v"}],
    "a part and its whole": [A | {"part_of_id": "c"}, C],
    "a correction": [A | {"replaced_by_id": "c"}, C],
    "a declared conflict": [A, C | {"conflicts_with_id": "a"}],
    "what agrees with one side of a conflict": [A, B, C | {"conflicts_with_id": "a"}],
    "a conflict of three": [A, C | {"conflicts_with_id": "a"}, figure("d", "100人", conflicts_with_id="a")],
}
CONTRADICTING: dict[str, list[dict[str, Any]]] = {
    "two": [A, C],
    "bounds": [A, figure("more", "超过80人"), figure("range", "90至100人")],
    "duplicates": [A, B, C],
    "beside a conflict": [A, C | {"conflicts_with_id": "a"}, figure("d", "100人")],
    "beside a correction": [A, C, figure("d", "100人", replaced_by_id="a")],
}


@pytest.mark.parametrize("figures", AGREEING.values(), ids=AGREEING)
def test_what_agrees_or_is_declared_passes(figures: list[dict[str, Any]]) -> None:
    assert {tuple(checked(order)[0]) for order in permutations(figures)} == {()}


@pytest.mark.parametrize("figures", CONTRADICTING.values(), ids=CONTRADICTING)
def test_what_contradicts_is_refused_in_any_order(figures: list[dict[str, Any]]) -> None:
    for order in permutations(figures):
        reported, _ = checked(order)
        assert 0 < len(reported) < len(figures)
        assert all(" contradicts " in each for each in reported)


def test_the_fault_names_both_figures_and_their_lines() -> None:
    (reported,), _ = checked([A, C])
    assert reported.startswith("figures.csv:3: as_stated: '90人' of 'c' contradicts '80人' of 'a' (figures.csv:2): ")


def test_a_figure_in_dispute_is_none_of_the_latest() -> None:
    figures = [
        A,
        B,
        C | {"conflicts_with_id": "a"},
        figure("about", "约85人"),
        figure("before", "70人", time_end="2021-12-31"),
    ]
    assert checked(figures)[1] == {"a": "disputed", "b": "disputed", "c": "disputed", "before": "earlier"}
    assert checked(figures)[0] == []


def test_figures_of_one_time_are_not_compared_in_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, least = Mock(), vars(Member)["least"].fget

    def counted(member: Member) -> float:
        looks()
        value: float = least(member)
        return value

    monkeypatch.setattr(Member, "least", property(counted))
    many = [figure(f"figure-{amount}", f"{amount}人") for amount in range(1, 1_000)]
    reported, _ = checked(many)
    assert len(reported) == len(many) - 1
    assert len(many) < looks.call_count < 10 * len(many)
