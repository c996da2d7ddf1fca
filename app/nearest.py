"""Words for error messages: the nearest right ones to a wrong one, and lists of them."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

CUTOFF = 0.6  # similarity, of 1, from which a word counts as near


def find_nearest(text: str, allowed: Iterable[str], count: int = 3, cutoff: float = CUTOFF) -> list[str]:
    """Return up to `count` of the allowed words that are similar to `text`, the nearest first."""
    return get_close_matches(text, [*map(str, allowed)], n=count, cutoff=cutoff)


def suggest_nearest(text: str, allowed: Iterable[str], cutoff: float = CUTOFF) -> str:
    """Return " Did you mean 'x'?" with the nearest of the allowed words, or "" where none is near."""
    return "".join(f" Did you mean {match!r}?" for match in find_nearest(text, allowed, 1, cutoff))


def quote_words(words: Iterable[str]) -> str:
    """Return `'a', 'b'`. What makes links of addresses leaves out a quotation mark, but not a comma or a full stop."""
    return ", ".join(map(repr, words))


def join_words(words: Sequence[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
