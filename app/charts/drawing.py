"""The Vega-Lite specification of a chart: its title, a row for each kind of figures, its caveat and its sources."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any, NamedTuple

from app.charts.bars import Record, groups, status_of
from app.charts.panels import Spec, has_legend, panels_of, rows_of
from app.charts.style import (
    HEADING_OFFSET_PX,
    LEGEND_OFFSET_PX,
    LEGEND_PX,
    LINE_EM,
    MARGIN_PX,
    PADDING_PX,
    PALETTES,
    SLIDE_RATIO,
    SPACING_PX,
    SUBTITLE_OFFSET_PX,
    TEXT_PX,
    TITLE_OFFSET_PX,
    config,
)
from app.charts.text import BOLD_EM, lines
from app.charts.words import alternative, origin, remarks, titles
from app.models.qualifiers import Status

VERSION = "6.4"  # of Vega-Lite: the latest that vl-convert supports
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
MEDIA_TYPE = "application/vnd.vegalite.v6+json"

SHAPES = ("page", "card", "slide")
SLIDE_WIDTHS_PX = range(560, 1400, 20)  # of the layout: the narrower, the larger the text on the slide


class Setting(NamedTuple):
    """Parameters of a drawing. Without a language, it is in Chinese with an English subtitle. `width` is in pixels."""

    language: str | None
    theme: str
    width: int
    base_url: str
    release: str
    license: str
    license_url: str
    shape: str = SHAPES[0]


class Drawing(NamedTuple):
    """A specification, and the size of its picture in pixels."""

    spec: Spec
    width: int
    height: int


def drawing(
    chart: Mapping[str, Any], records: Sequence[Record], sources: Sequence[Record], setting: Setting
) -> Drawing:
    """Return the chart as a Vega-Lite specification that contains its data.

    Of a slide, it is the narrowest layout that is not too high: the one with the largest text.
    """
    if setting.shape != "slide":
        spec, height = _draw(chart, records, sources, setting)
        return Drawing(spec, setting.width, ceil(height))
    for width in SLIDE_WIDTHS_PX:
        spec, height = _draw(chart, records, sources, setting._replace(width=width))
        if (unused := width / SLIDE_RATIO - height) >= 0:
            break
    spec["vconcat"][-2] = _lowered(spec["vconcat"][-2], max(unused, 0))
    return Drawing(spec, setting.width, round(setting.width / SLIDE_RATIO))


def _draw(
    chart: Mapping[str, Any], records: Sequence[Record], sources: Sequence[Record], setting: Setting
) -> tuple[Spec, float]:
    """Return the specification, and how high it is drawn, in pixels."""
    language, width = setting.language or "zh", setting.width - MARGIN_PX
    palette, page = PALETTES[setting.theme], f"{setting.base_url}/{language}"
    panels = panels_of(groups(chart, records), language, f"{page}/figures/")
    bars = [each for panel in panels for each in panel.bars]
    labels = {record["status"]: status_of(record, language) for record in records}
    statuses = {each.value: labels[each] for each in Status if each in labels}
    title, subtitle = titles(chart, setting.language, records)
    foot = [
        *remarks(bars, language, in_full=setting.shape == "page"),
        *origin(sources, setting.release, setting.license, f"{page}/charts/{chart['id']}", language),
    ]
    spec: Spec = {
        "$schema": SCHEMA,
        "description": alternative(chart, panels, language),
        "title": {
            "text": lines(title, TEXT_PX["title"] * BOLD_EM, width),
            **({"subtitle": lines(subtitle, TEXT_PX["subtitle"], width)} if subtitle else {}),
        },
        "usermeta": {
            "title": " · ".join(filter(None, (title, subtitle))),
            "data": f"{setting.base_url}/v1/figures?{chart['query']}",
            "release": setting.release,
            "license": setting.license_url,
        },
        "spacing": SPACING_PX,
        "vconcat": [
            *rows_of(panels, statuses, palette, width, language),
            _paragraphs([chart["about"][language]], TEXT_PX["about"], palette["ink"], width),
            _paragraphs(foot, TEXT_PX["foot"], palette["quiet"], width),
        ],
        "resolve": {kind: dict.fromkeys(("fill", "stroke", "strokeDash"), "shared") for kind in ("scale", "legend")},
        "config": config(palette, language),
    }
    return spec, _height(spec) + has_legend(statuses) * (LEGEND_PX + LEGEND_OFFSET_PX)


def _paragraphs(texts: Iterable[str], size: float, color: str, width: int) -> Spec:
    wrapped = [line for text in texts for line in lines(text, size, width)]
    mark = {"type": "text", "align": "left", "baseline": "top", "fontSize": size, "lineHeight": size * LINE_EM}
    return {
        "width": width,
        "height": size * LINE_EM * len(wrapped),
        "data": {"values": [{"lines": wrapped}]},
        "mark": {**mark, "color": color},
        "encoding": {"x": {"value": 0}, "y": {"value": 0}, "text": {"field": "lines", "type": "nominal"}},
    }


def _lowered(paragraphs: Spec, offset: float) -> Spec:
    """Return paragraphs with room above them, so that they and what follows are at the foot of a slide."""
    y = {"y": {"value": offset}}
    return {**paragraphs, "height": paragraphs["height"] + offset, "encoding": {**paragraphs["encoding"], **y}}


def _height(spec: Spec) -> float:
    """Return how high a specification is drawn, in pixels: without its legend."""
    title, rows = spec["title"], spec["vconcat"]
    height = 2 * PADDING_PX + len(title["text"]) * TEXT_PX["title"] * LINE_EM + TITLE_OFFSET_PX
    if "subtitle" in title:
        height += SUBTITLE_OFFSET_PX + len(title["subtitle"]) * TEXT_PX["subtitle"] * LINE_EM
    return height + sum(map(_row_height, rows)) + SPACING_PX * (len(rows) - 1)


def _row_height(row: Spec) -> float:
    if "hconcat" in row:
        return float(row["hconcat"][0]["height"])
    height = row["height"]
    heading = len(row["title"]["text"]) * TEXT_PX["heading"] * LINE_EM + HEADING_OFFSET_PX if "title" in row else 0
    return heading + float(len(row["data"]["values"]) * height["step"] if isinstance(height, dict) else height)
