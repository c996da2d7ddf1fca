"""Index terms, the same on both databases.

A run of Chinese is indexed by its bigrams, a word by itself, an amount by its value. Prefixes that are no letters
mark the kind of a term.
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from app.search.fold import is_unspaced

MAX_TERM_CHARS = 64  # longer ones are truncated, and matches are verified in the text

NAME = "@"  # before a term of a name, which is not indexed without the prefix too
WHOLE = "#"  # before a complete name, and before an amount that is the value of a column
END = "#"  # after a complete name
SOUND = "!"  # before pinyin
AMOUNT = ":"  # before an amount
RELATED = "-"  # before a term of a related record, or a synonym
REMOTE = "--"  # before a term of what defines a related record: definitions also say what does not count
HEADLINE = "."  # the term of a headline, which names nothing
STEM = "&"  # before the stem of an English word
MARKS = "@#!:&_.-"  # all characters of terms besides letters and digits


def run_terms(run: str) -> Iterator[str]:
    """Yield the terms of a run: its bigrams and last character, or the word and its stem."""
    if is_unspaced(run):
        yield from bigrams(run)
        yield run[-1]
        return
    yield run[:MAX_TERM_CHARS]
    stem = stem_of(run)
    if stem and stem != run:
        yield STEM + stem


def bigrams(run: str) -> Iterator[str]:
    """Yield each two adjacent characters."""
    return (run[at : at + 2] for at in range(len(run) - 1))


@lru_cache(50_000)
def stem_of(word: str) -> str:
    """Return the stem of an English word, or an empty text if it is none."""
    is_english = word.isascii() and word.isalpha() and 2 < len(word) <= MAX_TERM_CHARS
    return str(_stemmer().stemWord(word)) if is_english else ""


@cache
def _stemmer() -> Any:
    from snowballstemmer import stemmer  # imports forty languages, so it is left to the first search

    return stemmer("english")


def name_term(runs: Iterable[str], mark: str = "") -> str:
    """Return the term of a complete name. A truncated one has no END."""
    joined = "_".join(runs)
    return WHOLE + mark + (joined + END if len(joined) <= MAX_TERM_CHARS else joined[:MAX_TERM_CHARS])
