"""A place in a phrase that moves on as its words are read."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

from app.quantity.numeral import NUMERAL

MOST_FORMS = 50_000  # characters whose forms are kept
_CLEAR = tuple("0123456789万亿")  # right after these, a unit's name can begin
_IDLE_SPACE = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")


def normalised(words: str) -> str:
    """Words in compatibility form, without spaces: full-width signs become ASCII, ㎡ becomes m2.

    Numbers that stand for themselves (², ①, ½) stay, and so does a space between digits: without them the number
    beside would be another one.
    """
    return _IDLE_SPACE.sub("", words.translate(_COMPATIBLE))


class _Compatible(dict[int, str]):
    """The compatibility form of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        if len(self) >= MOST_FORMS:
            self.clear()
        char = chr(code)
        form = self[code] = char if unicodedata.category(char) == "No" else unicodedata.normalize("NFKC", char)
        return form


_COMPATIBLE = _Compatible()


class Lexicon:
    """Words of which the longest that comes next is looked for, by their first character."""

    def __init__(self, *words: Iterable[str]) -> None:
        self._by_first: dict[str, list[str]] = {}
        for word in sorted(chain(*words), key=len, reverse=True):
            self._by_first.setdefault(word[:1], []).append(word)

    def longest(self, text: str, start: int = 0) -> str:
        """The longest of the words that stands in the text at `start`; an empty string if none does."""
        for word in self._by_first.get(text[start : start + 1], ()):
            if text.startswith(word, start):
                return word
        return ""


class Cursor:
    """Takes the words of a phrase from left to right."""

    def __init__(self, words: str) -> None:
        self.rest = normalised(words)

    def take(self, words: Lexicon) -> str:
        """Take the longest of the words that comes next; an empty string if none does."""
        return self._advance(words.longest(self.rest))

    def at_numeral(self) -> bool:
        """Whether a numeral comes next."""
        return NUMERAL.match(self.rest) is not None

    def take_numeral(self, units: Lexicon) -> str:
        """Take the numeral that comes next, but leave what begins the name of a unit: 30万千瓦 is 30万 and 千瓦.

        That is clear only right after a digit, 万 or 亿; 两万五千米 is metres, not kilometres.
        """
        match = NUMERAL.match(self.rest)
        run = match[0] if match else ""
        if run[:-1].endswith(_CLEAR) and units.longest(self.rest, len(run) - 1):
            return self._advance(run[:-1])
        return self._advance(run)

    def _advance(self, taken: str) -> str:
        self.rest = self.rest[len(taken) :]
        return taken
