"""A chart of the requests per second: a row per workload, a dot per contestant, on a logarithmic scale."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from bench.names import OURS
from bench.table import rounded
from bench.templates import template

# Ours first. Distinguishable for the colour-blind.
COLOURS = ("#e8590c", "#f2a93b", "#4c9be8", "#cc79a7", "#12a37a", "#8b7ae6")
LIMIT_COLOUR = "#8a8f98"
WIDTH, LEFT, RIGHT, TOP, ROW = 1150, 490, 30, 84, 44
NAMES_PER_LINE = 4  # in the legend


def picture(rates: Mapping[str, Mapping[str, Sequence[float]]], limit: str) -> str:
    """Return the chart as SVG."""
    names = list(dict.fromkeys(name for by_name in rates.values() for name in by_name))
    palette = iter(COLOURS)
    colours = {name: LIMIT_COLOUR if name == limit else next(palette) for name in names}
    every = [rate for by_name in rates.values() for numbers in by_name.values() for rate in numbers]
    lowest, highest = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))

    def x_of(rate: float) -> float:
        share = (math.log10(rate) - lowest) / (highest - lowest)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def dot(name: str, numbers: Sequence[float]) -> dict[str, Any]:
        middle = statistics.median(numbers)
        ends = {"low": x_of(min(numbers)), "high": x_of(max(numbers))}
        label = {"name": name, "colour": colours[name], "own": name == OURS, "label": rounded(middle)}
        return label | {"x": x_of(middle), **ends}

    rows = [
        # Ours is drawn last, on top.
        {"name": work, "y": TOP + 30 + number * ROW, "dots": [dot(*each) for each in reversed(list(by_name.items()))]}
        for number, (work, by_name) in enumerate(rates.items())
    ]
    legend = [
        {
            "name": name,
            "colour": colours[name],
            "x": 30 + number % NAMES_PER_LINE * 230,
            "y": 20 + number // NAMES_PER_LINE * 24,
        }
        for number, name in enumerate(names)
    ]
    grid = [{"x": x_of(10**power), "label": f"{10**power:,}"} for power in range(lowest, highest + 1)]
    return template("results.svg").render(
        width=WIDTH, height=TOP + 30 + len(rows) * ROW + 20, left=LEFT, top=TOP, rows=rows, legend=legend, grid=grid
    )
