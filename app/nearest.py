"""Words for error messages: the nearest right ones to a wrong one, and lists of them."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from app.sentence import Sentence

CUTOFF = 0.6  # similarity, of 1, from which a word counts as near


def find_nearest(text: str, allowed: Iterable[str], count: int = 3, cutoff: float = CUTOFF) -> list[str]:
    """Return up to `count` of the allowed words that are similar to `text`, the nearest first.

    Words that differ in case alone are the only ones.
    """
    words = [*map(str, allowed)]
    same = [each for each in words if each.casefold() == text.casefold()]
    return same[:count] or get_close_matches(text, words, n=count, cutoff=cutoff)


def suggest_nearest(text: str, allowed: Iterable[str], cutoff: float = CUTOFF) -> Sentence:
    """Return " Did you mean 'x'?" with the nearest of the allowed words, or "" where none is near."""
    nearest = find_nearest(text, allowed, 1, cutoff)
    return (
        Sentence(f"您是不是想用{quote_chinese(nearest[0])}？", f" Did you mean {nearest[0]!r}?")
        if nearest
        else Sentence("", "")
    )


def quote_chinese(text: str) -> str:
    """Return a text in Chinese quotation marks, with characters that cannot be printed escaped as in English."""
    return f"“{repr(text)[1:-1]}”"


def quote_words(words: Iterable[str]) -> str:
    """Return `'a', 'b'`. What makes links of addresses leaves out a quotation mark, but not a comma or a full stop."""
    return ", ".join(map(repr, words))


def join_words(words: Sequence[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
