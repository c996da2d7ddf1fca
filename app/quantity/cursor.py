"""A cursor that takes the words of a phrase from left to right."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

from app.quantity.characters import CharacterMap
from app.quantity.numeral import NUMERAL

_BEFORE_UNIT = tuple("0123456789万亿")  # directly after these, a unit's name can begin
_IDLE_SPACE = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")
# Characters that are numbers themselves (², ①, ½) stay: otherwise they would join the number before them.
_COMPATIBLE = CharacterMap(
    lambda char: char if unicodedata.category(char) == "No" else unicodedata.normalize("NFKC", char)
)


def normalise(words: str) -> str:
    """Return words in compatibility form (㎡ becomes m2), without spaces except between digits."""
    return _IDLE_SPACE.sub("", words.translate(_COMPATIBLE))


class Lexicon:
    """A set of words with longest-match lookup."""

    def __init__(self, *words: Iterable[str]) -> None:
        self._by_first: dict[str, list[str]] = {}
        for word in sorted(chain(*words), key=len, reverse=True):
            self._by_first.setdefault(word[:1], []).append(word)

    def longest_match(self, text: str, start: int = 0) -> str:
        """Return the longest word at `start` of the text, or an empty string."""
        for word in self._by_first.get(text[start : start + 1], ()):
            if text.startswith(word, start):
                return word
        return ""


class Cursor:
    """Takes the words of a phrase from left to right."""

    def __init__(self, words: str) -> None:
        self.rest = normalise(words)

    def take(self, words: Lexicon) -> str:
        """Take the longest of the words that comes next, or an empty string."""
        return self._advance(words.longest_match(self.rest))

    def at_numeral(self) -> bool:
        """Return whether a numeral comes next."""
        return NUMERAL.match(self.rest) is not None

    def take_numeral(self, units: Lexicon) -> str:
        """Take the numeral that comes next, without the beginning of a unit's name: 30万千瓦 is 30万 and 千瓦.

        That is unambiguous only directly after a digit, 万 or 亿: 两万五千米 is in metres, not kilometres.
        """
        match = NUMERAL.match(self.rest)
        numeral = match[0] if match else ""
        if numeral[:-1].endswith(_BEFORE_UNIT) and units.longest_match(self.rest, len(numeral) - 1):
            return self._advance(numeral[:-1])
        return self._advance(numeral)

    def _advance(self, words: str) -> str:
        self.rest = self.rest[len(words) :]
        return words
