"""A source as a drawing: lines of equal length, with marks at the cited words.

The text is not ours to show. Only the number and length of each paragraph are known.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple


class Segment(NamedTuple):
    """A part of a line: the line's index, where the part starts and its width, both in characters."""

    line: int
    start: int
    width: int


class Mark(NamedTuple):
    """The span of a record's words, and what the mark links to."""

    record: Mapping[str, Any]
    words: str
    url: str
    kind: str
    title: str


class Paragraph(NamedTuple):
    """A paragraph: its number, its length in characters, its lines, and the segments of each mark."""

    number: int
    length: int
    lines: list[Segment]
    marks: list[tuple[Mark, list[Segment]]]


def draw(source: Mapping[str, Any], marks: Iterable[Mark], width: int) -> list[Paragraph]:
    """Return the paragraphs of a source in lines of `width` characters, with their marks in order."""
    placed: dict[int, list[tuple[Mark, list[Segment]]]] = defaultdict(list)
    for mark in sorted(marks, key=lambda mark: int(mark.record["start"])):
        span = segments(mark.record["start"], mark.record["end"], width)
        placed[mark.record["paragraph"]].append((mark, span))
    return [
        Paragraph(each["number"], each["length"], segments(0, each["length"], width), placed[each["number"]])
        for each in source["paragraphs"]
    ]


def segments(start: int, end: int, width: int) -> list[Segment]:
    """Return the segments of the lines that the characters from `start` to `end` cover."""
    edges = [start, *range((start // width + 1) * width, end, width), end]
    return [Segment(first // width, first % width, last - first) for first, last in pairwise(edges)]
