"""Figures → a drawing of them in Vega-Lite: pure functions, which know of no chart in particular."""

from app.charts.drawing import MEDIA_TYPE, Setting, drawing
from app.charts.query import MOST, Declared, read_chart

__all__ = ["MEDIA_TYPE", "MOST", "Declared", "Setting", "drawing", "read_chart"]
