"""The numerals of a source: where they are, and which of them no record accounts for."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from app.quantity import numerals as find_runs

Span = tuple[int, int]

# The collections whose spans account for numerals; of times they are the words that say when a figure holds.
FIGURES, TIMES, EXCLUSIONS = "figures", "figures.time", "excluded-numerals"

# Characters that count only beside others: half, pair, first, times. In the words named here they count nothing.
_COUNTING = re.compile(r"[半双俩廿]|首(?![都府席脑要长饰页尾])|倍(?![感加增受觉])|番(?![茄禺薯])")


def numerals(text: str) -> list[Span]:
    """Return the span, in code points, of every numeral of a text; adjacent ones, as in 一半, are one."""
    spans: list[Span] = []
    for start, end in sorted([*find_runs(text), *(match.span() for match in _COUNTING.finditer(text))]):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def outside(found: Iterable[Span], spans: Iterable[Span]) -> list[Span]:
    """Return those of the numerals found in a paragraph that are in none of these spans of it."""
    ordered = sorted(spans)
    starts = [start for start, _ in ordered]
    ends = [*accumulate((end for _, end in ordered), max)]  # the last end of the spans so far
    # A numeral is in a span if one that begins no later ends no earlier.
    return [each for each in found if not ((at := bisect_right(starts, each[0])) and ends[at - 1] >= each[1])]


class Counts(NamedTuple):
    """How many numerals a source has, and how many of them are in no figure and not excluded."""

    numerals: int
    unaccounted: int


def count(paragraphs: Iterable[Mapping[str, Any]]) -> Counts | None:
    """Return the counts of a source's paragraphs as they are served, or None if its numerals were never located."""
    try:
        pairs = [(each["numerals"], len(each["unaccounted"])) for each in paragraphs]
    except KeyError:
        return None
    return Counts(*map(sum, zip(*pairs, strict=True)))
