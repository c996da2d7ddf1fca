"""Sizes, colours and the Vega-Lite configuration of charts."""

from collections.abc import Mapping
from typing import Any

MARGIN_PX = 42  # left and right of the bars together
MAX_WIDTH_PX, DEFAULT_WIDTH_PX, MIN_WIDTH_PX = 1200, 640, 360  # of the whole picture
EMBED_WIDTH_PX = 540  # half of a page
SLIDE_RATIO = 16 / 9
SPACING_PX = 26  # between panels
HEADING_OFFSET_PX = 6  # from a panel's heading to its bars
PADDING_PX = 20  # on each side of the picture
LEGEND_PX = 13  # height of the symbols' row
TITLE_OFFSET_PX, SUBTITLE_OFFSET_PX, LEGEND_OFFSET_PX = 16, 6, 14  # to what is below, above and below
LINE_EM = 1.4  # height of a line of text
TEXT_PX = {"title": 18, "subtitle": 13, "heading": 13, "number": 28, "name": 14, "about": 13, "foot": 12}
FONT = "Noto Sans CJK SC, WenQuanYi Micro Hei, PingFang SC, Microsoft YaHei, sans-serif"
# Chinese fonts set quotes as wide as characters. Liberation Sans comes with vl-convert.
FONTS = {"zh": FONT, "en": f"Liberation Sans, Arial, Helvetica, {FONT}"}

# By theme. `light` is for what has not happened yet, `paper` the background of a PNG.
PALETTES: dict[str, dict[str, str]] = {
    "light": {
        "accent": "#0b6450",
        "light": "#c3dbd3",
        "none": "transparent",
        "ink": "#1d2321",
        "quiet": "#56605b",
        "paper": "#fbfbf8",
    },
    "dark": {
        "accent": "#6fcbb0",
        "light": "#2f4f46",
        "none": "transparent",
        "ink": "#e6e9e4",
        "quiet": "#a3ada6",
        "paper": "#161a18",
    },
}


def config(palette: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return the Vega-Lite configuration: fonts and colours, no frame and no grid."""
    return {
        "background": "transparent",
        "padding": PADDING_PX,
        "font": FONTS[language],
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "color": palette["ink"],
            "subtitleColor": palette["quiet"],
            "fontSize": TEXT_PX["title"],
            "subtitleFontSize": TEXT_PX["subtitle"],
            "lineHeight": TEXT_PX["title"] * LINE_EM,
            "subtitleLineHeight": TEXT_PX["subtitle"] * LINE_EM,
            "subtitlePadding": SUBTITLE_OFFSET_PX,
            "offset": TITLE_OFFSET_PX,
        },
        "text": {"fontSize": TEXT_PX["name"], "color": palette["ink"]},
        "legend": {
            "labelColor": palette["quiet"],
            "labelFontSize": 12,
            "symbolSize": 110,
            "offset": LEGEND_OFFSET_PX,
        },
    }
