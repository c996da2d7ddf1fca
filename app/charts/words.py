"""The texts of a chart: titles, text alternative and sources."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.charts.bars import NOTE_MARK, Bar
from app.quantity import UNITS
from app.standards.dating import dated

NOT_FIRST = frozenset("，。；：、！？）》”’")  # no line begins with them
COLUMN_PX = 5.5  # of small print; a Chinese character takes two columns


def titles(chart: Mapping[str, Any], language: str | None) -> tuple[str, str]:
    """Return title and subtitle; without a language, Chinese and English."""
    title = chart["title"]
    return (title[language], "") if language else (title["zh"], title["en"])


def unit_title(unit_code: str, language: str) -> str:
    """Return the title of a unit's panel."""
    unit = UNITS[unit_code]
    return f"单位：{unit.zh}" if language == "zh" else f"Unit: {unit.code if unit.currency else unit.plural}"


def alternative(chart: Mapping[str, Any], bars: Iterable[Bar], language: str) -> str:
    """Return the text alternative of the chart, with every number."""
    zh = language == "zh"
    text = ("；" if zh else "; ").join(spoken(each, language) for each in bars)
    return f"{chart['about'][language]}{'' if zh else ' '}{text}{'。' if zh else '.'}"


def spoken(bar: Bar, language: str) -> str:
    """Return the text alternative of a bar."""
    name = bar["label"].removesuffix(NOTE_MARK)
    if language == "zh":
        note = f"，注：{bar['note'].rstrip('。')}" if bar["note"] else ""
        return f"{name}，{bar['amount']}（{bar['status']}）{note}"
    note = f", note: {bar['note'].rstrip('.')}" if bar["note"] else ""
    return f"{name}, {bar['amount']} ({bar['status'].lower()}){note}"


def origin(
    sources: Sequence[Mapping[str, Any]], release: str, licence: str, language: str, width: int, *, has_notes: bool
) -> list[str]:
    """Return the lines of the footer, wrapped to a width in pixels: notes, sources, release and licence."""
    zh = language == "zh"
    texts: list[str] = []
    if has_notes:
        en = "* The source leaves something open here: see the note of the figure."
        texts.append("* 原文在此有含糊之处，见该数字的注。" if zh else en)
    for each in sources:
        en = f"Source: {each['publisher']}, “{each['name_en']}” ({dated(each).en})"
        texts.append(f"来源：《{each['publisher']}》《{each['title']}》（{dated(each).zh}）" if zh else en)
    name, edition = ("山海开放数据", "版本") if zh else ("Shanhai Open Data", "release")
    texts.append(f"{name} · {edition} {release} · {licence}")
    return [line for text in texts for line in wrap(text, int(width / COLUMN_PX))]


def wrap(text: str, max_columns: int) -> list[str]:
    """Wrap a text after spaces and between Chinese characters."""
    lines = [""]
    for word in _split(text):
        if lines[-1] and _columns(lines[-1] + word.rstrip()) > max_columns:
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    return [line.rstrip() for line in lines]


def _split(text: str) -> Iterable[str]:
    word = ""
    for character, following in zip(text, [*text[1:], " "], strict=True):
        word += character
        if character == " " or (_is_wide(character) and following not in NOT_FIRST):
            yield word
            word = ""
    if word:
        yield word


def _columns(text: str) -> int:
    return sum(2 if _is_wide(character) else 1 for character in text)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
