"""A second source beside the article, in a copy of the seed: a fictional report of a fictional county."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from app.load import relocate
from tests.conftest import quiet

SOURCE = "yunxi-daily-2023-08-10"
TEXT = (
    "（虚构）截至2022年8月，云溪县已成立少年球队78支，目前增至96支；2023年上半年办赛12场，上年同期15场。",
    "（虚构）2021年茶园每亩每年租金800元，2022年每亩每年900元；2019年至2021年，茶叶销售额3亿元。",
    "（虚构）2021年培训1200人，其中城区700人、乡村500人；另据县志，2021年培训1300人。五年来修路40公里。",
    "（虚构）到2025年，云溪县计划培训2000人。失业率由5%下降1.5个百分点。培训至少须办3期。",
    "（虚构）2021年出口增速为-22.2%，2022年增速为3.1%；另据海关，2022年增速为2.9%。",
)
# By id, in their units.
INDICATORS = {
    "yunxi-teams": "team",
    "yunxi-games": "session",
    "yunxi-rent": "CNY",
    "yunxi-sales": "CNY",
    "yunxi-trained": "person",
    "yunxi-roads": "km",
    "yunxi-unemployment": "percent",
    "yunxi-fall": "percentage-point",
    "yunxi-exports": "percent",
}
Cells = Mapping[str, str]


def figure(record_id: str, indicator: str, as_stated: str, paragraph: int, **cells: str) -> Cells:
    """Return a row of figures.csv about the fictional county."""
    return {
        "id": record_id,
        "name_zh": f"虚构数字 {record_id}",
        "name_en": f"Fictional figure {record_id}",
        "indicator_id": indicator,
        "subject_kind": "program",
        "subject_id": "labour-cooperation",
        "status": "achieved",
        "period": "as_of",
        "as_stated": as_stated,
        "source_id": SOURCE,
        "paragraph": str(paragraph),
        **cells,
    }


TEAMS = figure("teams-before", "yunxi-teams", "78支", 1, time_stated="截至2022年8月")
TEAMS_NOW = figure("teams-now", "yunxi-teams", "96支", 1, time_stated="目前", time="2023-08")
GAMES = figure("games", "yunxi-games", "12场", 1, time_stated="2023年上半年")
SALES = figure("sales", "yunxi-sales", "3亿元", 2, time_stated="2019年至2021年")
TRAINED = figure("trained", "yunxi-trained", "1200人", 3, time_stated="2021年")
ROADS = figure("roads", "yunxi-roads", "40公里", 3, time_stated="五年来", time="2018/..")
PLAN = figure("trained-by-2025", "yunxi-trained", "2000人", 4, time_stated="到2025年", status="planned")
RENTS = [
    figure(f"rent-{year}", "yunxi-rent", words, 2, time_stated=f"{year}年", period="per_year", **cells)
    for year, words, cells in ((2021, "800元", {"per": "mu.year"}), (2022, "每亩每年900元", {}))
]
FALL = figure("unemployment-fell", "yunxi-fall", "1.5个百分点", 4, change="decrease")
BEFORE = figure("unemployment-before", "yunxi-unemployment", "5%", 4, change="from")
NOTES = {"note_zh": "虚构的说明。", "note_en": "A fictional note."}
RIVAL = figure(
    "trained-by-another-count", "yunxi-trained", "1300人", 3, time_stated="2021年", conflicts_with_id="trained", **NOTES
)
PARTS = [
    figure(f"trained-{name}", "yunxi-trained", words, 3, time_stated="2021年", part_of_id="trained")
    for name, words in (("in-town", "700人"), ("in-villages", "500人"))
]
MISPRINT = figure(
    "games-misprinted", "yunxi-games", "15场", 1, time_stated="2023年上半年", replaced_by_id="games", **NOTES
)
EXPORTS = [
    figure("exports-2021", "yunxi-exports", "-22.2%", 5, time_stated="2021年"),
    figure("exports-2022", "yunxi-exports", "3.1%", 5, time_stated="2022年"),
    figure(
        "exports-2022-by-customs",
        "yunxi-exports",
        "2.9%",
        5,
        time_stated="2022年",
        conflicts_with_id="exports-2022",
        **NOTES,
    ),
]
FIGURES = (
    TEAMS,
    TEAMS_NOW,
    GAMES,
    SALES,
    TRAINED,
    ROADS,
    PLAN,
    RIVAL,
    *PARTS,
    MISPRINT,
    *RENTS,
    FALL,
    BEFORE,
    *EXPORTS,
)


def add_source(seed: Path, figures: Iterable[Cells] = FIGURES) -> Path:
    """Add the source with some figures to a copy of the seed, and locate them."""
    (source,) = _rows(seed / "sources.csv")
    _append(seed / "sources.csv", [{**source, "id": SOURCE, "published_on": "2023-08-10", "reposted_on": ""}])
    indicators = _rows(seed / "indicators.csv")
    model = next(each for each in indicators if not each["noun_zh"])
    figures = list(figures)
    used = dict.fromkeys(each["indicator_id"] for each in figures if each["indicator_id"] in INDICATORS)
    _append(seed / "indicators.csv", [{**model, "id": each, "unit": INDICATORS[each]} for each in used])
    _append(seed / "figures.csv", figures)
    catalog = seed / "catalog.toml"  # whose chart of money has a group for each indicator of the article
    first = f"source_id={source['id']}&unit=CNY"
    catalog.write_text(catalog.read_text("utf-8").replace('"unit=CNY', f'"{first}'), "utf-8")
    relocate(seed, SOURCE, TEXT, TEXT, quiet)
    return seed


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def _append(path: Path, added: Sequence[Cells]) -> None:
    rows = [*_rows(path), *added]
    columns = dict.fromkeys(name for row in rows for name in row)
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
