"""A source as a picture: its paragraphs as lines of so many characters, and where on them words stand.

The text itself is not ours to show; its paragraphs are known by their number and length alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

WIDE = 46  # characters to a line, where the whole source is drawn


class Piece(NamedTuple):
    """A part of a line: where it begins and how wide it is, in characters."""

    line: int
    start: int
    width: int


@dataclass(frozen=True)
class Mark:
    """Words in a paragraph: the pieces of lines that they take up, and the record that stands for them."""

    pieces: Sequence[Piece]
    record: Mapping[str, Any]
    address: str
    kind: str
    title: str


@dataclass(frozen=True)
class Drawn:
    """A paragraph: its number, its length, its lines, and the marks on it."""

    number: int
    length: int
    lines: Sequence[Piece]
    marks: list[Mark] = field(default_factory=list)


def drawn(paragraphs: Iterable[Mapping[str, int]], width: int = WIDE) -> dict[int, Drawn]:
    """The paragraphs of a source, by number, in lines of so many characters."""
    return {
        each["number"]: Drawn(each["number"], each["length"], pieces(0, each["length"], width)) for each in paragraphs
    }


def pieces(start: int, end: int, width: int = WIDE) -> list[Piece]:
    """The parts of lines that the characters from `start` to `end` take up."""
    found = []
    while start < end:
        line, column = divmod(start, width)
        length = min(width - column, end - start)
        found.append(Piece(line, column, length))
        start += length
    return found
