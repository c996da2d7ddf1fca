"""What a record is found by: its index terms, the same on both databases.

A run of Chinese is found by its pairs of characters, a word by itself, an amount by its value. Marks that no letter
can be tell what a term stands for.
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from app.search.fold import unspaced

LONGEST = 64  # characters of a term; what is longer is cut off, and looked up in the text besides

NAME = "@"  # before a term that stands in a name, which is not given again without it
WHOLE = "#"  # before a name as a whole, and before an amount that is a value of the record's own
END = "#"  # after a name as a whole
SOUND = "!"  # before pinyin
AMOUNT = ":"  # before an amount
STEM = "&"  # before the stem of an English word
MARKS = "@#!:&_.-"  # all that terms hold besides letters and digits


def terms(runs: Iterable[str]) -> Iterator[str]:
    """The terms of runs: pairs of characters and the last one alone, or a word."""
    for run in runs:
        if unspaced(run):
            yield from pairs(run)
            yield run[-1]
        else:
            yield run[:LONGEST]


def pairs(run: str) -> Iterator[str]:
    """Each two characters that stand side by side."""
    return (run[at : at + 2] for at in range(len(run) - 1))


def stems(runs: Iterable[str]) -> Iterator[str]:
    """A term for the stem of each English word that is not its own stem."""
    for run in runs:
        stem = stem_of(run)
        if stem and stem != run:
            yield STEM + stem


@lru_cache(50_000)
def stem_of(word: str) -> str:
    """The stem of an English word; nothing for what is none."""
    return str(_stemmer().stemWord(word)) if word.isascii() and word.isalpha() and 2 < len(word) <= LONGEST else ""


@cache
def _stemmer() -> Any:
    from snowballstemmer import stemmer  # forty languages are imported with it: not before the first search

    return stemmer("english")


def whole(runs: Iterable[str], mark: str = "") -> str:
    """Runs as one term, cut off where it is too long, in which case its end is not marked."""
    joined = "_".join(runs)
    return WHOLE + mark + (joined + END if len(joined) <= LONGEST else joined[:LONGEST])
