"""The panels of a chart: bars on a scale, or numbers where there is nothing to compare."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import ceil
from typing import Any, NamedTuple

from app.amounts import per_in_words
from app.charts.bars import Bar, Group, Panel, Record, bar
from app.charts.style import HEADING_OFFSET_PX, LINE_EM, SPACING_PX, TEXT_PX
from app.charts.text import BOLD_EM, lines, width_of
from app.charts.words import scale_title, spoken
from app.models.qualifiers import Status

BAR_PX = 12
INDENT_PX = 18  # of the label of a part
ARROW_SCALE = 1.03  # extension of an axis, to make room for an arrow head
MIN_NUMBER_PX = 20  # size of a number's text
NUMBER_INDENT_PX = 14  # of a number's text, from the stroke that shows its status
STROKE_PX = 4  # width of that stroke

Spec = dict[str, Any]
Palette = Mapping[str, str]


class Layout(NamedTuple):
    """The height of a row, and the offsets of its name, amount and bar from its middle, in pixels."""

    row: int
    name: int
    amount: int
    bar: int
    one_line: bool  # the amount is on the line of the name, aligned right


WIDE = Layout(46, -9, -9, 9, one_line=True)
NARROW = Layout(66, -20, -1, 18, one_line=False)


def panels_of(groups: Sequence[Group], language: str, page: str) -> list[Panel]:
    """Return a panel for each group. Bars of one dimension have one scale in the whole chart."""
    own = [_bars_of(group.records, language, page) for group in groups]
    compared: dict[str, list[Bar]] = {}
    for group, bars in zip(groups, own, strict=True):
        if len(bars) > 1:
            compared.setdefault(group.dimension, []).extend(bars)
    panels = []
    for group, bars in zip(groups, own, strict=True):
        heading = _heading(group, groups, language)
        units = [record["unit"] for record in group.records]
        if len(bars) > 1 and (len(compared) > 1 or len({*units}) > 1):
            heading = " · ".join(filter(None, (heading, scale_title(units, language))))
        panels.append(Panel(heading, bars, _domain(compared.get(group.dimension, bars))))
    return panels


def _heading(group: Group, groups: Iterable[Group], language: str) -> str:
    """Return the heading of a panel: of several with one, those of rates say per what."""
    heading = group.heading.get(language, "")
    if not heading or sum(each.heading == group.heading for each in groups) == 1:
        return heading
    zh, en = per_in_words(group.records[0]["per"])
    return " · ".join(filter(None, (heading, zh if language == "zh" else en.strip())))


def _bars_of(records: Sequence[Record], language: str, page: str) -> list[Bar]:
    """Return the bars of a panel, each with its text alternative."""
    ids = {each["id"] for each in records}
    is_dated = len({each.get("as_of") for each in records}) > 1
    bars = [bar(record, ids, language, page, is_dated=is_dated) for record in records]
    return [{**each, "spoken": spoken(each, language)} for each in bars]


def _domain(bars: Sequence[Bar]) -> list[float]:
    maximum = max([each["end"] for each in bars] + [0]) or 1
    if any(each["open"] for each in bars):
        maximum *= ARROW_SCALE
    return [min([each["end"] for each in bars] + [0]), maximum]


def rows_of(
    panels: Iterable[Panel], statuses: Mapping[str, str], palette: Palette, width: int, language: str
) -> list[Spec]:
    """Return the rows of a chart `width` pixels wide: a row for each panel of bars; numbers share rows."""
    marking = _marking(statuses, palette)
    rows: list[Spec] = []
    for is_number, neighbours in groupby(panels, lambda each: len(each.bars) == 1):
        if is_number:
            rows += _number_rows([*neighbours], marking, palette, width, language)
        else:
            rows += [_bar_row(each, marking, palette, width, language) for each in neighbours]
    return rows


def _marking(statuses: Mapping[str, str], palette: Palette) -> Spec:
    """Return the encoding of the status, as fill and outline, with a legend unless everything is achieved."""
    fills: dict[str, str] = {Status.ACHIEVED: palette["accent"], Status.PROJECTED: palette["light"]}
    dashes: dict[str, list[int]] = {Status.PLANNED: [4, 3]}
    legend = {"title": None, "orient": "top", "symbolType": "square"}
    field = {"field": "status", "type": "nominal", "legend": legend if has_legend(statuses) else None}

    def scaled(values: Iterable[Any]) -> Spec:
        return {**field, "scale": {"domain": list(statuses.values()), "range": list(values)}}

    return {
        "fill": scaled(fills.get(each, "transparent") for each in statuses),
        "stroke": scaled(palette["accent"] for _ in statuses),
        "strokeDash": scaled(dashes.get(each, [1, 0]) for each in statuses),
    }


def has_legend(statuses: Mapping[str, str]) -> bool:
    """Return whether a chart with these statuses needs a legend."""
    return set(statuses) != {Status.ACHIEVED}


def _shared_encoding(language: str) -> Spec:
    """Return what every bar and number has: its address, text alternative and tooltip."""
    return {"href": {"field": "href"}, "description": {"field": "spoken"}, "tooltip": _tooltip(language)}


def _tooltip(language: str) -> list[Spec]:
    fields = {
        "name": ("名称", "Name"),
        "amount": ("值", "Value"),
        "as_stated": ("原文数词", "As stated"),
        "status": ("状态", "Status"),
        "place": ("位置", "Place"),
        "note": ("注", "Note"),
    }
    return [{"field": name, "type": "nominal", "title": each[language != "zh"]} for name, each in fields.items()]


def _number_rows(
    numbers: Sequence[Panel], marking: Spec, palette: Palette, width: int, language: str
) -> Iterable[Spec]:
    """Return rows of numbers. A length means nothing where there is no other to compare it with."""
    longest = max(width_of(each.bars[0]["amount"], BOLD_EM) for each in numbers)
    fitting = (width + SPACING_PX) // (longest * MIN_NUMBER_PX + NUMBER_INDENT_PX + SPACING_PX)
    rows = ceil(len(numbers) / max(1, fitting))
    per_row = ceil(len(numbers) / rows)
    own_width = (width - SPACING_PX * (per_row - 1)) // per_row
    text_width = own_width - NUMBER_INDENT_PX
    size = min(TEXT_PX["number"], round(text_width / longest, 1))
    for first in range(0, len(numbers), per_row):
        row = numbers[first : first + per_row]
        headings = [lines(each.heading, TEXT_PX["heading"], text_width) for each in row]
        names = [lines(each.bars[0]["label"], TEXT_PX["name"], text_width) for each in row]
        top = max(map(len, headings)) * TEXT_PX["heading"] * LINE_EM
        middle = top + size * LINE_EM
        height = middle + max(map(len, names)) * TEXT_PX["name"] * LINE_EM
        yield {
            "spacing": SPACING_PX,
            "hconcat": [
                {
                    "width": own_width,
                    "height": height,
                    "data": {"values": [{**each.bars[0], "heading": heading, "lines": name}]},
                    "encoding": _shared_encoding(language),
                    "layer": [
                        _stroke(marking, height),
                        _number_text("heading", 0, TEXT_PX["heading"], palette["quiet"]),
                        _number_text("amount", top, size, palette["accent"]),
                        _number_text("lines", middle, TEXT_PX["name"], palette["ink"]),
                    ],
                }
                for each, heading, name in zip(row, headings, names, strict=True)
            ],
        }


def _stroke(marking: Spec, height: float) -> Spec:
    """Return the stroke at the left of a number, which shows its status. All have one length."""
    mark = {"type": "bar", "strokeWidth": 1, "cursor": "pointer"}
    ends = {"x": {"value": 0}, "x2": {"value": STROKE_PX}, "y": {"value": 0}, "y2": {"value": height}}
    return {"mark": mark, "encoding": {**ends, **marking}}


def _number_text(field: str, top: float, size: float, color: str) -> Spec:
    mark: Spec = {"type": "text", "align": "left", "baseline": "top", "color": color, "aria": False}
    mark |= {"fontSize": size, "lineHeight": size * LINE_EM, "fontWeight": "bold" if field == "amount" else "normal"}
    place = {"x": {"value": NUMBER_INDENT_PX}, "y": {"value": top}}
    return {"mark": mark, "encoding": {**place, "text": {"field": field, "type": "nominal"}}}


def _bar_row(panel: Panel, marking: Spec, palette: Palette, width: int, language: str) -> Spec:
    layout = WIDE if all(_line_px(each) <= width for each in panel.bars) else NARROW
    heading = {
        "text": lines(panel.heading, TEXT_PX["heading"], width),
        "fontSize": TEXT_PX["heading"],
        "lineHeight": TEXT_PX["heading"] * LINE_EM,
        "fontWeight": "normal",
        "offset": HEADING_OFFSET_PX,
        "color": palette["quiet"],
    }
    return {
        **({"title": heading} if panel.heading else {}),
        "width": width,
        "height": {"step": layout.row},
        "data": {"values": panel.bars},
        "encoding": {
            "y": {
                "field": "id",
                "type": "nominal",
                "sort": [each["id"] for each in panel.bars],
                "axis": None,
                "scale": {"padding": 0},
            },
            **_shared_encoding(language),
        },
        "layer": [
            _bars(panel.domain, marking, layout.bar),
            _arrow_heads(palette, "more", layout.bar),
            _arrow_heads(palette, "less", layout.bar),
            _label(palette["ink"], layout, width),
            _text(
                "amount",
                {"value": "width" if layout.one_line else 0},
                "right" if layout.one_line else "left",
                palette["accent"],
                layout.amount,
                "bold",
            ),
        ],
    }


def _line_px(bar: Bar) -> float:
    """Return the width of a bar's name and amount on one line."""
    return (
        INDENT_PX + width_of(f"{bar['label']}  ", TEXT_PX["name"]) + width_of(bar["amount"], TEXT_PX["name"] * BOLD_EM)
    )


def _bars(domain: list[float], marking: Spec, offset: int) -> Spec:
    return {
        "mark": {
            "type": "bar",
            "height": BAR_PX,
            "yOffset": offset,
            "strokeWidth": 1,
            "cursor": "pointer",
        },
        "encoding": {
            "x": {"field": "start", "type": "quantitative", "axis": None, "scale": {"domain": domain, "nice": False}},
            "x2": {"field": "end"},
            **marking,
        },
    }


def _arrow_heads(palette: Palette, side: str, offset: int) -> Spec:
    """Return the layer of arrow heads on bars that are open on one side."""
    shape = "triangle-right" if side == "more" else "triangle-left"
    return {
        "transform": [{"filter": f"datum.open === '{side}'"}],
        "mark": {
            "type": "point",
            "shape": shape,
            "size": 130,
            "filled": True,
            "color": palette["accent"],
            "opacity": 1,
            "aria": False,  # the amount says the same
            "yOffset": offset,
            "xOffset": 8,
        },
        "encoding": {"x": {"field": "end", "type": "quantitative"}},
    }


def _text(field: str, x: Spec, align: str, color: str, offset: int, weight: str = "normal") -> Spec:
    mark: Spec = {"type": "text", "align": align, "baseline": "middle", "dy": offset, "color": color}
    mark |= {"fontWeight": weight, "aria": False}  # the bar's description says the same
    if align == "left":
        mark["dx"] = {"expr": f"datum.part ? {INDENT_PX} : 0"}
    return {"mark": mark, "encoding": {"x": x, "text": {"field": field, "type": "nominal"}}}


def _label(color: str, layout: Layout, width: int) -> Spec:
    """Return the layer of names. One longer than its line is truncated; the tooltip has it in full."""
    label = _text("label", {"value": 0}, "left", color, layout.name)
    label["mark"]["limit"] = width - INDENT_PX
    return label
