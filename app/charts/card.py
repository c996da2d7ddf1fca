"""A card: the picture of a figure that a shared link shows. Its texts are wrapped and sized to fit."""

from typing import NamedTuple

from app.charts.text import BOLD_EM, lines

WIDTH_PX, HEIGHT_PX = 1200, 630  # what sites that show links ask for
MARGIN_PX = 80
LINE_HEIGHT = 1.25  # of the size of its letters


class Block(NamedTuple):
    """Lines of text: the size of the letters, and the baseline of each line, in pixels."""

    size: int
    lines: list[tuple[int, str]]
    bottom: int


def block(text: str, top: int, sizes: tuple[int, ...], max_lines: int) -> Block:
    """Return a text in as few lines and as large as it fits, else cut off in the smallest of the sizes."""
    ways = [(size, lines(text, size * BOLD_EM, WIDTH_PX - 2 * MARGIN_PX)) for size in sizes]
    size, wrapped = min(ways, key=lambda way: len(way[1]))  # the largest of those with the fewest lines
    if len(wrapped) > max_lines:
        wrapped = [*wrapped[: max_lines - 1], f"{wrapped[max_lines - 1]}…"]
    height = round(size * LINE_HEIGHT)
    return Block(
        size, [(top + size + height * row, line) for row, line in enumerate(wrapped)], top + height * len(wrapped)
    )
