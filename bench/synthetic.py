"""A seed folder with a million synthetic figures, loaded like any other. None of it is true.

Every record is named synthetic in its id and its names; they never leave the bench and the tests. A hundred
indicators times a hundred programs make ten thousand pairs, each with a hundred figures spread over the table: one of
each place.
"""

import csv
import itertools
import math
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.evidence.spans import describe
from app.load.locators import Locator, Locators, write_locators
from app.models import COLLECTIONS

OF_A_PARAGRAPH = 10_000  # figures
INDICATORS = 100
OF_A_PAIR = 100  # figures with the same indicator and the same program
SOURCE, YEAR = "synthetic-source", 2022
LOCATED_ON = "2022-08-06"
NOT_A_FACT = "made for measurements, not a fact"

UNITS = (("person", "人"), ("household", "户"), ("CNY", "元"), ("mu", "亩"), ("business", "家"), ("item", "个"))
THEMES = ("industry", "markets", "society", "skills-and-jobs", "culture-and-sport")
LEVEL = "county"  # of all places
STATUSES = ("achieved", "achieved", "achieved", "planned", "projected")
PERIODS = ("as_of", "as_of", "cumulative", "per_year")
WORDINGS = ("{}{}", "{}{}", "{}{}", "约{}{}", "{}余{}", "近{}{}")
BETWEEN = "，"

Row = dict[str, object]


class Named(NamedTuple):
    """Words of the source that a record cites."""

    collection: str
    id: str
    words: str


def indicator_id(number: int) -> str:
    """The id of the indicator of the n-th figure."""
    return f"synthetic-indicator-{number % INDICATORS:02}"


def program_id(number: int, figures: int) -> str:
    """The id of the program of the n-th figure."""
    return f"synthetic-program-{number // INDICATORS % programs_of(figures):02}"


def programs_of(figures: int) -> int:
    """How many programs there are, so that each pair has its hundred figures."""
    return max(1, figures // (INDICATORS * OF_A_PAIR))


def place_id(number: int, figures: int) -> str:
    """The id of the place of the n-th figure."""
    return f"synthetic-place-{number // (INDICATORS * programs_of(figures)):03}"


def places_of(figures: int) -> int:
    """How many places there are, so that no two figures of a pair are of one."""
    return math.ceil(figures / (INDICATORS * programs_of(figures)))


def write_seed(folder: Path, figures: int, years: int = 1) -> Path:
    """Write the seed folder: catalogue, every collection's file, and the locators.

    There is a source of each year up to YEAR; the paragraphs belong to them in turn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalog.toml").write_text(CATALOG, encoding="utf-8")
    rows = {"sources": _sources(years), "indicators": _indicators(), "programs": _programs(programs_of(figures))}
    rows |= {"figures": _figures(figures, years), "places": _places(places_of(figures)), "vocabularies": _terms()}
    for slug, entity in COLLECTIONS.items():
        seeded = [name for name, column in entity.columns().items() if not column.declared.computed]
        with (folder / f"{slug}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, seeded, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows.get(slug, ()))
    write_locators(folder, Locators(_locators(figures, years)))
    return folder


def _terms() -> Iterator[Row]:
    for vocabulary, slug in [*(("theme", theme) for theme in THEMES), ("level", LEVEL)]:
        yield {
            "id": f"{vocabulary}-{slug}",
            "name_zh": f"合成词项 {slug}",
            "name_en": f"Synthetic term {slug}",
            "vocabulary": vocabulary,
            "definition_zh": "合成，并非事实。",
            "definition_en": f"Synthetic: {NOT_A_FACT}.",
        }


def _indicators() -> Iterator[Row]:
    for number in range(INDICATORS):
        yield {
            "id": indicator_id(number),
            **_described(f"合成指标{number:02}", f"Synthetic indicator {number:02}"),
            "theme": THEMES[number % len(THEMES)],
            "unit": UNITS[number % len(UNITS)][0],
            "definition_zh": "合成，并非事实。",
            "definition_en": f"Synthetic: {NOT_A_FACT}.",
        }


def _programs(count: int) -> Iterator[Row]:
    for number in range(count):
        yield {
            "id": f"synthetic-program-{number:02}",
            **_described(_program_named(number), f"Synthetic program {number:02}"),
            "theme": THEMES[number % len(THEMES)],
            "as_named": _program_named(number),
            "source_id": SOURCE,
            "paragraph": 1,
        }


def _places(count: int) -> Iterator[Row]:
    for number in range(count):
        yield {
            "id": f"synthetic-place-{number:03}",
            **_described(_place_named(number), f"Synthetic place {number:03}"),
            "level": LEVEL,
            "as_named": _place_named(number),
            "source_id": SOURCE,
            "paragraph": 1,
        }


def _sources(years: int) -> Iterator[Row]:
    for number in range(years):
        yield SOURCE_ROW | {"id": _source(number, years), "published_on": f"{YEAR - number}-08-06"}


def _figures(count: int, years: int) -> Iterator[Row]:
    for number in range(count):
        yield {
            "id": figure_id(number),
            "name_zh": f"合成数据{number:07}（并非事实）",
            "name_en": f"Synthetic {number:07} (not a fact)",
            "indicator_id": indicator_id(number),
            "subject_kind": "program",
            "subject_id": program_id(number, count),
            "place_id": place_id(number, count),
            "status": _one_of(STATUSES, number),
            "period": _one_of(PERIODS, number),
            "note_zh": "合成，并非事实。",
            "note_en": f"Synthetic: {NOT_A_FACT}.",
            "as_stated": _words(number),
            "source_id": _source(_group(number), years),
            "paragraph": _paragraph(_group(number), years),
        }


def figure_id(number: int) -> str:
    """The id of the n-th figure; ids and numbers go up together."""
    return f"synthetic-{number:07}"


def _words(number: int) -> str:
    amount = 10 + _drawn(number, "amount") % 1_000_000
    return _one_of(WORDINGS, number).format(amount, UNITS[number % INDICATORS % len(UNITS)][1])


def _one_of(choices: Sequence[str], number: int) -> str:
    return choices[_drawn(number, str(choices)) % len(choices)]


def _drawn(number: int, what: str) -> int:
    """A number by chance, the same every time."""
    return zlib.crc32(f"{number} {what}".encode())


def _described(name_zh: str, name_en: str) -> Row:
    summary_zh, summary_en = "合成，并非事实。", f"Synthetic: {NOT_A_FACT}."
    return {"name_zh": name_zh, "name_en": name_en, "summary_zh": summary_zh, "summary_en": summary_en}


def _program_named(number: int) -> str:
    return f"合成项目{number:02}"


def _place_named(number: int) -> str:
    return f"合成地点{number:03}"


def _group(number: int) -> int:
    """The number of the group of figures that one paragraph states."""
    return number // OF_A_PARAGRAPH


def _source(group: int, years: int) -> str:
    return f"{SOURCE}-{YEAR - group % years}" if group % years else SOURCE


def _paragraph(group: int, years: int) -> int:
    return 1 + group // years


def _named(figures: int) -> Iterator[tuple[int, Named]]:
    """All words of the sources in their order, each with its group."""
    for number in range(programs_of(figures)):
        yield 0, Named("programs", f"synthetic-program-{number:02}", _program_named(number))
    for number in range(places_of(figures)):
        yield 0, Named("places", f"synthetic-place-{number:03}", _place_named(number))
    for number in range(figures):
        yield _group(number), Named("figures", figure_id(number), _words(number))


def _locators(figures: int, years: int) -> Iterator[Locator]:
    """Return the span of every record's words in the text of its source, which consists of these words."""
    for group, members in itertools.groupby(_named(figures), key=lambda each: each[0]):
        named, start = [each for _, each in members], 0
        source, paragraph = _source(group, years), _paragraph(group, years)
        text = describe(paragraph, BETWEEN.join(each.words for each in named), LOCATED_ON)
        yield Locator.of_paragraph(source, text)
        for each in named:
            place = Locator(source, paragraph, start, start + len(each.words), each.collection, each.id, "")
            yield place._replace(sha256=place.seal(each.words, text))
            start = place.end + len(BETWEEN)


SOURCE_ROW: Row = {
    "id": SOURCE,
    **_described("合成来源（并非事实）", f"Synthetic source ({NOT_A_FACT})"),
    "title": "合成来源",
    "publisher": "合成",
    "authors": "合成",
    "published_on": "2022-08-06",
    "url": "https://example.org/synthetic",
    "language": "zh-Hans",
}

CATALOG = """\
edition = "synthetic"
released_on = 2022-08-06

[title]
zh = "合成数据，并非事实"
en = "Synthetic data, not facts"

[description]
zh = "为测量速度而造，并非事实。"
en = "Made for measurements. None of it is true."

[publisher]
zh = "合成"
en = "Synthetic"

[license]
id = "CC0-1.0"
title = "Creative Commons Zero 1.0 Universal"
url = "https://creativecommons.org/publicdomain/zero/1.0/"

[rights]
zh = "合成数据，无权利可言。"
en = "Synthetic data without rights holders."
"""
