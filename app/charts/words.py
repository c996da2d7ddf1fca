"""The texts of a chart: titles, text alternative and sources."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.charts.bars import NOTE_MARK, Bar, Panel, Record
from app.http.languages import LANGUAGES
from app.quantity import UNITS
from app.standards.dating import dated


def titles(chart: Mapping[str, Any], language: str | None, records: Iterable[Record]) -> tuple[str, str]:
    """Return title and subtitle: what is found and the subject or, without a declared finding, the subject.

    Without a language, they are in Chinese and in English.
    """
    if finding := chart.get("finding"):
        amounts = {each: {record["id"]: record[f"text_{each}"] for record in records} for each in LANGUAGES}
        found = {each: finding[each].format_map(amounts[each]) for each in LANGUAGES}
        return (found[language], chart["title"][language]) if language else (found["zh"], found["en"])
    title = chart["title"]
    return (title[language], "") if language else (title["zh"], title["en"])


def scale_title(unit_codes: Iterable[str], language: str) -> str:
    """Return the title of the scale of these units, which are of one dimension."""
    first, *others = {UNITS[each] for each in unit_codes}
    unit = UNITS["ha"] if first.si_code == "m2" else UNITS[str(first.si_code)] if others else first
    if language == "zh":
        return f"条形长度以{unit.zh}计"
    return f"Bars drawn in {unit.code if unit.currency else unit.plural}"


def alternative(chart: Mapping[str, Any], panels: Iterable[Panel], language: str) -> str:
    """Return the text alternative of the chart, with every number under its heading."""
    zh = language == "zh"
    texts = []
    for panel in panels:
        heading = f"{panel.heading}{'：' if zh else ': '}" if panel.heading else ""
        texts.append(heading + ("；" if zh else "; ").join(each["spoken"] for each in panel.bars))
    return "".join([chart["about"][language], *(f"{text}。" if zh else f" {text}." for text in texts)])


def spoken(bar: Bar, language: str) -> str:
    """Return the text alternative of a bar."""
    name = bar["label"].removesuffix(NOTE_MARK)
    if language == "zh":
        note = f"，注：{bar['note'].rstrip('。')}" if bar["note"] else ""
        return f"{name}，{bar['amount']}（{bar['status']}）{note}"
    note = f", note: {bar['note'].rstrip('.')}" if bar["note"] else ""
    return f"{name}, {bar['amount']} ({bar['status'].lower()}){note}"


def remarks(bars: Sequence[Bar], language: str, *, in_full: bool) -> list[str]:
    """Return what a source leaves open about the figures with a mark: their notes, or where to find them."""
    noted = [each for each in bars if each["note"]]
    if not noted:
        return []
    if in_full:
        return [f"* {each['name']}{'：' if language == 'zh' else ': '}{each['note']}" for each in noted]
    en = "* The source leaves something open here: see the note of the figure."
    return ["* 原文在此有含糊之处，见该数字的注。" if language == "zh" else en]


def origin(sources: Iterable[Mapping[str, Any]], release: str, licence: str, address: str, language: str) -> list[str]:
    """Return the last lines of a chart: sources, release, licence and address."""
    zh, texts = language == "zh", []
    for each in sources:
        date = getattr(dated(each), language)
        if zh:
            texts.append(f"来源：《{each['publisher']}》《{each['title']}》（{date}）。均为报道所述，未经独立核实。")
        else:
            paper = each.get("publisher_en") or each["publisher"]
            said = "As reported, not independently verified."
            texts.append(f"Source: {paper}, “{each['name_en']}” ({date}). {said}")
    name, edition = ("山海开放数据", "版本") if zh else ("Shanhai Open Data", "release")
    return [*texts, f"{name} · {edition} {release} · {licence} · {address}"]
