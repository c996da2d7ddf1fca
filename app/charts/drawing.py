"""The Vega-Lite specification of a chart: bars, with a panel for each unit."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.charts.bars import Bar, Record, bar, groups, status_of
from app.charts.style import FONT, MARGIN_PX, MIN_ONE_LINE_PX, PALETTES, config
from app.charts.words import alternative, origin, spoken, titles, unit_title
from app.models.figure import Status

VERSION = "6.4"  # of Vega-Lite: the latest that vl-convert supports
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
MEDIA_TYPE = "application/vnd.vegalite.v6+json"

BAR_PX = 12
INDENT_PX = 18  # of the label of a part
AMOUNT_PX = 150  # reserved for an amount
ARROW_SCALE = 1.03  # extension of an axis, to make room for an arrow head
UNIT_TITLE = {"fontSize": 12, "fontWeight": "normal", "offset": 6}

Spec = dict[str, Any]


class Layout(NamedTuple):
    """The height of a row, and the offsets of its name, amount and bar from its middle, in pixels."""

    row: int
    name: int
    amount: int
    bar: int
    one_line: bool  # the amount is on the line of the name, aligned right


WIDE = Layout(46, -9, -9, 9, one_line=True)
NARROW = Layout(66, -20, -1, 18, one_line=False)


class Setting(NamedTuple):
    """Parameters of a drawing. Without a language, it is in Chinese with an English subtitle. `width` is in pixels."""

    language: str | None
    theme: str
    width: int
    base_url: str
    release: str
    license: str
    license_url: str


def drawing(
    chart: Mapping[str, Any], records: Sequence[Record], sources: Sequence[Mapping[str, Any]], setting: Setting
) -> Spec:
    """Return the chart as a Vega-Lite specification that contains its data."""
    language = setting.language or "zh"
    palette, width = PALETTES[setting.theme], setting.width - MARGIN_PX
    layout = WIDE if setting.width >= MIN_ONE_LINE_PX else NARROW
    page = f"{setting.base_url}/{language}/figures/"
    by_unit = {unit: _bars_of(own, language, page) for unit, own in groups(records).items()}
    bars = [each for own in by_unit.values() for each in own]
    labels = {record["status"]: status_of(record, language) for record in records}
    statuses = {each.value: labels[each] for each in Status if each in labels}
    panels = [
        {
            **_panel(own, statuses, palette, layout, width, language),
            **(_panel_title(unit_title(unit, language), palette) if len(by_unit) > 1 else {}),
            "width": width,
        }
        for unit, own in by_unit.items()
    ]
    cited = [each for each in sources if each["id"] in {record["source_id"] for record in records}]
    title, subtitle = titles(chart, setting.language)
    has_notes = any(each["note"] for each in bars)
    footer = origin(cited, setting.release, setting.license, language, width, has_notes=has_notes)
    return {
        "$schema": SCHEMA,
        "description": alternative(chart, bars, language),
        "title": {"text": title, **({"subtitle": subtitle} if subtitle else {})},
        "usermeta": {
            "data": f"{setting.base_url}/v1/figures?{chart['query']}",
            "release": setting.release,
            "license": setting.license_url,
        },
        "spacing": 26,
        "vconcat": [*panels, _footer(footer, palette, width)],
        "resolve": {"scale": {"fill": "shared"}, "legend": {"fill": "shared"}},
        "config": config(palette),
    }


def _bars_of(records: Sequence[Record], language: str, page: str) -> list[Bar]:
    """Return the bars of a panel, each with its text alternative."""
    ids = {each["id"] for each in records}
    bars = [bar(record, ids, language, page) for record in records]
    return [{**each, "spoken": spoken(each, language)} for each in bars]


def _panel_title(title: str, palette: Mapping[str, str]) -> Spec:
    return {"title": {"text": title, **UNIT_TITLE, "color": palette["quiet"]}}


def _panel(
    bars: list[Bar], statuses: Mapping[str, str], palette: Mapping[str, str], layout: Layout, width: int, language: str
) -> Spec:
    maximum = max([each["end"] for each in bars] + [0]) or 1
    if any(each["open"] for each in bars):
        maximum *= ARROW_SCALE
    minimum = min([each["end"] for each in bars] + [0])
    return {
        "height": {"step": layout.row},
        "data": {"values": bars},
        "encoding": {
            "y": {
                "field": "id",
                "type": "nominal",
                "sort": [each["id"] for each in bars],
                "axis": None,
                "scale": {"padding": 0},
            },
            "href": {"field": "href"},
            "description": {"field": "spoken"},
            "tooltip": _tooltip(language),
        },
        "layer": [
            _bars([minimum, maximum], statuses, palette, layout.bar),
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


def _bars(domain: list[float], statuses: Mapping[str, str], palette: Mapping[str, str], offset: int) -> Spec:
    solid: dict[str, str] = {
        Status.ACHIEVED: palette["accent"],
        Status.PROJECTED: palette["light"],
        Status.PLANNED: palette["none"],
        Status.NOT_STATED: palette["none"],
    }
    legend = {"title": None, "orient": "top", "symbolType": "square", "symbolStrokeColor": palette["accent"]}
    scale = {"domain": list(statuses.values()), "range": [solid[each] for each in statuses]}
    has_legend = set(statuses) != {Status.ACHIEVED}
    return {
        "mark": {
            "type": "bar",
            "height": BAR_PX,
            "yOffset": offset,
            "stroke": palette["accent"],
            "strokeWidth": 1,
            "cursor": "pointer",
        },
        "encoding": {
            "x": {"field": "start", "type": "quantitative", "axis": None, "scale": {"domain": domain, "nice": False}},
            "x2": {"field": "end"},
            "fill": {"field": "status", "type": "nominal", "scale": scale, "legend": legend if has_legend else None},
            "strokeDash": {"condition": {"test": "datum.planned", "value": [4, 3]}, "value": [1, 0]},
        },
    }


def _arrow_heads(palette: Mapping[str, str], side: str, offset: int) -> Spec:
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
    return {"mark": {**mark, "font": FONT}, "encoding": {"x": x, "text": {"field": field, "type": "nominal"}}}


def _label(color: str, layout: Layout, width: int) -> Spec:
    """Return the layer of names. Long names are truncated; the tooltip has them in full."""
    label = _text("label", {"value": 0}, "left", color, layout.name)
    label["mark"]["limit"] = width - (AMOUNT_PX if layout.one_line else INDENT_PX)
    return label


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


def _footer(lines: list[str], palette: Mapping[str, str], width: int) -> Spec:
    mark = {"type": "text", "align": "left", "baseline": "top", "fontSize": 11, "lineHeight": 16}
    return {
        "width": width,
        "height": 16 * len(lines),
        "data": {"values": [{"lines": lines}]},
        "mark": {**mark, "color": palette["quiet"]},
        "encoding": {"x": {"value": 0}, "y": {"value": 0}, "text": {"field": "lines", "type": "nominal"}},
    }
