"""How charts look: quiet, on whatever ground they stand on."""

from collections.abc import Mapping
from typing import Any

AROUND = 42  # pixels: what is to the left and right of the bars
WIDEST, USUAL, NARROWEST = 1200, 640, 360  # pixels, all of a picture
NARROW = 520  # pixels, below which a name and its amount find no room beside each other
FONT = "Noto Sans CJK SC, WenQuanYi Micro Hei, PingFang SC, Microsoft YaHei, sans-serif"

# By theme; `light` is the accent as it looks on paper, for what has not happened yet. A PNG stands on `paper`.
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
    """Fonts and colours of all that is not a bar; no frame, no grid."""
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
