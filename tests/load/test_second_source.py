"""A second source beside the article: which times and which rivals the loader refuses."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from app.load import InvalidSeed, prepare
from app.models.basketball_team import BasketballTeam
from app.models.source import Source
from tests.conftest import quiet
from tests.load.editing import Break, F, cell
from tests.load.second_source import (
    FALL,
    GAMES,
    MISPRINT,
    NOTES,
    PARTS,
    PLAN,
    RENTS,
    RIVAL,
    SALES,
    SOURCE,
    TEAMS,
    TEAMS_NOW,
    TEXT,
    TRAINED,
    Cells,
    add_source,
)


def assert_refused(
    seed: Path, figures: Iterable[Cells], expected: Mapping[str, tuple[object, str]], change: Break | None = None
) -> None:
    """Assert that a load of these figures reports what is expected, and nothing else."""
    add_source(seed, figures)
    if change:
        change(seed)
    with pytest.raises(InvalidSeed) as refusal:
        prepare(seed, quiet)
    reported = str(refusal.value).splitlines()
    silent = [name for name, (_, message) in expected.items() if not any(re.search(message, each) for each in reported)]
    assert (silent, len(reported)) == ([], len(expected)), "\n".join(reported)


def again(of: Cells, record_id: str, **cells: str) -> Cells:
    """A figure like another, with other cells."""
    names = {"name_zh": f"虚构数字 {record_id}", "name_en": f"Fictional figure {record_id}"}
    return {**of, "id": record_id, **names, **cells}


MEASURED = {"subject_kind": "basketball-team", "subject_id": "bijiang-youth-teams", "field": "team_count"}

FAULTY: dict[str, tuple[Cells, str]] = {
    "a rival": (again(RIVAL, "a", conflicts_with_id=""), r"as_stated: '1300人' of 'a' contradicts '1200人' of 'trained' \(figures\.csv:\d+\): both are of one indicator, .* Where they differ, say so in time_stated"),
    "a rival without a note": (again(RIVAL, "b", note_zh="", note_en=""), r"conflicts_with_id: Say why in note_zh and note_en"),
    "a rival of another time": (again(RIVAL, "c", time_stated=""), r"conflicts_with_id: 'trained' differs in one of indicator_id, .* or in time"),
    "a correction by what is something else": (again(MISPRINT, "d", replaced_by_id="teams-before"), r"replaced_by_id: 'teams-before' has another indicator_id"),
    "a part of another time": (again(PARTS[0], "f", time_stated="五年来", time="2018/.."), r"part_of_id: The part is of 2018/\.\., its whole 'trained' of 2021"),
    "a rival that agrees": (again(GAMES, "g", conflicts_with_id="games", **NOTES), r"conflicts_with_id: 'games' states the same amount"),
    "a part of a later time": (again(PARTS[0], "h", time_stated="2022年"), r"part_of_id: The part is of 2022, its whole 'trained' of 2021"),
    "a correction for another subject": (again(MISPRINT, "i", subject_id="double-hundred-care"), r"replaced_by_id: 'games' has another subject_id"),
    "a change in a measured column": (again(TEAMS, "j", change="level", **MEASURED), r"field: '78支' is no amount but of the change increase"),
    "a part that is greater than its whole": (again(TRAINED, "e", as_stated="1300人", part_of_id="trained"), r"part_of_id: The part is at least 1300"),
}  # fmt: skip


def test_undeclared_rivals_are_refused_with_the_ways_out(seed: Path) -> None:
    before = again(TEAMS, "before", part_of_id="teams-now")  # what is counted at a moment may be older than that
    figures = [TEAMS, TEAMS_NOW, GAMES, TRAINED, before, *(cells for cells, _ in FAULTY.values())]
    assert_refused(seed, figures, FAULTY, cell(F, "j", "change", "increase"))


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "another-time": ({"time": "2022-07"}, r"time: '截至2022年8月' says 2022-08, not 2022-07\. Write 2022-08, or leave time empty"),
    "another-year": ({"time_stated": "上年", "time": "2021"}, r"time: '上年' says 2022, not 2021\. Write 2022, or leave time empty"),
    "no-words": ({"time_stated": "", "time": "2022"}, r"time_stated: A time needs the words that state it, such as 截至2023年6月"),
    "no-time": ({"time_stated": "目前"}, r"time: '目前' does not say the time in full\. Write it in ISO 8601, such as 2023"),
    "not-a-time": ({"time_stated": "目前", "time": "now"}, r"time: 'now' is no time: It is written such as 2023"),
    "after-the-source": ({"time_stated": "目前", "time": "2024"}, r"time: 2024 begins after 2023-08-10, the date of the source, but the status is achieved"),
    "other-months": ({"time_stated": "上半年", "time": "2023-01/2023-07"}, r"time: '上半年' of 2023 is 2023-01/2023-06, not 2023-01/2023-07"),
    "sealed": ({"time_stated": "目前", "time": "2023-08"}, r"time_stated: '如今' has not been located in the source"),
}  # fmt: skip


def test_a_wrong_time_is_refused(seed: Path) -> None:
    figures = [again(TEAMS, record_id, **cells) for record_id, (cells, _) in WRONG.items()]
    assert_refused(seed, figures, WRONG, cell(F, "sealed", "time_stated", "如今"))


DENIED = {
    "fell": (again(FALL, "fell", change=""), r"change: '下降' says that '1\.5个百分点' is decrease, not level\. Write decrease\."),
    "grew": (again(TEAMS_NOW, "grew", change="increase"), r"change: '增至' says that '96支' is to or level, not increase\."),
    "no-fall": (again(SALES, "no-fall", change="decrease"), r"change: Nothing in the sentence of '3亿元', or in the one before, says decrease\."),
    "per-mu": (again(RENTS[1], "per-mu", as_stated="900元"), r"per: '每亩' before '900元' says per mu\. Begin as_stated with 每亩"),
    "per-household": (again(SALES, "per-household", per="household"), r"per: Nothing in the sentence of '3亿元', .* says per household\."),
    "at-least": (again(PLAN, "at-least", as_stated="3期"), r"as_stated: '至少须办' before '3期' makes it a bound"),
    "per-month": (again(SALES, "per-month", as_stated="3亿元", period="per_month"), r"period: Nothing in the sentence of '3亿元', .* says per month\."),
}  # fmt: skip


def test_what_stands_around_a_number_can_deny_its_change_and_its_rate(seed: Path) -> None:
    with pytest.raises(InvalidSeed) as refusal:
        add_source(seed, [figure for figure, _ in DENIED.values()])
    for (_, message), fault in zip(DENIED.values(), str(refusal.value).splitlines(), strict=True):
        assert re.search(rf"figures\.csv:\d+: {message}", fault)


def test_a_rate_is_no_part_of_an_amount(seed: Path) -> None:
    rent = again(RENTS[0], "rent", part_of_id="sales")
    assert_refused(
        seed, [SALES, rent], {"rent": (rent, r"part_of_id: The part is per mu\.year, its whole 'sales' per None")}
    )


def test_a_measured_column_has_the_latest_figure_and_its_time(seed: Path) -> None:
    before, now = ({**each, **MEASURED, "indicator_id": "youth-teams"} for each in (TEAMS, TEAMS_NOW))
    wrong = again(now, "wrong", as_stated="78支", replaced_by_id="teams-now", **NOTES)
    _, records = prepare(add_source(seed, [wrong, now, before]), quiet)
    assert records[BasketballTeam]["bijiang-youth-teams"].values()["team_count"] == 96


def test_the_numerals_of_a_time_that_is_taken_away_are_open(seed: Path) -> None:
    add_source(seed, [TEAMS])
    cell(F, "teams-before", "time_stated", "")(seed)
    _, records = prepare(seed, quiet)
    first = records[Source][SOURCE].values()["paragraphs"][0]
    assert [TEXT[0][start:end] for start, end in first["unaccounted"]][:2] == ["2022", "8"]
