"""The one drawing of all charts: bars, a panel for each unit, since what is in different units shares no axis."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.charts.bars import Bar, Record, bar, groups, status_of
from app.charts.style import AROUND, FONT, NARROW, PALETTES, config
from app.charts.words import alternative, origin, spoken, titles, unit_title
from app.models.figure import Status

VERSION = "6.4"  # of Vega-Lite: the newest that vl-convert draws
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
MEDIA_TYPE = "application/vnd.vegalite.v6+json"

THICK = 12
ARROW = 1.03  # by how much a scale goes on, so that an arrow head finds room
INDENT = 18  # of a part below its whole
AMOUNT = 150  # pixels that an amount takes, about
UNIT = {"fontSize": 12, "fontWeight": "normal", "offset": 6}

Spec = dict[str, Any]


class Lines(NamedTuple):
    """Where, in pixels from its middle, each row has its name, its amount and its bar; and how tall it is."""

    row: int
    name: int
    amount: int
    bar: int
    beside: bool  # the amount stands beside the name, at the other end


WIDE = Lines(46, -9, -9, 9, beside=True)
BELOW = Lines(66, -20, -1, 18, beside=False)


class Setting(NamedTuple):
    """How a chart is to be drawn, and where its addresses lead. No language is Chinese with an English subtitle.

    `width` is that of the whole picture, in pixels.
    """

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
    """The chart as a Vega-Lite specification with its data inside; it fetches nothing."""
    language = setting.language or "zh"
    palette, width = PALETTES[setting.theme], setting.width - AROUND
    lines = WIDE if setting.width >= NARROW else BELOW
    by_unit = groups(records)
    page = f"{setting.base_url}/{language}/figures/"
    drawn = {unit: [_bar(record, own, language, page) for record in own] for unit, own in by_unit.items()}
    stated = {record["status"]: status_of(record, language) for record in records}
    statuses = {each.value: stated[each] for each in Status if each in stated}
    panels = [
        {
            **_panel(own, statuses, palette, lines, width, language),
            **_headed(unit_title(unit, language) if len(drawn) > 1 else "", palette),
            "width": width,
        }
        for unit, own in drawn.items()
    ]
    cited = [each for each in sources if each["id"] in {record["source_id"] for record in records}]
    title, subtitle = titles(chart, setting.language)
    doubts = any(each["note"] for own in drawn.values() for each in own)
    foot = origin(cited, setting.release, setting.license, language, width, doubts=doubts)
    return {
        "$schema": SCHEMA,
        "description": alternative(chart, [each for own in drawn.values() for each in own], language),
        "title": {"text": title, **({"subtitle": subtitle} if subtitle else {})},
        "usermeta": {
            "data": f"{setting.base_url}/v1/figures?{chart['query']}",
            "release": setting.release,
            "license": setting.license_url,
        },
        "spacing": 26,
        "vconcat": [*panels, _foot(foot, palette, width)],
        "resolve": {"scale": {"fill": "shared"}, "legend": {"fill": "shared"}},
        "config": config(palette),
    }


def _bar(record: Record, own: Sequence[Record], language: str, page: str) -> Bar:
    """A figure as a bar among those of its unit, with what is said of it to those who do not see it."""
    drawn = bar(record, {each["id"] for each in own}, language, page)
    return {**drawn, "spoken": spoken(drawn, language)}


def _headed(title: str, palette: Mapping[str, str]) -> Spec:
    return {"title": {"text": title, **UNIT, "color": palette["quiet"]}} if title else {}


def _panel(
    bars: list[Bar], statuses: Mapping[str, str], palette: Mapping[str, str], lines: Lines, width: int, language: str
) -> Spec:
    most = max([each["end"] for each in bars] + [0]) or 1
    if any(each["open"] for each in bars):
        most *= ARROW
    least = min([each["end"] for each in bars] + [0])
    return {
        "height": {"step": lines.row},
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
            _bars([least, most], statuses, palette, lines.bar),
            _open_ends(palette, "more", lines.bar),
            _open_ends(palette, "less", lines.bar),
            _label(palette["ink"], lines, width),
            _text(
                "amount",
                {"value": "width" if lines.beside else 0},
                "right" if lines.beside else "left",
                palette["accent"],
                lines.amount,
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
    told = set(statuses) != {Status.ACHIEVED}
    return {
        "mark": {
            "type": "bar",
            "height": THICK,
            "yOffset": offset,
            "stroke": palette["accent"],
            "strokeWidth": 1,
            "cursor": "pointer",
        },
        "encoding": {
            "x": {"field": "start", "type": "quantitative", "axis": None, "scale": {"domain": domain, "nice": False}},
            "x2": {"field": "end"},
            "fill": {"field": "status", "type": "nominal", "scale": scale, "legend": legend if told else None},
            "strokeDash": {"condition": {"test": "datum.planned", "value": [4, 3]}, "value": [1, 0]},
        },
    }


def _open_ends(palette: Mapping[str, str], side: str, offset: int) -> Spec:
    """An arrow head where the words say more than, at least, less than or at most."""
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
            "aria": False,  # what it says stands in the amount
            "yOffset": offset,
            "xOffset": 8,
        },
        "encoding": {"x": {"field": "end", "type": "quantitative"}},
    }


def _text(field: str, x: Spec, align: str, color: str, offset: int, weight: str = "normal") -> Spec:
    mark: Spec = {"type": "text", "align": align, "baseline": "middle", "dy": offset, "color": color}
    mark |= {"fontWeight": weight, "aria": False}  # the bar says it
    if align == "left":
        mark["dx"] = {"expr": f"datum.part ? {INDENT} : 0"}
    return {"mark": {**mark, "font": FONT}, "encoding": {"x": x, "text": {"field": field, "type": "nominal"}}}


def _label(color: str, lines: Lines, width: int) -> Spec:
    """The name of each bar; where it is longer than there is room for, the tooltip has all of it."""
    label = _text("label", {"value": 0}, "left", color, lines.name)
    label["mark"]["limit"] = width - (AMOUNT if lines.beside else INDENT)
    return label


def _tooltip(language: str) -> list[Spec]:
    named = {
        "name": ("名称", "Name"),
        "amount": ("值", "Value"),
        "as_stated": ("原文数词", "As stated"),
        "status": ("状态", "Status"),
        "place": ("位置", "Place"),
        "note": ("注", "Note"),
    }
    return [{"field": name, "type": "nominal", "title": each[language != "zh"]} for name, each in named.items()]


def _foot(lines: list[str], palette: Mapping[str, str], width: int) -> Spec:
    mark = {"type": "text", "align": "left", "baseline": "top", "fontSize": 11, "lineHeight": 16}
    return {
        "width": width,
        "height": 16 * len(lines),
        "data": {"values": [{"lines": lines}]},
        "mark": {**mark, "color": palette["quiet"]},
        "encoding": {"x": {"value": 0}, "y": {"value": 0}, "text": {"field": "lines", "type": "nominal"}},
    }
