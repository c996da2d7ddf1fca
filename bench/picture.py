"""A picture of the requests a second: a row for each workload, a dot for each contestant, on a logarithmic scale."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from bench.names import OURS
from bench.table import rounded
from bench.templates import template

# Ours first. The colour-blind can tell them apart too.
COLOURS = ("#e8590c", "#f2a93b", "#4c9be8", "#cc79a7", "#12a37a", "#8b7ae6")
LIMIT_COLOUR = "#8a8f98"
WIDTH, LEFT, RIGHT, TOP, ROW = 1150, 490, 30, 84, 44
OF_A_LINE = 4  # names in the legend


def picture(rates: Mapping[str, Mapping[str, Sequence[float]]], limit: str) -> str:
    """The picture as SVG."""
    names = list(dict.fromkeys(name for found in rates.values() for name in found))
    others = iter(COLOURS)
    colours = {name: LIMIT_COLOUR if name == limit else next(others) for name in names}
    every = [rate for found in rates.values() for numbers in found.values() for rate in numbers]
    lowest, highest = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))

    def place(rate: float) -> float:
        share = (math.log10(rate) - lowest) / (highest - lowest)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def dot(name: str, numbers: Sequence[float]) -> dict[str, Any]:
        middle = statistics.median(numbers)
        ends = {"low": place(min(numbers)), "high": place(max(numbers))}
        told = {"name": name, "colour": colours[name], "own": name == OURS, "told": rounded(middle)}
        return told | {"x": place(middle), **ends}

    rows = [
        # Ours comes last, so that no other dot hides it.
        {"name": work, "y": TOP + 30 + number * ROW, "dots": [dot(*each) for each in reversed(list(found.items()))]}
        for number, (work, found) in enumerate(rates.items())
    ]
    legend = [
        {"name": name, "colour": colours[name], "x": 30 + number % OF_A_LINE * 230, "y": 20 + number // OF_A_LINE * 24}
        for number, name in enumerate(names)
    ]
    grid = [{"x": place(10**power), "told": f"{10**power:,}"} for power in range(lowest, highest + 1)]
    return template("results.svg").render(
        width=WIDTH, height=TOP + 30 + len(rows) * ROW + 20, left=LEFT, top=TOP, rows=rows, legend=legend, grid=grid
    )
