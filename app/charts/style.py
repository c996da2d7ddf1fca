"""Sizes, colours and the Vega-Lite configuration of charts."""

from collections.abc import Mapping
from typing import Any

MARGIN_PX = 42  # left and right of the bars together
MAX_WIDTH_PX, DEFAULT_WIDTH_PX, MIN_WIDTH_PX = 1200, 640, 360  # of the whole picture
MIN_ONE_LINE_PX = 520  # narrower charts put the amount below the name
FONT = "Noto Sans CJK SC, WenQuanYi Micro Hei, PingFang SC, Microsoft YaHei, sans-serif"

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


def config(palette: Mapping[str, str]) -> dict[str, Any]:
    """Return the Vega-Lite configuration: fonts and colours, no frame and no grid."""
    return {
        "background": "transparent",
        "padding": 20,
        "font": FONT,
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "color": palette["ink"],
            "subtitleColor": palette["quiet"],
            "fontSize": 18,
            "subtitleFontSize": 13,
            "subtitlePadding": 6,
            "offset": 16,
        },
        "text": {"fontSize": 14, "color": palette["ink"]},
        "legend": {"labelColor": palette["quiet"], "labelFontSize": 12, "symbolSize": 110, "offset": 14},
    }
