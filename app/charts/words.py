"""The words of a chart: its titles, what it says to those who do not see it, and where its numbers come from."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.charts.bars import DOUBT, Bar
from app.quantity import UNITS
from app.standards.dating import dated

COLUMN = 5.5  # pixels of small print; a Chinese character takes two columns


def titles(chart: Mapping[str, Any], language: str | None) -> tuple[str, str]:
    """Title and subtitle: in no language asked for, both."""
    title = chart["title"]
    return (title[language], "") if language else (title["zh"], title["en"])


def unit_title(unit_code: str, language: str) -> str:
    """What stands above the bars of a unit."""
    unit = UNITS[unit_code]
    return f"单位：{unit.zh}" if language == "zh" else f"Unit: {unit.code if unit.currency else unit.plural}"


def alternative(chart: Mapping[str, Any], bars: Iterable[Bar], language: str) -> str:
    """The chart in words, with every number."""
    zh = language == "zh"
    told = ("；" if zh else "; ").join(spoken(each, language) for each in bars)
    return f"{chart['about'][language]}{'' if zh else ' '}{told}{'。' if zh else '.'}"


def spoken(bar: Bar, language: str) -> str:
    """A bar in words."""
    name = bar["label"].removesuffix(DOUBT)
    if language == "zh":
        return f"{name}，{bar['amount']}（{bar['status']}）" + (
            f"，注：{bar['note'].rstrip('。')}" if bar["note"] else ""
        )
    note = f", note: {bar['note'].rstrip('.')}" if bar["note"] else ""
    return f"{name}, {bar['amount']} ({bar['status'].lower()}){note}"


def origin(
    sources: Sequence[Mapping[str, Any]], release: str, licence: str, language: str, width: int, *, doubts: bool
) -> list[str]:
    """The lines at the foot, as wide as so many pixels: what the sign of doubt means, sources, release and licence."""
    zh = language == "zh"
    lines: list[str] = []
    if doubts:
        told = (
            "* 原文在此有含糊之处，见该数字的注。"
            if zh
            else "* The source leaves something open here: see the note of the figure."
        )
        lines += wrapped(told, int(width / COLUMN))
    for each in sources:
        told = (
            f"来源：《{each['publisher']}》《{each['title']}》（{dated(each).zh}）"
            if zh
            else f"Source: {each['publisher']}, “{each['name_en']}” ({dated(each).en})"
        )
        lines += wrapped(told, int(width / COLUMN))
    about = f"山海开放数据 · 版本 {release} · {licence}" if zh else f"Shanhai Open Data · release {release} · {licence}"
    return [*lines, *wrapped(about, int(width / COLUMN))]


def wrapped(text: str, most: int) -> list[str]:
    """A text in lines; between two words where there are any, else between two characters."""
    lines = [""]
    for word in _words(text):
        if lines[-1] and _columns(lines[-1] + word.rstrip()) > most:
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    return [line.rstrip() for line in lines]


def _words(text: str) -> Iterable[str]:
    word = ""
    for character in text:
        word += character
        if character == " " or _wide(character):
            yield word
            word = ""
    if word:
        yield word


def _columns(text: str) -> int:
    return sum(2 if _wide(character) else 1 for character in text)


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
