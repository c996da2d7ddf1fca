"""A seed with more figures than the project has: its own, and synthetic ones that say so. None of those is true."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from app.evidence.spans import Paragraph
from app.load.locators import Locator

SOURCE, INDICATOR, PROGRAM = "synthetic-source", "synthetic-indicator", "synthetic-program"
PARAGRAPH = Paragraph(1, 9_000, "0" * 64, "2022-08-06")
NAMES = {"name_zh": "合成（并非事实）", "name_en": "Synthetic (not a fact)"}
SUMMARIES = {"summary_zh": "合成数据。", "summary_en": "Made for tests."}


def add_synthetic(seed: Path, figures: int) -> Path:
    """Append a source, an indicator, a program and that many figures, all parts of the last, to a seed folder."""
    _append(seed, "sources", [_source()])
    _append(seed, "indicators", [{"id": INDICATOR, **NAMES, **SUMMARIES, "theme": "society", "unit": "person",
                                  "definition_zh": "合成", "definition_en": "Synthetic"}])  # fmt: skip
    program = {"id": PROGRAM, **NAMES, **SUMMARIES, "theme": "society", "as_named": "合成项目", "source_id": SOURCE}
    _append(seed, "programs", [program | {"paragraph": 1}])
    _append(seed, "figures", (_figure(number, figures) for number in range(figures)))
    _append(seed, "locators", _locators(figures))
    return seed


def synthetic_id(number: int) -> str:
    """The id of a synthetic figure."""
    return f"synthetic-{number:07}"


def _source() -> dict[str, Any]:
    texts = {"title": "合成", "publisher": "合成", "authors": "合成", "published_on": "2022-08-06"}
    return {"id": SOURCE, **NAMES, **SUMMARIES, **texts, "url": "https://example.org/synthetic", "language": "zh-Hans"}


def _figure(number: int, figures: int) -> dict[str, Any]:
    return {
        "id": synthetic_id(number),
        "name_zh": f"合成数据{number:07}（并非事实）",
        "name_en": f"Synthetic {number:07} (not a fact)",
        "indicator_id": INDICATOR,
        "subject_kind": "program",
        "subject_id": PROGRAM,
        "status": "achieved",
        "period": "as_of",
        "part_of_id": synthetic_id(figures - 1) if number < figures - 1 else "",
        "note_zh": "合成：为测试而造。",
        "note_en": "Synthetic: made for tests.",
        "as_stated": f"{number}人",
        "source_id": SOURCE,
        "paragraph": 1,
    }


def _locators(figures: int) -> Iterator[dict[str, Any]]:
    yield Locator.of_paragraph(SOURCE, PARAGRAPH)._asdict()
    yield _located("programs", PROGRAM, "合成项目")
    for number in range(figures):
        yield _located("figures", synthetic_id(number), f"{number}人")


def _located(collection: str, record_id: str, words: str) -> dict[str, Any]:
    place = Locator(SOURCE, 1, 0, len(words), collection, record_id, "")
    return place._replace(sha256=place.seal(words, PARAGRAPH))._asdict()


def _append(seed: Path, stem: str, rows: Iterable[dict[str, Any]]) -> None:
    path = seed / f"{stem}.csv"
    with path.open("r+", encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
        file.seek(0, 2)
        csv.DictWriter(file, header, lineterminator="\n").writerows(rows)
