"""A place in a phrase that moves on as its words are read."""

import re
import unicodedata
from collections.abc import Iterable

from app.quantity.numeral import NUMERAL

_IDLE_SPACE = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")


def normalised(words: str) -> str:
    """Words in compatibility form, without spaces: full-width signs become ASCII, ㎡ becomes m2.

    Numbers that stand for themselves (², ①, ½) stay, and so does a space between digits: without them the number
    beside would be another one.
    """
    compatible = (char if unicodedata.category(char) == "No" else unicodedata.normalize("NFKC", char) for char in words)
    return _IDLE_SPACE.sub("", "".join(compatible))


class Cursor:
    """Takes the words of a phrase from left to right."""

    def __init__(self, words: str) -> None:
        self.rest = normalised(words)

    def take(self, words: Iterable[str]) -> str:
        """Take the longest of the words that comes next; an empty string if none does."""
        return self._advance(self._next(words))

    def take_numeral(self, units: Iterable[str]) -> str:
        """Take the numeral that comes next, but leave what begins the name of a unit: 30万千瓦 is 30万 and 千瓦.

        That is clear only right after a digit, 万 or 亿; 两万五千米 is metres, not kilometres.
        """
        match = NUMERAL.match(self.rest)
        run = match[0] if match else ""
        if run[:-1].endswith(tuple("0123456789万亿")) and self._next(units, len(run) - 1):
            return self._advance(run[:-1])
        return self._advance(run)

    def _next(self, words: Iterable[str], start: int = 0) -> str:
        return max((word for word in words if self.rest.startswith(word, start)), key=len, default="")

    def _advance(self, taken: str) -> str:
        self.rest = self.rest[len(taken) :]
        return taken
